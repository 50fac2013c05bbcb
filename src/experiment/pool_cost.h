#pragma once

#include <array>
#include <functional>
#include <vector>

#include "experiment/outcome.h"

namespace runrate {

/// Whether an item is paid for machines, which may be idle.
constexpr bool of_machines(PoolItem item) { return item != PoolItem::storage && item != PoolItem::network; }

/// How a pool was used in a month, as far as its bill depends on it. Hours are of replicas.
struct PoolMonthUse {
    RentedHours rented{};
    double owned_busy_hours = 0;  ///< of those owned, at full load
    double tokens = 0;            ///< of prompts and answers
};

/// One line of a pool in a month.
struct PoolCost {
    double quantity = 0;  ///< in the unit of its line
    double usd = 0;
};
using PoolCosts = std::array<PoolCost, pool_items>;

/// Bytes of a token of text on the network (domain: 4 characters of English).
inline constexpr double bytes_per_token = 4;

/// What a pool costs in a month in one draw, by PoolItem.
///
/// Spot GPUs serve a share of the hours beyond the base. A mean field: each of their hours is interrupted 1 / `every`
/// times, and each interruption pays the time that it loses again on demand.
PoolCosts pool_costs(Scenario const&, std::size_t pool, std::size_t month, PoolMonthUse const&, BeliefValues draw);

/// Numbers of serving replicas beyond which hours are paid on demand where so many are paid for anyhow: for serving
/// alone; with spares; with these and headroom.
std::array<double, 3> rent_thresholds(PoolPlan const&, double base);

/// What is paid on demand in a month: of paid(n) = n (1 + headroom) + spares, at every time that n replicas serve, what
/// is above the base. First come those that serve, then spares, then headroom.
/// \param hours        of the month
/// \param hours_above  replica-hours that serve beyond a number of replicas, one of rent_thresholds()
RentedHours rented_hours(PoolPlan const&, double base, double hours, std::function<double(double)> const& hours_above);

/// A GPU-hour on demand in a month, dollars; 0 where the plan has no price of it.
double on_demand_usd(Scenario const&, std::size_t pool, std::size_t month, BeliefValues draw);

/// What an hour costs that a replica serves beyond the base, in a month: on demand and spot together, dollars.
double rented_usd(Scenario const&, std::size_t pool, std::size_t month, BeliefValues draw);

/// By how much the cash of each month differs from its accrual, dollars: terms that are paid upfront, machines that are
/// bought and sold. What was paid before the horizon is gone.
std::vector<double> cash_shift(Scenario const&, std::size_t pool, BeliefValues draw);

/// The pools of an option, with lines that are added to its plan, and what is paid of each whatever is needed.
void add_pools(Scenario const&, std::vector<std::size_t> const& pools, BillPlan&);

}  // namespace runrate
