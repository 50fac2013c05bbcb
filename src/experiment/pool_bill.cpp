#include "experiment/pool_bill.h"

#include <algorithm>

#include "experiment/gpu_rates.h"
#include "experiment/pool_months.h"
#include "pricing/price_book.h"
#include "projection/level_quantiles.h"
#include "scenario/sections.h"

namespace runrate {
namespace {

double hours_in(Calendar const& calendar, std::size_t month) { return calendar.hours_in(static_cast<int>(month)); }

/// How fast the calls of a day are answered.
struct Latencies {
    explicit Latencies(LoadCurve const& of)
        : curve{of}, ttft{of, &LoadLevel::ttft, true}, tpot{of, &LoadLevel::tpot, false} {}
    LoadCurve const& curve;
    LevelQuantiles ttft, tpot;
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

    /// Hours of which some are paid whatever is asked.
    [[nodiscard]] double audited(double hours, double least) const {
        return hours > least ? least + (hours - least) * factor : hours;
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
    void fill(std::size_t cell, FluidDay const& expected, FluidDay const& drawn, Latencies const&, PoolMonths const&,
              PoolUse& result) const;
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
    PoolProjection const projection{scenario(), plan, lines.pool, where, out.usage, volumes, reference, scales.front()};
    PoolMonths months{scenario(), projection, volumes, reference, scales, lines.thresholds, where.beliefs};
    Latencies const latencies{projection.curve()};
    for (auto cell = layout.cell(first_scale, 0); cell < layout.cell(first_scale + scales.size(), 0); ++cell) {
        auto const m = layout.month_of(cell);
        auto const on = [&](std::vector<double> const& factors) { return months.month(m, e.multiple(cell), factors); };
        fill(cell, on({}), on(chance(cell)), latencies, months, result);
    }
    auto const near = volumes_near(scales);
    std::vector<double> multiples;
    for (auto const v : near) multiples.push_back(e.volumes[v]);
    months.reach(layout.compared_month, multiples);
    for (auto const v : near) {
        auto const expected = months.at_volume(layout.compared_month, e.volumes[v]);
        fill(layout.volume_cell(v), expected, expected, latencies, months, result);
    }
}

void PoolRun::fill(std::size_t cell, FluidDay const& expected, FluidDay const& drawn, Latencies const& latencies,
                   PoolMonths const& months, PoolUse& result) const {
    auto const m = e.layout.month_of(cell);
    auto const threshold = lines.threshold_of_month[m];
    double const hours = hours_in(scenario().calendar, m);
    double const least = scenario().pool_plans[lines.pool].at_least * hours;
    double const of_least = std::max(0.0, least - lines.thresholds[threshold] * hours);
    result.paid_hours[cell] = audited(expected.paid_hours, least);
    result.peak[cell] = expected.peak_replicas;
    result.in_flight_hours[cell] = expected.in_flight_hours;
    result.on_demand_hours[cell] = audited(expected.hours_above[threshold], of_least);
    result.on_demand_drawn[cell] = audited(drawn.hours_above[threshold], of_least);
    result.shed[cell] = expected.calls + expected.shed > 0 ? expected.shed / (expected.calls + expected.shed) : 0;
    result.cached[cell] = cached_share(latencies.curve, expected).value_or(0);
    result.ttft_p95[cell] = latencies.ttft.at(0.95, expected);
    result.tpot_p95[cell] = latencies.tpot.at(0.95, expected);
    for (std::size_t f = 0; f < e.layout.features; ++f)
        result.load[cell * e.layout.features + f] = volumes[f][m].sessions * e.multiple(cell) * months.load_of(f);
}

PoolUse empty_outcome(Layout const& layout) {
    PoolUse result;
    for (auto const member :
         {&PoolUse::paid_hours, &PoolUse::peak, &PoolUse::in_flight_hours, &PoolUse::on_demand_hours,
          &PoolUse::on_demand_drawn, &PoolUse::shed, &PoolUse::cached, &PoolUse::ttft_p95, &PoolUse::tpot_p95})
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

void bill_cell(Experiment const& e, BillPlan const& plan, WorldOutcome const& world, std::size_t p, std::size_t cell,
               OptionOutcome& out) {
    auto const& layout = e.layout;
    auto const& lines = plan.pools[p];
    auto const& pool = out.pools[p];
    auto const month = layout.month_of(cell);
    double const gpus = e.scenario->pools[lines.pool].replica.parallel.gpus();
    auto const at = cell * plan.lines.size() + lines.line;
    auto const parts = parts_of(pool, layout, cell);
    out.quantity[at + reserved_line] =
        lines.thresholds[lines.threshold_of_month[month]] * gpus * hours_in(e.scenario->calendar, month);
    out.quantity[at + on_demand_line] = pool.on_demand_hours[cell] * gpus;
    for (std::size_t d = 0; d < layout.draws; ++d) {
        double const each = on_demand_usd(*e.scenario, lines, month, world.beliefs[d]) * gpus;
        auto const reserved = from_dollars(reserved_usd(*e.scenario, lines, month, world.beliefs[d]));
        auto const on_demand = from_dollars(pool.on_demand_hours[cell] * each);
        out.line_nano[at + reserved_line] += reserved.count();
        out.line_nano[at + on_demand_line] += on_demand.count();
        double const usd = to_dollars(reserved) + to_dollars(on_demand);
        auto const at_draw = layout.agreement(d, cell);
        out.cost[layout.cost(d, cell, layout.agreement_slot())] += usd;
        out.agreement_drawn[at_draw] += to_dollars(reserved) + pool.on_demand_drawn[cell] * each;
        for (std::size_t f = 0; f < layout.features; ++f)
            out.agreement_of_feature[at_draw * layout.features + f] += usd * parts[f];
    }
}

}  // namespace

std::vector<PoolLines> pool_lines(Scenario const& s, std::vector<std::size_t> const& pools, std::size_t first_line) {
    std::vector<PoolLines> all;
    for (auto const pool : pools) {
        PoolLines lines{.pool = pool, .line = first_line + lines_of_pool * all.size()};
        std::vector<double> by_month;
        for (int m = 0; m < s.calendar.months; ++m) {
            by_month.push_back(reserved_in(s.pool_plans[pool], s.calendar.month(m), s.calendar.start));
        }
        lines.thresholds = by_month;
        std::sort(lines.thresholds.begin(), lines.thresholds.end());
        lines.thresholds.erase(std::unique(lines.thresholds.begin(), lines.thresholds.end()), lines.thresholds.end());
        for (double const replicas : by_month) {
            auto const place = std::lower_bound(lines.thresholds.begin(), lines.thresholds.end(), replicas);
            lines.threshold_of_month.push_back(static_cast<std::size_t>(place - lines.thresholds.begin()));
        }
        all.push_back(std::move(lines));
    }
    return all;
}

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

void bill_pools(Experiment const& e, BillPlan const& plan, WorldOutcome const& world, OptionOutcome& out) {
    if (plan.pools.empty()) return;
    auto const& layout = e.layout;
    out.agreement_of_feature.resize(layout.draws * layout.cells() * layout.features, 0);
    for (std::size_t p = 0; p < plan.pools.size(); ++p)
        for (std::size_t cell = 0; cell < layout.cells(); ++cell) bill_cell(e, plan, world, p, cell, out);
}

}  // namespace runrate
