#include "experiment/misses.h"

namespace runrate {
namespace {

PrefixUse use_of(SharedPrefix const& prefix) { return {prefix.alive_s, prefix.used}; }

/// What other features do for a prefix: those that run the same workflow share it. Their programs are alike, so equal
/// prefixes have equal indices.
AliveByHour others_of(Experiment const& e, std::size_t feature, std::size_t prefix,
                      std::vector<std::vector<MonthVolume>> const& volumes, std::vector<FeatureUsage> const& usage) {
    AliveByHour sum;
    auto const& features = e.scenario->features;
    for (std::size_t f = 0; f < features.size(); ++f) {
        if (f == feature || features[f].session.workflow != features[feature].session.workflow) continue;
        auto const alive = alive_by_hour(features[f].traffic, volumes[f], use_of(usage[f].shared[prefix]));
        if (sum.empty()) sum.resize(alive.size());
        for (std::size_t m = 0; m < alive.size(); ++m) {
            for (std::size_t hour = 0; hour < alive[m].size(); ++hour) sum[m][hour] += alive[m][hour];
        }
    }
    return sum;
}

}  // namespace

std::vector<double> missed_shares(Experiment const& e, std::size_t feature,
                                  std::vector<std::vector<MonthVolume>> const& volumes, FeatureUsage const& own,
                                  std::vector<FeatureUsage> const& usage, BeliefValues world) {
    auto const& layout = e.layout;
    auto const& shared = own.shared;
    std::vector<double> missed(layout.scales * layout.months * shared.size(), 0);
    for (std::size_t p = 0; p < shared.size(); ++p) {
        if (!(shared[p].at_risk > 0)) continue;
        auto const others = others_of(e, feature, p, volumes, usage);
        for (std::size_t s = 0; s < layout.scales; ++s) {
            auto const shares = miss_shares(e.scenario->features[feature].traffic, volumes[feature], e.scales[s],
                                            use_of(shared[p]), world, others);
            for (std::size_t m = 0; m < layout.months; ++m) missed[layout.cell(s, m) * shared.size() + p] = shares[m];
        }
    }
    return missed;
}

}  // namespace runrate
