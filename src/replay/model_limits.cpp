#include "replay/model_limits.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace runrate {
namespace {

RateLimits const* limits_in(LimitTier const& tier, std::string const& model) {
    for (auto const& shared : tier.limits) {
        if (std::find(shared.models.begin(), shared.models.end(), model) != shared.models.end())
            return &shared.per_minute;
    }
    return nullptr;
}

/// `'a', 'b'`.
std::string quoted(std::vector<std::string> const& names) { return fmt::format("'{}'", fmt::join(names, "', '")); }

/// \throws std::invalid_argument where times would leave their range
ModelLimits checked(LimitTier const& tier, RateLimits const& limits) {
    constexpr double longest_s = 86'400;
    if (limits.retry_after_s <= longest_s) return {&tier, &limits};
    throw std::invalid_argument(fmt::format("'{}' asks to wait {:g} s before a retry (at most a day is replayed)",
                                            tier.name, limits.retry_after_s));
}

}  // namespace

ModelLimits limits_of(PriceBook const& book, std::string const& tier, std::string const& model) {
    auto const vendor = model.substr(0, model.find('/'));
    auto const published = book.limits.find(vendor);
    if (published == book.limits.end()) {
        std::vector<std::string> vendors;
        for (auto const& [name, tiers] : book.limits) vendors.push_back(name);
        throw std::invalid_argument(
            fmt::format("no price book has limits of '{}'{}", vendor,
                        vendors.empty() ? "" : fmt::format(" (it has those of {})", quoted(vendors))));
    }
    std::vector<std::string> names, limiting;
    for (auto const& known : published->second) {
        names.push_back(known.name);
        if (limits_in(known, model)) limiting.push_back(known.name);
    }
    for (auto const& known : published->second) {
        if (known.name != tier) continue;
        if (auto const* limits = limits_in(known, model)) return checked(known, *limits);
        throw std::invalid_argument(
            fmt::format("'{}' does not limit '{}' ({})", tier, model,
                        limiting.empty() ? fmt::format("nor does any other tier of '{}': {}", vendor, quoted(names))
                                         : "those that do: " + quoted(limiting)));
    }
    throw std::invalid_argument(fmt::format("'{}' publishes no '{}' (its tiers: {})", vendor, tier, quoted(names)));
}

}  // namespace runrate
