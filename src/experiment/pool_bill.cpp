#include "experiment/pool_bill.h"

#include <algorithm>

#include "cost/meter_price.h"
#include "experiment/pool_cost.h"
#include "experiment/pool_months.h"
#include "projection/level_quantiles.h"

namespace runrate {
namespace {

double hours_in(Calendar const& calendar, std::size_t month) { return calendar.hours_in(static_cast<int>(month)); }

/// Calls that a replica completes per second when it is as full as it shall be: at the autoscaler's number in flight;
/// without one at the fullest level whose p95 latencies meet the objective; of neither, where it is saturated.
double calls_at_objective(Pool const& pool, LoadCurve const& curve) {
    if (auto const& autoscale = pool.fleet.autoscale) return curve.calls_per_s(autoscale->aim());
    auto const objective = pool.fleet.objective.value_or(PoolObjective{});
    auto const meets = [](LogSketch const& figure, std::optional<double> most) {
        return !most || figure.count() == 0 || figure.quantile(0.95) <= *most;
    };
    double most = 0;
    for (auto const& level : curve.levels)
        if (meets(level.ttft, objective.ttft_p95_s) && meets(level.tpot, objective.tpot_p95_s))
            most = std::max(most, level.calls_per_s);
    return most > 0 ? most : curve.calls_per_s(1);
}

/// Of a replica that completes so many calls per second.
double hours_of(double calls, double per_s) { return per_s > 0 ? calls / per_s / 3600 : 0; }

/// By cell, of the calls that features make of a pool.
void count_tokens(Experiment const& e, BillPlan const& plan, std::vector<std::vector<MonthVolume>> const& volumes,
                  OptionOutcome const& out, std::size_t pool, PoolUse& use) {
    for (std::size_t f = 0; f < e.layout.features; ++f) {
        auto const& keys = usage_keys(*plan.programs[f]);
        for (std::size_t cell = 0; cell < e.layout.cells(); ++cell) {
            auto const meters = meters_of(out, f, cell);
            double const sessions = volumes[f][e.layout.month_of(cell)].sessions * e.multiple(cell);
            for (std::size_t k = 0; k < keys.size(); ++k) {
                if (e.scenario->pool_of(keys[k].target) != pool) continue;
                for (std::size_t m = 0; m < meter_count; ++m)
                    if (counts_tokens(static_cast<Meter>(m))) use.tokens[cell] += sessions * meters[k][m];
            }
        }
    }
}

/// How fast the calls of a day are answered, and how many of them a replica completes.
struct Speeds {
    Speeds(Pool const& terms, FluidPool const& of)
        : pool{of},
          ttft{of, &LoadLevel::ttft, true},
          tpot{of, &LoadLevel::tpot, false},
          at_objective{calls_at_objective(terms, *of.curve)},
          saturated{of.curve->saturated_calls_per_s()} {}
    FluidPool pool;
    LevelQuantiles ttft, tpot;
    double at_objective, saturated;  ///< calls per second
};

/// One pool in one world while its months are worked out.
struct PoolRun {
    Experiment const& e;
    BillPlan const& plan;
    WorldOutcome const& world;
    std::vector<std::vector<MonthVolume>> const& volumes;
    OptionOutcome const& out;
    PoolLines const& lines;
    EventWorld where;
    double factor = 1;  ///< of the audit, on what is paid beyond the least

    [[nodiscard]] Scenario const& scenario() const { return *e.scenario; }

    /// Whether what sessions ask of the pool differs from scale to scale in more than its amount.
    [[nodiscard]] bool by_scale() const {
        bool const spread = scenario().pools[lines.pool].fleet.router == Router::least_load;
        return spread || scenario().scales.multiply == ScaleOf::usage;
    }

    [[nodiscard]] std::vector<double> chance(std::size_t cell) const {
        std::vector<double> of_feature;
        for (std::size_t f = 0; f < e.layout.features; ++f)
            of_feature.push_back(world.session_chance[cell * e.layout.features + f]);
        return of_feature;
    }

    /// Hours of a month of which some are paid whatever is asked, of those beyond so many replicas: no correction makes
    /// them more than those of the most that there can be.
    [[nodiscard]] double audited(double hours, double least, std::size_t month, double replicas) const {
        if (hours <= least) return hours;
        auto const& autoscale = scenario().pools[lines.pool].fleet.autoscale;
        double const most = autoscale ? autoscale->most : scenario().pool_plans[lines.pool].at_least;
        double const possible = std::max(0.0, most - replicas) * hours_in(scenario().calendar, month);
        return std::min(least + (hours - least) * factor, std::max(hours, possible));
    }

    /// What is paid on demand in a month.
    [[nodiscard]] RentedHours rented_in(FluidDay const& all, std::size_t month) const {
        auto const& plan_of_pool = scenario().pool_plans[lines.pool];
        double const hours = hours_in(scenario().calendar, month);
        return rented_hours(plan_of_pool, lines.base(month), hours, [&](double replicas) {
            auto const at = std::lower_bound(lines.thresholds.begin(), lines.thresholds.end(), replicas);
            double const least = std::max(0.0, plan_of_pool.at_least - replicas) * hours;
            auto const above = all.hours_above[static_cast<std::size_t>(at - lines.thresholds.begin())];
            return audited(above, least, month, replicas);
        });
    }

    /// The month whose days stand for all; the one with most traffic where it has none.
    [[nodiscard]] std::size_t busy_reference() const {
        auto const sessions = [&](std::size_t month) {
            double sum = 0;
            for (auto const& feature : volumes) sum += feature[month].sessions;
            return sum;
        };
        auto month = static_cast<std::size_t>(scenario().reference_month());
        if (sessions(month) > 0) return month;
        for (std::size_t m = 0; m < e.layout.months; ++m)
            if (sessions(m) > sessions(month)) month = m;
        return month;
    }

    void fill_scales(std::span<double const> scales, std::size_t first_scale, PoolUse& result) const;

private:
    [[nodiscard]] std::vector<std::size_t> volumes_near(std::span<double const> scales) const;
    void fill(std::size_t cell, FluidDay const& expected, FluidDay const& drawn, Speeds const&, PoolMonths const&,
              PoolUse& result) const;
    void note_overflow(std::size_t cell, FluidDay const& expected, PoolUse& result) const;
};

/// The volumes to which none of the other scales is nearer.
std::vector<std::size_t> PoolRun::volumes_near(std::span<double const> scales) const {
    std::vector<std::size_t> near;
    for (std::size_t v = 0; v < e.volumes.size(); ++v) {
        double const scale = e.scales[e.nearest_scale(e.volumes[v])];
        if (std::find(scales.begin(), scales.end(), scale) != scales.end()) near.push_back(v);
    }
    return near;
}

/// Scales that are next to each other, and the volumes near to them.
void PoolRun::fill_scales(std::span<double const> scales, std::size_t first_scale, PoolUse& result) const {
    auto const& layout = e.layout;
    auto const reference = busy_reference();
    PoolProjection const projection{scenario(), plan,    lines.pool, where,
                                    out.usage,  volumes, reference,  scales[scales.size() / 2]};
    PoolMonths months{scenario(), projection, volumes, reference, scales, lines.thresholds, where.beliefs};
    Speeds const speeds{scenario().pools[lines.pool], projection.pool()};
    for (auto cell = layout.cell(first_scale, 0); cell < layout.cell(first_scale + scales.size(), 0); ++cell) {
        auto const m = layout.month_of(cell);
        auto const on = [&](std::vector<double> const& factors) { return months.month(m, e.multiple(cell), factors); };
        fill(cell, on({}), on(chance(cell)), speeds, months, result);
    }
    auto const near = volumes_near(scales);
    std::vector<double> multiples;
    for (auto const v : near) multiples.push_back(e.volumes[v]);
    months.reach(layout.compared_month, multiples);
    for (auto const v : near) {
        auto const expected = months.at_volume(layout.compared_month, e.volumes[v]);
        fill(layout.volume_cell(v), expected, expected, speeds, months, result);
    }
}

void PoolRun::fill(std::size_t cell, FluidDay const& expected, FluidDay const& drawn, Speeds const& speeds,
                   PoolMonths const& months, PoolUse& result) const {
    auto const m = e.layout.month_of(cell);
    double const least = scenario().pool_plans[lines.pool].at_least * hours_in(scenario().calendar, m);
    result.paid_hours[cell] = audited(expected.paid_hours, least, m, 0);
    result.peak[cell] = expected.peak_replicas;
    result.in_flight_hours[cell] = expected.in_flight_hours;
    auto const rented = rented_in(expected, m);
    result.on_demand_hours[cell] = rented.serving;
    result.spare_hours[cell] = rented.spare;
    result.headroom_hours[cell] = rented.headroom;
    result.rented_drawn[cell] = rented_in(drawn, m).all();
    result.busy_hours[cell] = hours_of(expected.calls, speeds.at_objective);
    result.saturated_hours[cell] = hours_of(expected.calls, speeds.saturated);
    result.shed[cell] = expected.calls + expected.shed > 0 ? expected.shed / (expected.calls + expected.shed) : 0;
    result.cached[cell] = cached_share(speeds.pool, expected).value_or(0);
    result.ttft_p95[cell] = speeds.ttft.at(0.95, expected);
    result.tpot_p95[cell] = speeds.tpot.at(0.95, expected);
    note_overflow(cell, expected, result);
    for (std::size_t f = 0; f < e.layout.features; ++f)
        result.load[cell * e.layout.features + f] = volumes[f][m].sessions * e.multiple(cell) * months.load_of(f);
}

void PoolRun::note_overflow(std::size_t cell, FluidDay const& expected, PoolUse& result) const {
    if (expected.overflow.empty()) return;
    result.beyond.resize(e.layout.cells() * e.layout.features, 0);
    result.crowding.resize(result.beyond.size(), 0);
    result.elsewhere.resize(e.layout.cells(), 0);
    FluidOverflow all;
    for (std::size_t f = 0; f < e.layout.features; ++f) {
        auto const& o = expected.overflow[f];
        auto const at = cell * e.layout.features + f;
        if (o.asked > 0) result.beyond[at] = o.beyond / o.asked;
        if (o.beyond > 0) result.crowding[at] = std::max(result.beyond[at], o.crowded / o.beyond);
        all.asked += o.asked;
        all.beyond += o.beyond;
    }
    if (all.asked > 0) result.elsewhere[cell] = all.beyond / all.asked;
}

PoolUse empty_outcome(Layout const& layout) {
    PoolUse result;
    for (auto const member :
         {&PoolUse::paid_hours, &PoolUse::peak, &PoolUse::in_flight_hours, &PoolUse::on_demand_hours,
          &PoolUse::spare_hours, &PoolUse::headroom_hours, &PoolUse::rented_drawn, &PoolUse::busy_hours,
          &PoolUse::saturated_hours, &PoolUse::tokens, &PoolUse::machines_usd, &PoolUse::shed, &PoolUse::cached,
          &PoolUse::ttft_p95, &PoolUse::tpot_p95})
        (result.*member).assign(layout.cells(), 0);
    result.load.assign(layout.cells() * layout.features, 0);
    return result;
}

/// The parts of a pool's cost that features bear; equal ones where nobody asks it.
std::vector<double> parts_of(PoolUse const& pool, Layout const& layout, std::size_t cell) {
    std::vector<double> parts;
    double sum = 0;
    for (std::size_t f = 0; f < layout.features; ++f) {
        parts.push_back(pool.load[cell * layout.features + f]);
        sum += parts.back();
    }
    for (double& part : parts) part = sum > 0 ? part / sum : 1 / static_cast<double>(layout.features);
    return parts;
}

/// Owned replicas serve their share of what those do that are paid for anyhow, and are as full as the others.
double owned_busy_hours(Scenario const& s, PoolLines const& lines, PoolUse const& pool, std::size_t cell,
                        std::size_t month) {
    double const base = lines.base(month);
    auto const here = s.calendar.month(static_cast<int>(month));
    double const owned = s.pool_plans[lines.pool].owned_in(here, s.calendar.start);
    if (owned == 0 || !(pool.paid_hours[cell] > 0)) return 0;
    double const by_base = 1 - pool.on_demand_hours[cell] / pool.paid_hours[cell];
    double const busy = pool.busy_hours[cell] * by_base * owned / base;
    return std::min(busy, owned * hours_in(s.calendar, month));
}

}  // namespace

PoolMonthUse month_use(Scenario const& s, PoolLines const& lines, PoolUse const& pool, std::size_t cell,
                       std::size_t month) {
    return {{pool.on_demand_hours[cell], pool.spare_hours[cell], pool.headroom_hours[cell]},
            owned_busy_hours(s, lines, pool, cell, month),
            pool.tokens[cell]};
}

namespace {

void bill_cell(Experiment const& e, BillPlan const& plan, WorldOutcome const& world, std::size_t p, std::size_t cell,
               OptionOutcome& out) {
    auto const& layout = e.layout;
    auto const& s = *e.scenario;
    auto const& lines = plan.pools[p];
    auto& pool = out.pools[p];
    auto const month = layout.month_of(cell);
    auto const draws = static_cast<double>(layout.draws);
    auto const parts = parts_of(pool, layout, cell);
    auto const use = month_use(s, lines, pool, cell, month);
    for (std::size_t d = 0; d < layout.draws; ++d) {
        auto const costs = pool_costs(s, lines.pool, month, use, world.beliefs[d]);
        double usd = 0;
        for (std::size_t i = 0; i < pool_items; ++i) {
            if (!lines.line_of[i]) continue;
            auto const at = cell * plan.lines.size() + *lines.line_of[i];
            auto const amount = from_dollars(costs[i].usd);
            out.quantity[at] += costs[i].quantity / draws;
            out.line_nano[at] += amount.count();
            usd += to_dollars(amount);
            if (of_machines(static_cast<PoolItem>(i))) pool.machines_usd[cell] += to_dollars(amount) / draws;
        }
        auto const at_draw = layout.agreement(d, cell);
        out.cost[layout.cost(d, cell, layout.agreement_slot())] += usd;
        double const beyond = pool.rented_drawn[cell] - use.rented.all();
        out.agreement_drawn[at_draw] += usd + beyond * rented_usd(s, lines.pool, month, world.beliefs[d]);
        for (std::size_t f = 0; f < layout.features; ++f)
            out.agreement_of_feature[at_draw * layout.features + f] += usd * parts[f];
    }
}

}  // namespace

void simulate_pools(Experiment const& e, BillPlan const& plan, WorldOutcome const& world,
                    std::vector<std::vector<MonthVolume>> const& volumes, OptionOutcome& out) {
    for (std::size_t p = 0; p < plan.pools.size(); ++p) {
        auto const& lines = plan.pools[p];
        auto& result = out.pools.emplace_back(empty_outcome(e.layout));
        EventWorld const where{world.beliefs[0], e.seed, world.id.number(), true};
        PoolRun const run{e, plan, world, volumes, out, lines, where, e.pool_factor(plan, p)};
        if (!run.by_scale()) {
            run.fill_scales(e.scales, 0, result);
            continue;
        }
        for (std::size_t s = 0; s < e.scales.size(); ++s) run.fill_scales(std::span{e.scales}.subspan(s, 1), s, result);
    }
}

void count_pool_tokens(Experiment const& e, BillPlan const& plan, std::vector<std::vector<MonthVolume>> const& volumes,
                       OptionOutcome& out) {
    for (std::size_t p = 0; p < plan.pools.size(); ++p)
        count_tokens(e, plan, volumes, out, plan.pools[p].pool, out.pools[p]);
}

void bill_pools(Experiment const& e, BillPlan const& plan, WorldOutcome const& world, OptionOutcome& out) {
    if (plan.pools.empty()) return;
    auto const& layout = e.layout;
    out.cash_shift.assign(layout.draws * layout.months, 0);
    for (auto const& lines : plan.pools) {
        for (std::size_t d = 0; d < layout.draws; ++d) {
            auto const shift = cash_shift(*e.scenario, lines.pool, world.beliefs[d]);
            for (std::size_t m = 0; m < layout.months; ++m) out.cash_shift[d * layout.months + m] += shift[m];
        }
    }
    out.agreement_of_feature.resize(layout.draws * layout.cells() * layout.features, 0);
    for (std::size_t p = 0; p < plan.pools.size(); ++p)
        for (std::size_t cell = 0; cell < layout.cells(); ++cell) bill_cell(e, plan, world, p, cell, out);
}

}  // namespace runrate
