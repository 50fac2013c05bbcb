#include <algorithm>

#include "experiment/tables.h"

namespace runrate {
namespace {

/// A pool over the months of a period in one world.
struct PoolPeriod {
    double paid_hours = 0, in_flight_hours = 0, saturated_hours = 0, peak = 0;
    double idle_usd = 0;
    double ttft_s = 0, tpot_s = 0, cached = 0, shed = 0, elsewhere = 0;  ///< means over months, by calls in flight
    bool met = true;                                                     ///< the objective, in every month
};

/// The part of a month's dollars for which nothing was done: 1 - busy / paid hours, where a replica is busy that is as
/// full as it shall be, and what is reserved, owned or stands by is paid for whether it serves or not.
double idle_usd(PoolUse const& use, PoolLines const& lines, Calendar const& calendar, std::size_t cell,
                std::size_t month) {
    double const base = lines.base(month) * calendar.hours_in(static_cast<int>(month));
    double const paid = base + use.on_demand_hours[cell] + use.spare_hours[cell] + use.headroom_hours[cell];
    return paid > 0 ? use.machines_usd[cell] * std::max(0.0, 1 - use.busy_hours[cell] / paid) : 0;
}

PoolPeriod over(Findings const& f, PoolUse const& use, PoolLines const& lines, std::size_t scale,
                Period const& period) {
    auto const& layout = f.layout();
    auto const objective = f.scenario().pools[lines.pool].fleet.objective.value_or(PoolObjective{});
    PoolPeriod sum;
    for (int m = period.first; m < period.first + period.months; ++m) {
        auto const month = static_cast<std::size_t>(m);
        auto const cell = layout.cell(scale, month);
        double const weight = use.in_flight_hours[cell];
        sum.paid_hours += use.paid_hours[cell];
        sum.in_flight_hours += weight;
        sum.saturated_hours += use.saturated_hours[cell];
        sum.idle_usd += idle_usd(use, lines, f.scenario().calendar, cell, month);
        sum.peak = std::max(sum.peak, use.peak[cell]);
        sum.ttft_s += weight * use.ttft_p95[cell];
        sum.tpot_s += weight * use.tpot_p95[cell];
        sum.cached += weight * use.cached[cell];
        sum.shed += weight * use.shed[cell];
        if (!use.elsewhere.empty()) sum.elsewhere += weight * use.elsewhere[cell];
        if (objective.ttft_p95_s && use.ttft_p95[cell] > *objective.ttft_p95_s) sum.met = false;
        if (objective.tpot_p95_s && use.tpot_p95[cell] > *objective.tpot_p95_s) sum.met = false;
    }
    for (double* mean : {&sum.ttft_s, &sum.tpot_s, &sum.cached, &sum.shed, &sum.elsewhere})
        *mean = sum.in_flight_hours > 0 ? *mean / sum.in_flight_hours : 0;
    return sum;
}

double hours_in(Calendar const& calendar, Period const& period) {
    double hours = 0;
    for (int m = period.first; m < period.first + period.months; ++m) hours += calendar.hours_in(m);
    return hours;
}

double mean_of(std::vector<PoolPeriod> const& worlds, double PoolPeriod::*member) {
    double sum = 0;
    for (auto const& world : worlds) sum += world.*member;
    return sum / static_cast<double>(worlds.size());
}

/// Of latencies: in a world whose pool is at its most, calls pile up without end.
template <class Value>
double median_of(std::vector<PoolPeriod> const& worlds, Value const& value) {
    std::vector<double> values;
    for (auto const& world : worlds) values.push_back(value(world));
    auto const half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), half, values.end());
    return *half;
}

ServiceRow row_of(Findings const& f, std::size_t option, std::size_t scale, Period const& period, std::size_t pool) {
    auto const& lines = f.experiment().plans[option].pools[pool];
    auto const& terms = f.scenario().pools[lines.pool];
    std::vector<PoolPeriod> worlds;
    double met = 0;
    for (auto const& world : f.totals.worlds) {
        worlds.push_back(over(f, world.options[option].pools[pool], lines, scale, period));
        met += worlds.back().met ? 1 : 0;
    }
    ServiceRow row;
    row.option = f.option(option).name;
    row.scale = f.experiment().scales[scale];
    row.period = period.name;
    row.pool = terms.name;
    row.paid_hours = mean_of(worlds, &PoolPeriod::paid_hours);
    row.replicas_mean = *row.paid_hours / hours_in(f.scenario().calendar, period);
    row.replicas_peak = mean_of(worlds, &PoolPeriod::peak);
    if (auto const& autoscale = terms.fleet.autoscale)
        row.load = median_of(worlds, [&](PoolPeriod const& p) {
            return p.paid_hours > 0 ? p.in_flight_hours / p.paid_hours / autoscale->aim() : 0;
        });
    row.yield =
        median_of(worlds, [](PoolPeriod const& p) { return p.paid_hours > 0 ? p.saturated_hours / p.paid_hours : 0; });
    row.idle_cost = amount_of(mean_of(worlds, &PoolPeriod::idle_usd));
    auto const asked = [](PoolPeriod const& p) { return p.in_flight_hours > 0; };
    bool const any = std::any_of(worlds.begin(), worlds.end(), asked);
    if (any && std::holds_alternative<CalibratedSpeed>(terms.speed)) {
        row.ttft_p95 = median_of(worlds, [](PoolPeriod const& p) { return p.ttft_s; });
        row.tpot_p95 = median_of(worlds, [](PoolPeriod const& p) { return p.tpot_s; });
        row.cache_hit = mean_of(worlds, &PoolPeriod::cached);
    }
    if (any) row.shed = mean_of(worlds, &PoolPeriod::shed);
    if (f.option(option).behaviour.overflow) row.overflow = mean_of(worlds, &PoolPeriod::elsewhere);
    if (terms.fleet.objective) row.objective_met_p = met / static_cast<double>(worlds.size());
    return row;
}

}  // namespace

std::vector<ServiceRow> service_table(Findings const& f) {
    std::vector<ServiceRow> rows;
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o)
        for (std::size_t s = 0; s < f.layout().scales; ++s)
            for (auto const& period : f.periods)
                for (std::size_t p = 0; p < f.experiment().plans[o].pools.size(); ++p)
                    rows.push_back(row_of(f, o, s, period, p));
    return rows;
}

}  // namespace runrate
