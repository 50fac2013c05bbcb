#include "experiment/gpu_rates.h"

#include <algorithm>

#include "experiment/pool_bill.h"

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

bool knows_rate(Scenario const& s, BillPlan const& plan, GpuPriceBasis basis) {
    return std::all_of(plan.pools.begin(), plan.pools.end(), [&](PoolLines const& lines) {
        auto const& of_pool = s.pool_plans[lines.pool];
        return basis == GpuPriceBasis::as_planned ||
               (basis == GpuPriceBasis::on_demand ? of_pool.rest.has_value() : !of_pool.reserve.empty());
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
        auto const& used = out.pools[p];
        auto const use = month_use(s, lines, used, cell, month);
        double const rate = basis == GpuPriceBasis::on_demand ? on_demand_usd(s, lines.pool, month, draw)
                                                              : mean_reserved_usd(s, lines, month, draw);
        double const replica_hours = used.paid_hours[cell] + use.rented.spare + use.rented.headroom;
        double const host = s.pool_plans[lines.pool].host_usd.in(draw);
        dearer += replica_hours * s.pools[lines.pool].replica.parallel.gpus() * (rate + host);
        auto const planned = pool_costs(s, lines.pool, month, use, draw);
        for (std::size_t i = 0; i < pool_items; ++i)
            if (of_machines(static_cast<PoolItem>(i))) dearer -= planned[i].usd;
    }
    return dearer;
}

}  // namespace runrate
