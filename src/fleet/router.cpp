#include "fleet/router.h"

#include <algorithm>
#include <cmath>

#include "core/contract.h"

namespace runrate {
namespace {

constexpr double least_cached_share = 0.3;  ///< of the prompt, for a replica to be chosen by its cache
constexpr std::int64_t uneven_by = 64;      ///< requests in flight between the most and the least loaded replica
constexpr double uneven_times = 1.5;

std::size_t least_loaded(std::span<Candidate const> all) {
    auto const least = std::min_element(
        all.begin(), all.end(), [](Candidate const& a, Candidate const& b) { return a.in_flight < b.in_flight; });
    return static_cast<std::size_t>(least - all.begin());
}

bool uneven(std::span<Candidate const> all) {
    std::int64_t least = all.front().in_flight, most = least;
    for (auto const& c : all) {
        least = std::min(least, c.in_flight);
        most = std::max(most, c.in_flight);
    }
    return most - least > uneven_by && static_cast<double>(most) > uneven_times * static_cast<double>(least);
}

std::size_t by_cache(std::span<Candidate const> all, std::int64_t prompt_tokens) {
    if (uneven(all)) return least_loaded(all);
    std::size_t best = 0;
    for (std::size_t i = 1; i < all.size(); ++i) {
        auto const& c = all[i];
        auto const& b = all[best];
        bool const as_much = c.cached_tokens == b.cached_tokens;
        if (c.cached_tokens > b.cached_tokens || (as_much && c.in_flight < b.in_flight)) best = i;
    }
    auto const enough = least_cached_share * static_cast<double>(prompt_tokens);
    return static_cast<double>(all[best].cached_tokens) > enough ? best : least_loaded(all);
}

}  // namespace

bool stays_home(std::int64_t in_flight, double mean_in_flight) {
    constexpr double bound = 1.5;
    return static_cast<double>(in_flight) + 1 <= std::ceil(bound * (mean_in_flight + 1));
}

std::size_t route(Router router, std::span<Candidate const> all, RoutedRequest const& request) {
    RUNRATE_EXPECT(!all.empty());
    if (router == Router::cache_aware) return by_cache(all, request.prompt_tokens);
    if (router == Router::session_affinity && request.home) {
        auto const home =
            std::find_if(all.begin(), all.end(), [&](Candidate const& c) { return c.replica == *request.home; });
        if (home != all.end() && stays_home(home->in_flight, request.mean_in_flight))
            return static_cast<std::size_t>(home - all.begin());
    }
    return least_loaded(all);
}

}  // namespace runrate
