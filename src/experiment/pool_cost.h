#pragma once

#include <array>
#include <vector>

#include "experiment/bill_plan.h"

namespace runrate {

/// How a pool was used in a month, as far as its bill depends on it. Hours are of replicas.
struct PoolMonthUse {
    double on_demand_hours = 0;
    double owned_busy_hours = 0;  ///< of those owned, at full load
};

/// One line of a pool in a month.
struct PoolCost {
    double quantity = 0;  ///< in the unit of its line
    double usd = 0;
};
using PoolCosts = std::array<PoolCost, pool_items>;

/// What a pool costs in a month in one draw, by PoolItem.
PoolCosts pool_costs(Scenario const&, std::size_t pool, std::size_t month, PoolMonthUse const&, BeliefValues draw);

/// A GPU-hour on demand in a month, dollars.
double on_demand_usd(Scenario const&, std::size_t pool, std::size_t month, BeliefValues draw);

/// The pools of an option, with lines that are added to its plan, and what is paid of each whatever is needed.
void add_pools(Scenario const&, std::vector<std::size_t> const& pools, BillPlan&);

}  // namespace runrate
