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
constexpr std::array<ItemText, pool_items> texts{
    {{PoolItem::reserved, "reserved", gpu_group, "GPU-hours"},
     {PoolItem::on_demand, "on demand", gpu_group, "GPU-hours"},
     {PoolItem::spot, "spot", gpu_group, "GPU-hours"},
     {PoolItem::spare, "spare on demand", gpu_group, "GPU-hours"},
     {PoolItem::headroom, "deploy headroom on demand", gpu_group, "GPU-hours"},
     {PoolItem::owned, "owned", gpu_group, "GPU-hours"},
     {PoolItem::maintenance, "maintenance", "owned machines", ""},
     {PoolItem::colocation, "colocation", "owned machines", ""},
     {PoolItem::power, "power", "owned machines", "kWh"},
     {PoolItem::hosts, "hosts", "hosts", "GPU-hours"},
     {PoolItem::storage, "storage", "storage", ""},
     {PoolItem::network, "network", "network", "GB"}}};

bool has(PoolPlan const& plan, PoolItem item) {
    auto const any = [&](auto const& member) { return std::any_of(plan.own.begin(), plan.own.end(), member); };
    switch (item) {
        case PoolItem::reserved: return !plan.reserve.empty();
        case PoolItem::on_demand: return plan.rest.has_value();
        case PoolItem::spot: return plan.rest && plan.rest->spot;
        case PoolItem::spare: return plan.rest && plan.spare > 0;
        case PoolItem::headroom: return plan.rest && plan.deploy_headroom > 0;
        case PoolItem::owned:
        case PoolItem::maintenance: return !plan.own.empty();
        case PoolItem::colocation: return any([](OwnedReplicas const& o) { return o.colocation_usd.has_value(); });
        case PoolItem::power: return any([](OwnedReplicas const& o) { return o.pays_energy(); });
        case PoolItem::hosts: return plan.host_usd.stated();
        case PoolItem::storage: return plan.storage_usd.stated();
        case PoolItem::network: return plan.network_usd.stated();
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

PoolMonth month_of(Scenario const& s, std::size_t pool, std::size_t month) {
    auto const m = static_cast<int>(month);
    double const gpus = s.pools[pool].replica.parallel.gpus();
    return {s.pool_plans[pool], s.calendar.month(m), s.calendar.start, gpus, s.calendar.hours_in(m)};
}

/// What is rented beyond the base.
struct Rent {
    PoolCost on_demand, spot, spare, headroom;
    [[nodiscard]] double usd() const { return on_demand.usd + spot.usd + spare.usd + headroom.usd; }
};

double gpu_drift(Scenario const& s, std::size_t month, BeliefValues draw) {
    return drift_factor(s.prices.gpu_drift.in(draw), s.calendar.first(), s.calendar.start, static_cast<int>(month));
}

Rent rent(Scenario const& s, std::size_t pool, std::size_t month, PoolMonthUse const& use, BeliefValues draw) {
    auto const& plan = s.pool_plans[pool];
    if (!plan.rest) return {};
    double const gpus = s.pools[pool].replica.parallel.gpus();
    double const drift = gpu_drift(s, month, draw);
    auto const at = [&](double hours, Number const& usd) {
        return PoolCost{hours * gpus, hours * (usd.in(draw)*drift * gpus)};
    };
    auto const& spot = plan.rest->spot;
    double const spot_hours = spot ? spot->share * use.rented.serving : 0;
    double const again = spot ? spot_hours * spot->lost_s.in(draw) / spot->every_s.in(draw) : 0;
    return {at(use.rented.serving - spot_hours + again, plan.rest->on_demand_usd),
            spot ? at(spot_hours, spot->usd) : PoolCost{}, at(use.rented.spare, plan.rest->on_demand_usd),
            at(use.rented.headroom, plan.rest->on_demand_usd)};
}

}  // namespace

double on_demand_usd(Scenario const& s, std::size_t pool, std::size_t month, BeliefValues draw) {
    auto const& rest = s.pool_plans[pool].rest;
    return rest ? rest->on_demand_usd.in(draw)*gpu_drift(s, month, draw) : 0;
}

double rented_usd(Scenario const& s, std::size_t pool, std::size_t month, BeliefValues draw) {
    PoolMonthUse use;
    use.rented.serving = 1;
    return rent(s, pool, month, use, draw).usd();
}

PoolCosts pool_costs(Scenario const& s, std::size_t pool, std::size_t month, PoolMonthUse const& use,
                     BeliefValues draw) {
    auto const here = month_of(s, pool, month);
    PoolCosts costs;
    auto const at = [&](PoolItem item) -> PoolCost& { return costs[static_cast<std::size_t>(item)]; };
    here.add_reserved(draw, at(PoolItem::reserved));
    auto const rented = rent(s, pool, month, use, draw);
    at(PoolItem::on_demand) = rented.on_demand;
    at(PoolItem::spot) = rented.spot;
    at(PoolItem::spare) = rented.spare;
    at(PoolItem::headroom) = rented.headroom;
    here.add_owned(use.owned_busy_hours, draw, costs);
    double hosted = at(PoolItem::reserved).quantity;
    for (auto const* cost : {&rented.on_demand, &rented.spot, &rented.spare, &rented.headroom})
        hosted += cost->quantity;
    at(PoolItem::hosts) = {hosted, hosted * here.plan.host_usd.in(draw)};
    at(PoolItem::storage) = {0, here.plan.storage_usd.in(draw)};
    double const bytes = use.tokens * bytes_per_token;
    at(PoolItem::network) = {bytes * 1e-9, bytes * here.plan.network_usd.in(draw)};
    return costs;
}

std::vector<double> cash_shift(Scenario const& s, std::size_t pool, BeliefValues draw) {
    auto const& calendar = s.calendar;
    auto const& plan = s.pool_plans[pool];
    double const gpus = s.pools[pool].replica.parallel.gpus();
    std::vector<double> shift(static_cast<std::size_t>(calendar.months), 0);
    auto const add = [&](int month, double usd) {
        if (month >= 0 && month < calendar.months) shift[static_cast<std::size_t>(month)] += usd;
    };
    for (auto const& r : plan.reserve) {
        int const first = months_between(calendar.start, r.from.value_or(calendar.start));
        for (int m = first; r.months && m < first + *r.months; ++m) {
            double const upfront = r.upfront.in(draw)*r.replicas * gpus * r.usd.in(draw)*calendar.hours_in(m);
            add(first, upfront);
            add(m, -upfront);
        }
    }
    for (auto const& o : plan.own) {
        int const first = months_between(calendar.start, o.first(calendar.start));
        auto const machines = o.machines(draw);
        add(first, machines.capex);
        for (int m = first; m < first + o.life_months; ++m) add(m, -depreciation(machines));
        add(first + o.life_months - 1, -machines.capex * machines.residual);
    }
    return shift;
}

std::array<double, 3> rent_thresholds(PoolPlan const& plan, double base) {
    double const besides_spares = std::max(0.0, base - plan.spares());
    return {base, besides_spares, besides_spares / (1 + plan.deploy_headroom)};
}

RentedHours rented_hours(PoolPlan const& plan, double base, double hours,
                         std::function<double(double)> const& hours_above) {
    auto const [serving, besides_spares, besides_all] = rent_thresholds(plan, base);
    double const always = std::max(0.0, plan.spares() - base) * hours;
    double const of_serving = hours_above(serving);
    double const with_spares = hours_above(besides_spares) + always;
    double const with_all = hours_above(besides_all) * (1 + plan.deploy_headroom) + always;
    return {of_serving, std::max(0.0, with_spares - of_serving), std::max(0.0, with_all - with_spares)};
}

double PoolLines::least_base() const { return *std::min_element(base_of_month.begin(), base_of_month.end()); }

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
        for (int m = 0; m < s.calendar.months; ++m) {
            lines.base_of_month.push_back(terms.base_in(s.calendar.month(m), s.calendar.start));
            for (double const serving : rent_thresholds(terms, lines.base_of_month.back()))
                lines.thresholds.push_back(serving);
        }
        std::sort(lines.thresholds.begin(), lines.thresholds.end());
        lines.thresholds.erase(std::unique(lines.thresholds.begin(), lines.thresholds.end()), lines.thresholds.end());
        plan.pools.push_back(std::move(lines));
    }
}

}  // namespace runrate
