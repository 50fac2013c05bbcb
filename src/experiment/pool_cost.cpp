#include "experiment/pool_cost.h"

#include <algorithm>

#include <fmt/format.h>

#include "pricing/price_book.h"

namespace runrate {
namespace {

/// How the line of an item is printed.
struct ItemText {
    PoolItem item;
    char const *line, *group, *unit;
};
constexpr std::array<ItemText, pool_items> texts{{{PoolItem::reserved, "reserved", gpu_group, "GPU-hours"},
                                                  {PoolItem::on_demand, "on demand", gpu_group, "GPU-hours"},
                                                  {PoolItem::owned, "owned", gpu_group, "GPU-hours"},
                                                  {PoolItem::maintenance, "maintenance", "owned machines", ""},
                                                  {PoolItem::colocation, "colocation", "owned machines", ""},
                                                  {PoolItem::power, "power", "owned machines", "kWh"}}};

bool has(PoolPlan const& plan, PoolItem item) {
    auto const any = [&](auto const& member) { return std::any_of(plan.own.begin(), plan.own.end(), member); };
    switch (item) {
        case PoolItem::reserved: return !plan.reserve.empty();
        case PoolItem::on_demand: return plan.on_demand_usd.has_value();
        case PoolItem::owned:
        case PoolItem::maintenance: return !plan.own.empty();
        case PoolItem::colocation: return any([](OwnedReplicas const& o) { return o.colocation_usd.has_value(); });
        case PoolItem::power: return any([](OwnedReplicas const& o) { return o.pays_energy(); });
    }
    return false;
}

/// One pool in one month.
struct PoolMonth {
    PoolPlan const& plan;
    Month month, start;
    double gpus, hours;

    void add_reserved(BeliefValues draw, PoolCost& cost) const {
        for (auto const& r : plan.reserve) {
            if (!r.in_force(month, start)) continue;
            cost.quantity += r.replicas * gpus * hours;
            cost.usd += r.replicas * r.usd.in(draw)*gpus * hours;
        }
    }

    /// Those that are busy are spread evenly over the machines of all entries.
    void add_owned(double busy_hours, BeliefValues draw, PoolCosts& costs) const {
        auto const at = [&](PoolItem item) -> PoolCost& { return costs[static_cast<std::size_t>(item)]; };
        double const owned = plan.owned_in(month, start);
        for (auto const& o : plan.own) {
            if (!o.in_force(month, start)) continue;
            auto const machines = o.machines(draw);
            at(PoolItem::owned).quantity += o.replicas * gpus * hours;
            at(PoolItem::owned).usd += depreciation(machines);
            at(PoolItem::maintenance).usd += maintenance(machines);
            at(PoolItem::colocation).usd += colocation(machines);
            if (!(machines.energy > 0)) continue;
            double const kwh = energy_kwh(machines, hours, busy_hours / owned);
            at(PoolItem::power).quantity += kwh;
            at(PoolItem::power).usd += kwh * machines.energy;
        }
    }
};

}  // namespace

double on_demand_usd(Scenario const& s, std::size_t pool, std::size_t month, BeliefValues draw) {
    auto const& rate = s.pool_plans[pool].on_demand_usd;
    if (!rate) return 0;
    return rate->in(draw)*drift_factor(s.prices.gpu_drift.in(draw), s.calendar.first(), s.calendar.start,
                                       static_cast<int>(month));
}

PoolCosts pool_costs(Scenario const& s, std::size_t pool, std::size_t month, PoolMonthUse const& use,
                     BeliefValues draw) {
    auto const m = static_cast<int>(month);
    double const gpus = s.pools[pool].replica.parallel.gpus();
    PoolMonth const here{s.pool_plans[pool], s.calendar.month(m), s.calendar.start, gpus, s.calendar.hours_in(m)};
    PoolCosts costs;
    here.add_reserved(draw, costs[static_cast<std::size_t>(PoolItem::reserved)]);
    auto& on_demand = costs[static_cast<std::size_t>(PoolItem::on_demand)];
    on_demand.quantity = use.on_demand_hours * gpus;
    on_demand.usd = use.on_demand_hours * (on_demand_usd(s, pool, month, draw) * gpus);
    here.add_owned(use.owned_busy_hours, draw, costs);
    return costs;
}

void add_pools(Scenario const& s, std::vector<std::size_t> const& pools, BillPlan& plan) {
    for (auto const pool : pools) {
        auto const& terms = s.pool_plans[pool];
        PoolLines lines{.pool = pool};
        for (auto const& text : texts) {
            if (!has(terms, text.item)) continue;
            lines.line_of[static_cast<std::size_t>(text.item)] = plan.lines.size();
            plan.lines.push_back({.line = fmt::format("{} {}", terms.pool, text.line),
                                  .group = text.group,
                                  .feature = {},
                                  .target = {},
                                  .meter = {},
                                  .unit = text.unit,
                                  .pool = plan.pools.size()});
        }
        std::vector<double> by_month;
        for (int m = 0; m < s.calendar.months; ++m)
            by_month.push_back(terms.base_in(s.calendar.month(m), s.calendar.start));
        lines.thresholds = by_month;
        std::sort(lines.thresholds.begin(), lines.thresholds.end());
        lines.thresholds.erase(std::unique(lines.thresholds.begin(), lines.thresholds.end()), lines.thresholds.end());
        for (double const replicas : by_month) {
            auto const place = std::lower_bound(lines.thresholds.begin(), lines.thresholds.end(), replicas);
            lines.threshold_of_month.push_back(static_cast<std::size_t>(place - lines.thresholds.begin()));
        }
        plan.pools.push_back(std::move(lines));
    }
}

}  // namespace runrate
