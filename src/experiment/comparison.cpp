#include "experiment/comparison.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace runrate {
namespace {

/// Where the plan of an option stands; nothing where it is not run.
std::optional<std::size_t> plan_of(Scenario const& s, std::vector<BillPlan> const& plans, std::string const& option) {
    auto const at = std::find_if(plans.begin(), plans.end(),
                                 [&](BillPlan const& p) { return s.options[p.option.index()].name == option; });
    if (at == plans.end()) return std::nullopt;
    return static_cast<std::size_t>(at - plans.begin());
}

/// \throws std::invalid_argument for one that is not run
std::size_t asked_plan(Scenario const& s, std::vector<BillPlan> const& plans, std::string const& option) {
    if (auto const plan = plan_of(s, plans, option)) return *plan;
    throw std::invalid_argument(
        fmt::format("'{}' is to be compared, but is not among the options that are run", option));
}

std::vector<std::size_t> challengers_of(Scenario const& s, BreakevenSettings const& settings,
                                        std::vector<BillPlan> const& plans) {
    std::vector<std::size_t> named;
    for (auto const& name : settings.challengers) named.push_back(asked_plan(s, plans, name));
    if (!named.empty() || !s.compare || s.compare->challengers.empty()) return named;
    for (auto const& name : s.compare->challengers)
        if (auto const plan = plan_of(s, plans, name)) named.push_back(*plan);
    return named;
}

}  // namespace

std::optional<Comparison> comparison_of(Scenario const& s, BreakevenSettings const& settings,
                                        std::vector<BillPlan> const& plans) {
    bool const pools = std::any_of(plans.begin(), plans.end(), [](BillPlan const& p) { return !p.pools.empty(); });
    if (!settings.always && !s.compare && !pools) return std::nullopt;
    if (settings.points < 3 || settings.from < 0 || (settings.from > 0) != (settings.to > 0) ||
        (settings.from > 0 && settings.from >= settings.to))
        throw std::invalid_argument("a breakeven has at least 3 volumes that rise from above 0");
    Comparison comparison{0, {}, s.compare ? s.compare->range : VolumeRange{}};
    if (settings.from > 0) comparison.range = {settings.from, settings.to};
    if (!settings.baseline.empty()) {
        comparison.baseline = asked_plan(s, plans, settings.baseline);
    } else if (s.compare && !s.compare->baseline.empty()) {
        auto const baseline = plan_of(s, plans, s.compare->baseline);
        if (!baseline) return std::nullopt;
        comparison.baseline = *baseline;
    }
    auto const named = challengers_of(s, settings, plans);
    bool const all = settings.challengers.empty() && (!s.compare || s.compare->challengers.empty());
    for (std::size_t p = 0; p < plans.size(); ++p) {
        bool const challenges = all || std::find(named.begin(), named.end(), p) != named.end();
        if (p != comparison.baseline && challenges) comparison.challengers.push_back(p);
    }
    return comparison.challengers.empty() ? std::nullopt : std::optional{std::move(comparison)};
}

std::vector<std::string> left_out(Scenario const& s, BreakevenSettings const& settings,
                                  std::vector<BillPlan> const& plans) {
    std::vector<std::string> names;
    if (!s.compare || !settings.baseline.empty() || !settings.challengers.empty()) return names;
    if (!s.compare->baseline.empty()) names.push_back(s.compare->baseline);
    names.insert(names.end(), s.compare->challengers.begin(), s.compare->challengers.end());
    std::erase_if(names, [&](std::string const& name) { return plan_of(s, plans, name).has_value(); });
    return names;
}

}  // namespace runrate
