#include "experiment/gpu_rates.h"

#include <algorithm>

namespace runrate {
namespace {

/// The mean rate of what is reserved in a month, else of all that ever is.
double mean_reserved_usd(Scenario const& s, PoolLines const& lines, std::size_t month, BeliefValues draw) {
    auto const here = s.calendar.month(static_cast<int>(month));
    double replicas = 0, usd = 0, all_replicas = 0, all_usd = 0;
    for (auto const& r : s.pool_plans[lines.pool].reserve) {
        bool const in_force = r.in_force(here, s.calendar.start);
        all_replicas += r.replicas;
        all_usd += r.replicas * r.usd.in(draw);
        replicas += in_force ? r.replicas : 0;
        usd += in_force ? r.replicas * r.usd.in(draw) : 0;
    }
    return replicas > 0 ? usd / replicas : all_usd / all_replicas;
}

}  // namespace

double reserved_usd(Scenario const& s, PoolLines const& lines, std::size_t month, BeliefValues draw) {
    auto const here = s.calendar.month(static_cast<int>(month));
    double usd = 0;
    for (auto const& r : s.pool_plans[lines.pool].reserve)
        if (r.in_force(here, s.calendar.start)) usd += r.replicas * r.usd.in(draw);
    return usd * s.pools[lines.pool].replica.parallel.gpus() * s.calendar.hours_in(static_cast<int>(month));
}

double on_demand_usd(Scenario const& s, PoolLines const& lines, std::size_t month, BeliefValues draw) {
    auto const& rate = s.pool_plans[lines.pool].on_demand_usd;
    if (!rate) return 0;
    return rate->in(draw)*drift_factor(s.prices.gpu_drift.in(draw), s.calendar.first(), s.calendar.start,
                                       static_cast<int>(month));
}

bool knows_rate(Scenario const& s, BillPlan const& plan, GpuPriceBasis basis) {
    return std::all_of(plan.pools.begin(), plan.pools.end(), [&](PoolLines const& lines) {
        auto const& of_pool = s.pool_plans[lines.pool];
        return basis == GpuPriceBasis::as_planned ||
               (basis == GpuPriceBasis::on_demand ? of_pool.on_demand_usd.has_value() : !of_pool.reserve.empty());
    });
}

double dearer_than_planned(Experiment const& e, BillPlan const& plan, OptionOutcome const& out, std::size_t cell,
                           BeliefValues draw, GpuPriceBasis basis) {
    if (basis == GpuPriceBasis::as_planned) return 0;
    auto const& s = *e.scenario;
    auto const month = e.layout.month_of(cell);
    double dearer = 0;
    for (std::size_t p = 0; p < plan.pools.size(); ++p) {
        auto const& lines = plan.pools[p];
        double const gpus = s.pools[lines.pool].replica.parallel.gpus();
        double const on_demand = on_demand_usd(s, lines, month, draw);
        double const rate = basis == GpuPriceBasis::on_demand ? on_demand : mean_reserved_usd(s, lines, month, draw);
        double const planned =
            reserved_usd(s, lines, month, draw) + out.pools[p].on_demand_hours[cell] * gpus * on_demand;
        dearer += out.pools[p].paid_hours[cell] * gpus * rate - planned;
    }
    return dearer;
}

}  // namespace runrate
