#include "experiment/behaviours.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace runrate {
namespace {

Way without(Way way, std::size_t group) {
    std::erase(way.refusing, group);
    return way;
}

}  // namespace

Behaviours::Behaviours(Experiment const& e, BillPlan const& plan, WorldOutcome const& world, OptionOutcome const& out)
    : e_{e}, plan_{plan}, world_{world}, out_{out} {}

bool Behaviours::counted(std::size_t feature) const {
    return e_.scenario->features[feature].session.lane != Lane::batch;
}

Sample Behaviours::sample(std::size_t feature) const {
    return {e_.seed, world_.id.number(), FeatureId{feature}, e_.sessions[feature]};
}

FeatureUsage const* Behaviours::known_in(std::size_t feature, Way const& way) const {
    if (way == Way{}) return &out_.usage[feature];
    auto const known = ways_.find({feature, way});
    return known == ways_.end() ? nullptr : &known->second;
}

/// Whether a target of the group is ever asked.
bool Behaviours::asks(FeatureUsage const& usage, std::size_t group) const {
    auto const& targets = e_.scenario->options[plan_.option.index()].limits.targets[group].targets;
    double asked = 0;
    for (std::size_t k = 0; k < usage.keys.size(); ++k)
        if (std::find(targets.begin(), targets.end(), usage.keys[k].target) != targets.end())
            asked += usage.mean[k][static_cast<std::size_t>(Meter::requests)] +
                     usage.mean[k][static_cast<std::size_t>(Meter::failed)];
    return asked > 0;
}

Way Behaviours::effective(std::size_t feature, Way way) {
    for (auto const group : Way{way}.refusing)
        if (!asks(in(feature, without(way, group)), group)) way = without(std::move(way), group);
    return way;
}

FeatureUsage const& Behaviours::in(std::size_t feature, Way const& stated) {
    if (auto const* known = known_in(feature, stated)) return *known;
    auto const way = effective(feature, stated);
    if (auto const* known = known_in(feature, way)) return *known;
    Probe probe{counted(feature) ? plan_.demand.gauges : std::vector<Gauge>{}, {}, way.overflow};
    for (auto const g : way.refusing) {
        auto const& limits = e_.scenario->options[plan_.option.index()].limits.targets[g];
        for (auto const target : limits.targets) probe.refusing.push_back({target, limits.per_minute.retry_after_s});
    }
    auto usage = simulate(*plan_.programs[feature], world_.beliefs[0], sample(feature), probe);
    return ways_.emplace(std::pair{feature, way}, std::move(usage)).first->second;
}

FeatureUsage const& Behaviours::beyond_cap(std::size_t feature) {
    auto const known = beyond_.find(feature);
    if (known != beyond_.end()) return known->second;
    FeatureUsage usage;
    auto const& degraded = plan_.demand.degraded[feature];
    if (degraded && degraded->program)
        usage = simulate(*degraded->program, world_.beliefs[0], sample(feature), {plan_.demand.gauges, {}});
    return beyond_.emplace(feature, std::move(usage)).first->second;
}

std::vector<OverflowPart> overflow_parts(double beyond, double crowding) {
    // Few probabilities are simulated; between them shares are mixed, so that as many calls go as do.
    constexpr std::array probabilities{0.2, 0.5, 1.0};
    constexpr double negligible = 1e-5;
    if (beyond <= negligible) return {};
    auto const above =
        std::find_if(probabilities.begin(), probabilities.end() - 1, [&](double p) { return crowding <= p; });
    if (above == probabilities.begin()) return {{std::min(1.0, beyond / *above), *above}};
    double const low = *(above - 1), high = *above;
    double const of_calls = std::min(1.0, (crowding - low) / (high - low));
    OverflowPart lower{beyond * (1 - of_calls) / low, low}, higher{beyond * of_calls / high, high};
    if (lower.share + higher.share > 1) {  // of nearly all sessions: what goes, and no sessions that never do
        higher.share = std::clamp((beyond - low) / (high - low), 0.0, 1.0);
        lower.share = 1 - higher.share;
    }
    return {lower, higher};
}

std::vector<NestedShare> nested(std::vector<double> const& refused_by_group) {
    constexpr double negligible = 1e-6;
    RefusingGroups order;
    for (std::size_t g = 0; g < refused_by_group.size(); ++g) {
        if (refused_by_group[g] > negligible) order.push_back(g);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return refused_by_group[a] > refused_by_group[b]; });
    std::vector<NestedShare> shares;
    double outer = 1;
    RefusingGroups refusing;
    for (std::size_t i = 0; i <= order.size(); ++i) {
        double const inner = i < order.size() ? std::min(1.0, refused_by_group[order[i]]) : 0;
        if (outer > inner) {
            auto groups = refusing;
            std::sort(groups.begin(), groups.end());
            shares.push_back({outer - inner, std::move(groups)});
        }
        if (i < order.size()) refusing.push_back(order[i]);
        outer = inner;
    }
    return shares;
}

}  // namespace runrate
