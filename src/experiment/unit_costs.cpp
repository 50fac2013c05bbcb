#include <algorithm>
#include <cmath>

#include "experiment/parallel_rows.h"
#include "experiment/quantities.h"
#include "stat/interval.h"

namespace runrate {
namespace {

/// A unit cost in every sample: dollars over units. Worlds without the unit are left out.
struct UnitSamples {
    std::vector<double> cost;  ///< of one unit
    double revenue = 0;        ///< mean of one unit
    std::size_t revenues = 0;

    void add(double dollars, double units, double revenue_each) {
        if (!(units > 0)) return;
        cost.push_back(dollars / units);
        revenue += revenue_each;
        ++revenues;
    }
};

struct Unit {
    std::string name;
    UnitSamples samples{};
    bool earns = false;
};

UnitCostRow row_of(Unit& unit, UnitCostRow row) {
    row.unit = unit.name;
    auto& cost = unit.samples.cost;
    double sum = 0;
    for (double c : cost) sum += c;
    double const mean = sum / static_cast<double>(cost.size());
    row.mean = amount_of(mean);
    row.p5 = amount_of(quantile_of(cost, 0.05));
    row.p50 = amount_of(quantile_of(cost, 0.5));
    row.p95 = amount_of(quantile_of(cost, 0.95));
    double const revenue =
        unit.samples.revenues > 0 ? unit.samples.revenue / static_cast<double>(unit.samples.revenues) : 0;
    if (!unit.earns || revenue <= 0) return row;
    row.revenue = amount_of(revenue);
    row.margin = 1 - mean / revenue;
    return row;
}

/// The feature's part of the fixed costs, by direct cost, as the printed lines divide them.
double fixed_share(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t draw,
                   std::size_t scale, Period const& period, double direct) {
    double const fixed = fixed_cost_in(f, world, option, draw, scale, period);
    if (fixed == 0) return 0;
    double all = 0;
    for (std::size_t x = 0; x < f.layout().features; ++x)
        all += direct_cost_in(f, world, option, draw, x, scale, period);
    return all > 0 ? fixed * direct / all : fixed / static_cast<double>(f.layout().features);
}

struct Place {
    std::size_t option, feature, scale;
    Period const& period;
};

std::vector<Unit> units_of(Findings const& f, Place const& at) {
    auto const& feature = f.scenario().features[at.feature];
    auto const& outcome = feature.outcome;
    std::vector<Unit> units{{"session"}, {"turn"}, {"call"}, {"customer and month"}};
    if (outcome.stated) {
        units.push_back({outcome.name});
        units.push_back({outcome.name + ", failures paid"});
    }
    for (auto const& world : f.totals.worlds) {
        auto const& usage = world.options[at.option].usage[at.feature];
        double const sessions = sessions_in(f, world, at.feature, at.scale, at.period, Chance::expected);
        for (std::size_t d = 0; d < f.layout().draws; ++d) {
            BeliefValues const beliefs{world.beliefs[d]};
            double const direct = direct_cost_in(f, world, at.option, d, at.feature, at.scale, at.period);
            double const cost = direct + fixed_share(f, world, at.option, d, at.scale, at.period, direct);
            double const success = success_in(f, world, at.option, at.feature, d);
            double const revenue = outcome.revenue_usd.in(beliefs);
            double const customers =
                feature.traffic.customers.count.in(beliefs)*at.period.months *
                (f.scenario().scales.multiply == ScaleOf::customers ? f.experiment().scales[at.scale] : 1);
            units[0].samples.add(cost, sessions, revenue * success);
            units[1].samples.add(cost, sessions * usage.turns, usage.turns > 0 ? revenue * success / usage.turns : 0);
            units[2].samples.add(cost, sessions * usage.calls, usage.calls > 0 ? revenue * success / usage.calls : 0);
            if (customers > 1) units[3].samples.add(cost, customers, revenue * success * sessions / customers);
            if (!outcome.stated) continue;
            double const failures = sessions * (1 - success) * outcome.failure_cost_usd.in(beliefs);
            units[4].samples.add(cost, sessions * success, revenue);
            units[5].samples.add(cost + failures, sessions * success, revenue);
        }
    }
    for (auto& unit : units) unit.earns = outcome.stated;
    return units;
}

std::vector<UnitCostRow> rows_of(Findings const& f, std::size_t option, std::size_t scale) {
    std::vector<UnitCostRow> rows;
    for (auto const& period : f.periods) {
        for (std::size_t x = 0; x < f.layout().features; ++x) {
            UnitCostRow row;
            row.option = f.option(option).name;
            row.scale = f.experiment().scales[scale];
            row.period = period.name;
            row.feature = f.scenario().features[x].name;
            for (auto& unit : units_of(f, {option, x, scale, period})) {
                if (!unit.samples.cost.empty()) rows.push_back(row_of(unit, row));
            }
        }
    }
    return rows;
}

}  // namespace

std::vector<UnitCostRow> unit_costs_table(Findings const& f) {
    return rows_by_option_and_scale<UnitCostRow>(f, [&](std::size_t o, std::size_t s) { return rows_of(f, o, s); });
}

}  // namespace runrate
