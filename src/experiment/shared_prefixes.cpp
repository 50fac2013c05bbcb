#include "experiment/shared_prefixes.h"

#include <algorithm>

#include "projection/storage.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

PrefixUse use_of(SharedPrefix const& prefix) { return {prefix.alive_s, prefix.used}; }

/// Those that run the same workflow by the same targets share its prefixes: with equal keys these have equal indices.
bool share_prefixes(Scenario const& s, std::vector<FeatureUsage> const& usage, std::size_t a, std::size_t b) {
    return s.features[a].session.workflow == s.features[b].session.workflow && usage[a].keys == usage[b].keys;
}

/// What other features do for a prefix.
AliveByHour others_of(Experiment const& e, std::size_t feature, std::size_t prefix,
                      std::vector<std::vector<MonthVolume>> const& volumes, std::vector<FeatureUsage> const& usage) {
    AliveByHour sum;
    auto const& features = e.scenario->features;
    for (std::size_t f = 0; f < features.size(); ++f) {
        if (f == feature || !share_prefixes(*e.scenario, usage, f, feature)) continue;
        auto const alive = alive_by_hour(features[f].traffic, volumes[f], use_of(usage[f].shared[prefix]));
        if (sum.empty()) sum.resize(alive.size());
        for (std::size_t m = 0; m < alive.size(); ++m) {
            for (std::size_t hour = 0; hour < alive[m].size(); ++hour) sum[m][hour] += alive[m][hour];
        }
    }
    return sum;
}

/// Consecutive months at a multiple of their traffic: cells of a scale, or one of a volume.
struct CellRow {
    std::size_t cell = 0, month = 0, months = 0;
    double multiple = 1;
};

std::vector<CellRow> rows_of(Experiment const& e) {
    std::vector<CellRow> rows;
    for (std::size_t s = 0; s < e.layout.scales; ++s)
        rows.push_back({e.layout.cell(s, 0), 0, e.layout.months, e.scales[s]});
    for (std::size_t v = 0; v < e.layout.volumes; ++v)
        rows.push_back({e.layout.volume_cell(v), e.layout.compared_month, 1, e.volumes[v]});
    return rows;
}

/// What a row has of what is by month; nothing of nothing.
template <class ByMonth>
ByMonth part_of(ByMonth const& months, CellRow const& row) {
    if (months.empty()) return {};
    auto const first = months.begin() + static_cast<std::ptrdiff_t>(row.month);
    return {first, first + static_cast<std::ptrdiff_t>(row.months)};
}

/// Misses of every shared prefix of a feature, [cell][prefix].
std::vector<double> missed_shares(Experiment const& e, std::size_t feature,
                                  std::vector<std::vector<MonthVolume>> const& volumes,
                                  std::vector<FeatureUsage> const& usage, BeliefValues world) {
    auto const& layout = e.layout;
    auto const& shared = usage[feature].shared;
    std::vector<double> missed(layout.cells() * shared.size(), 0);
    for (std::size_t p = 0; p < shared.size(); ++p) {
        if (!(shared[p].at_risk > 0)) continue;
        auto const others = others_of(e, feature, p, volumes, usage);
        for (auto const& row : rows_of(e)) {
            auto const shares = miss_shares(e.scenario->features[feature].traffic, part_of(volumes[feature], row),
                                            row.multiple, use_of(shared[p]), world, part_of(others, row));
            for (std::size_t i = 0; i < row.months; ++i) missed[(row.cell + i) * shared.size() + p] = shares[i];
        }
    }
    return missed;
}

/// How much of the alive hours does not follow the sessions: 1 less their elasticity, by a slightly larger scale.
double steady_share(double hours, double more_hours) {
    constexpr double log_of_more = 0.09531017980432487;  // ln 1.1
    return hours > 0 ? std::clamp(1 - real::log(more_hours / hours) / log_of_more, 0.0, 1.0) : 0;
}

/// Token-hours of every shared prefix for which a vendor bills storage, by session.
void add_storage(Experiment const& e, std::size_t feature, std::vector<std::vector<MonthVolume>> const& volumes,
                 std::vector<FeatureUsage> const& usage, BeliefValues world, SharedMonths& months) {
    auto const& layout = e.layout;
    auto const& shared = usage[feature].shared;
    months.stored.assign(layout.cells() * shared.size(), 0);
    months.steady = months.stored;
    for (std::size_t p = 0; p < shared.size(); ++p) {
        if (!(shared[p].stored > 0 && shared[p].alive_s > 0)) continue;
        for (auto const& row : rows_of(e)) {
            std::vector<std::vector<MonthVolume>> here;
            for (auto const& of_feature : volumes) here.push_back(part_of(of_feature, row));
            std::vector<PrefixKeeper> keepers;  // this feature first
            for (std::size_t f = 0; f < volumes.size(); ++f) {
                if (!share_prefixes(*e.scenario, usage, f, feature)) continue;
                PrefixKeeper const keeper{&e.scenario->features[f].traffic, &here[f], use_of(usage[f].shared[p])};
                keepers.insert(f == feature ? keepers.begin() : keepers.end(), keeper);
            }
            auto const hours = alive_hours(keepers, row.multiple, world)[0];
            auto const more = alive_hours(keepers, row.multiple * 1.1, world)[0];
            for (std::size_t i = 0; i < row.months; ++i) {
                double const sessions = here[feature][i].sessions * row.multiple;
                if (!(sessions > 0)) continue;
                auto const at = (row.cell + i) * shared.size() + p;
                months.stored[at] = shared[p].stored * hours[i] / sessions;
                months.steady[at] = months.stored[at] * steady_share(hours[i], more[i]);
            }
        }
    }
}

}  // namespace

SharedMonths shared_months(Experiment const& e, std::size_t feature,
                           std::vector<std::vector<MonthVolume>> const& volumes, std::vector<FeatureUsage> const& usage,
                           BeliefValues world) {
    SharedMonths months{missed_shares(e, feature, volumes, usage, world), {}, {}};
    add_storage(e, feature, volumes, usage, world, months);
    return months;
}

}  // namespace runrate
