#include "scenario/pool.h"

#include <algorithm>

namespace runrate {
namespace {

template <class Entry>
int replicas_in(std::vector<Entry> const& entries, Month month, Month start) {
    int replicas = 0;
    for (auto const& entry : entries)
        if (entry.in_force(month, start)) replicas += entry.replicas;
    return replicas;
}

}  // namespace

OwnedMachines OwnedReplicas::machines(BeliefValues world) const {
    return {.capex = capex_usd.in(world),
            .residual = residual.in(world),
            .life_months = life_months,
            .maintenance = maintenance.in(world),
            .power_w = power_w.in(world),
            .idle_power = idle_power.in(world),
            .pue = std::max(1.0, pue.in(world)),
            .energy = energy_usd.in(world),
            .colocation = colocation_usd ? colocation_usd->in(world) : 0};
}

int PoolPlan::reserved_in(Month month, Month start) const { return replicas_in(reserve, month, start); }

int PoolPlan::owned_in(Month month, Month start) const { return replicas_in(own, month, start); }

}  // namespace runrate
