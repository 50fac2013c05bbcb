#include "experiment/unit_costs.h"

#include <numeric>

#include "experiment/parallel_rows.h"
#include "experiment/quantities.h"

namespace runrate {
namespace {

/// The feature's part of the fixed costs, by direct cost, as the printed lines divide them.
double fixed_share(Findings const& f, WorldOutcome const& world, std::size_t draw, UnitPlace const& at, double direct) {
    double const fixed = fixed_cost_in(f, world, at.option, draw, at.scale, at.period);
    if (fixed == 0) return 0;
    double all = 0;
    for (std::size_t x = 0; x < f.layout().features; ++x)
        all += direct_cost_in(f, world, at.option, draw, x, at.scale, at.period);
    return all > 0 ? fixed * direct / all : fixed / static_cast<double>(f.layout().features);
}

double customer_months(Findings const& f, UnitPlace const& at, BeliefValues beliefs) {
    auto const& customers = f.scenario().features[at.feature].traffic.customers;
    bool const scaled = f.scenario().scales.multiply == ScaleOf::customers;
    return customers.count.in(beliefs)*at.period.months * (scaled ? f.experiment().scales[at.scale] : 1);
}

/// largest_share, which costs more than all else here, once for each run of equal customers.
class LargestShare {
public:
    double operator()(double customers, double exponent) {
        if (customers == customers_ && exponent == exponent_) return share_;
        customers_ = customers, exponent_ = exponent;
        return share_ = largest_share(customers, exponent);
    }

private:
    double customers_ = 0, exponent_ = 0, share_ = 1;
};

double units_in(FeatureSample const& s, UnitOf of) {
    switch (of) {
        case UnitOf::session: return s.sessions;
        case UnitOf::turn: return s.turns;
        case UnitOf::call: return s.calls;
        case UnitOf::customer_month: return s.customer_months;
        case UnitOf::largest_customer_month: return s.largest_customers;
        case UnitOf::success:
        case UnitOf::success_with_failures: return s.successes;
    }
    return 0;
}

double sum(std::span<double const> xs) { return std::accumulate(xs.begin(), xs.end(), 0.0); }

/// A ratio of sums, with the error of the groups' own ratios.
Estimate ratio(std::span<double const> over, std::span<double const> under, std::span<std::uint32_t const> group) {
    std::vector<double> overs, unders, ratios;
    for (std::size_t i = 0; i < over.size(); ++i) {
        if (group[i] >= overs.size()) overs.resize(group[i] + 1), unders.resize(group[i] + 1);
        overs[group[i]] += over[i];
        unders[group[i]] += under[i];
    }
    for (std::size_t g = 0; g < overs.size(); ++g) {
        if (unders[g] > 0) ratios.push_back(overs[g] / unders[g]);
    }
    auto result = estimate(ratios);
    result.mean = sum(over) / sum(under);
    return result;
}

UnitCostRow row_of(UnitSamples const& samples, UnitCostRow row) {
    auto costs = costs_by_sample(samples);
    row.mean = amount_of(cost_per_unit(samples).mean);
    row.p5 = amount_of(quantile_of(costs, 0.05));
    row.p50 = amount_of(quantile_of(costs, 0.5));
    row.p95 = amount_of(quantile_of(costs, 0.95));
    if (sum(samples.revenue) <= 0) return row;
    row.revenue = amount_of(sum(samples.revenue) / sum(samples.units));
    row.margin = margin_of(samples).mean;
    return row;
}

std::vector<UnitCostRow> rows_of(Findings const& f, std::size_t option, std::size_t scale) {
    std::vector<UnitCostRow> rows;
    for (auto const& period : f.periods) {
        for (std::size_t x = 0; x < f.layout().features; ++x) {
            auto const feature = feature_samples(f, {option, x, scale, period});
            for (auto const& unit : cost_units(f.scenario().features[x])) {
                auto const samples = unit_samples(feature, unit.of);
                if (samples.units.empty()) continue;
                UnitCostRow row;
                row.option = f.option(option).name;
                row.scale = f.experiment().scales[scale];
                row.period = period.name;
                row.feature = f.scenario().features[x].name;
                row.unit = unit.name;
                rows.push_back(row_of(samples, row));
            }
        }
    }
    return rows;
}

}  // namespace

std::vector<FeatureSample> feature_samples(Findings const& f, UnitPlace const& at) {
    auto const& outcome = f.scenario().features[at.feature].outcome;
    LargestShare largest;
    std::vector<FeatureSample> samples;
    for (auto const& world : f.totals.worlds) {
        double const turns = blended(f, world, at.option, at.feature, at.scale, at.period, &FeatureUsage::turns);
        double const calls = blended(f, world, at.option, at.feature, at.scale, at.period, &FeatureUsage::calls);
        double const sessions = sessions_in(f, world, at.feature, at.scale, at.period, Chance::expected);
        for (std::size_t d = 0; d < f.layout().draws; ++d) {
            BeliefValues const beliefs{world.beliefs[d]};
            FeatureSample s{.group = world.id.group, .sessions = sessions};
            s.turns = sessions * turns;
            s.calls = sessions * calls;
            s.customer_months = customer_months(f, at, beliefs);
            if (auto const& zipf = f.scenario().features[at.feature].traffic.customers.zipf) {
                double const customers = std::max(1.0, s.customer_months / at.period.months);
                s.largest_customers = at.period.months / largest(customers, zipf->in(beliefs));
            }
            s.successes = sessions * success_in(f, world, at.option, at.feature, d, at.scale, at.period);
            double const direct = direct_cost_in(f, world, at.option, d, at.feature, at.scale, at.period);
            s.cost = direct + fixed_share(f, world, d, at, direct) +
                     agreement_cost_in(f, world, at.option, d, at.feature, at.scale, at.period);
            s.failure_cost = (sessions - s.successes) * outcome.failure_cost_usd.in(beliefs);
            s.revenue = s.successes * outcome.revenue_usd.in(beliefs);
            samples.push_back(s);
        }
    }
    return samples;
}

UnitSamples unit_samples(std::vector<FeatureSample> const& feature, UnitOf of) {
    UnitSamples samples;
    for (auto const& s : feature) {
        double const units = units_in(s, of);
        if (!(units > 0)) continue;
        samples.cost.push_back(s.cost + (of == UnitOf::success_with_failures ? s.failure_cost : 0));
        samples.revenue.push_back(s.revenue);
        samples.units.push_back(units);
        samples.group.push_back(s.group);
    }
    return samples;
}

Estimate cost_per_unit(UnitSamples const& s) { return ratio(s.cost, s.units, s.group); }

Estimate margin_of(UnitSamples const& s) {
    auto result = ratio(s.cost, s.revenue, s.group);
    result.mean = 1 - result.mean;
    return result;
}

std::vector<double> costs_by_sample(UnitSamples const& s) {
    std::vector<double> costs(s.cost.size());
    for (std::size_t i = 0; i < costs.size(); ++i) costs[i] = s.cost[i] / s.units[i];
    return costs;
}

std::vector<UnitCostRow> unit_costs_table(Findings const& f) {
    return rows_by_option_and_scale<UnitCostRow>(f, [&](std::size_t o, std::size_t s) { return rows_of(f, o, s); });
}

}  // namespace runrate
