#pragma once

#include <array>
#include <functional>
#include <vector>

#include "experiment/outcome.h"

namespace runrate {

/// How a pool was used in a month, as far as its bill depends on it. Hours are of replicas.
struct PoolMonthUse {
    RentedHours rented{};
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

/// Numbers of serving replicas beyond which hours are paid on demand where so many are paid for anyhow: for serving
/// alone; with spares; with these and headroom.
std::array<double, 3> rent_thresholds(PoolPlan const&, double base);

/// What is paid on demand in a month: of paid(n) = n (1 + headroom) + spares, at every time that n replicas serve, what
/// is above the base. First come those that serve, then spares, then headroom.
/// \param hours        of the month
/// \param hours_above  replica-hours that serve beyond a number of replicas, one of rent_thresholds()
RentedHours rented_hours(PoolPlan const&, double base, double hours, std::function<double(double)> const& hours_above);

/// A GPU-hour on demand in a month, dollars.
double on_demand_usd(Scenario const&, std::size_t pool, std::size_t month, BeliefValues draw);

/// The pools of an option, with lines that are added to its plan, and what is paid of each whatever is needed.
void add_pools(Scenario const&, std::vector<std::size_t> const& pools, BillPlan&);

}  // namespace runrate
