#include "projection/cache_reuse.h"

#include <algorithm>
#include <cmath>

#include "stat/elementary.h"

namespace runrate {

Left left_for(CallSample const& sample, std::size_t at, double sharing, double u) {
    auto const& c = sample.calls[at];
    Left left{c.own_tokens, c.gap_s};
    if (sharing <= 1 || left.tokens == 0) return left;
    double const ago = real::log(std::max(u, 1e-300)) / real::log1p(-1 / sharing);
    auto const back = static_cast<std::uint32_t>(std::min(ago, 1e6));
    if (back >= c.before) return {};
    double const call_s = sample.call_s / sample.calls_per_session();
    for (std::uint32_t i = 1; i <= back; ++i) {
        // What a call has in common with an earlier one is what all between them have.
        auto const& between = sample.calls[at - i];
        left.tokens = std::min(left.tokens, between.own_tokens);
        left.gap_s += between.gap_s + call_s;
    }
    return left;
}

CacheReuse::CacheReuse(std::vector<CallMix> const& mix, double capacity_tokens, double sharing)
    : capacity_{capacity_tokens} {
    constexpr double golden = 0.6180339887498949;
    double total = 0;
    for (auto const& m : mix) total += m.calls;
    for (auto const& m : mix) {
        auto const& calls = m.sample->calls;
        double const each = calls.empty() ? 0 : m.calls / total / static_cast<double>(calls.size());
        for (std::size_t i = 0; i < calls.size(); ++i) {
            double const u = golden * static_cast<double>(i + 1);
            auto const left = left_for(*m.sample, i, sharing, u - std::floor(u));
            auto const own = static_cast<double>(calls[i].prompt_tokens - calls[i].shared_tokens);
            auto const tokens = static_cast<double>(left.tokens);
            fresh_ += each * (own - tokens + static_cast<double>(calls[i].output_tokens));
            context_ += each * own;
            if (left.tokens > 0) waiting_.push_back({left.gap_s, each * tokens});
        }
    }
}

double CacheReuse::kept_s(double in_flight, double calls_per_s) const {
    constexpr double longest_s = 1e7;
    double const room = capacity_ - in_flight * context_;
    if (room <= 0 || waiting_.empty()) return 0;
    auto const used = [&](double t) {
        double tokens_s = fresh_ * t;
        for (auto const& w : waiting_) tokens_s += w.tokens * std::min(w.gap_s, t);
        return calls_per_s * tokens_s;
    };
    double low = 0, high = 1;
    while (high < longest_s && used(high) < room) high *= 2;
    for (int i = 0; i < 40; ++i) (used((low + high) / 2) < room ? low : high) = (low + high) / 2;
    return low;
}

}  // namespace runrate
