#pragma once

#include "experiment/outcome.h"
#include "experiment/pool_cost.h"

namespace runrate {

/// Works out in one world what an option's pools take in every month and scale, into the outcome.
void simulate_pools(Experiment const&, BillPlan const&, WorldOutcome const&,
                    std::vector<std::vector<MonthVolume>> const& volumes, OptionOutcome&);

/// Counts the tokens that pools serve. \pre it is known how sessions run: apply_strain()
void count_pool_tokens(Experiment const&, BillPlan const&, std::vector<std::vector<MonthVolume>> const& volumes,
                       OptionOutcome&);

/// How a pool was used in a cell of a month.
PoolMonthUse month_use(Scenario const&, PoolLines const&, PoolUse const&, std::size_t cell, std::size_t month);

/// Adds what pools cost to the outcome: lines, and dollars by the features that use each pool, by how long their
/// calls are in flight there. \pre agreements are settled
void bill_pools(Experiment const&, BillPlan const&, WorldOutcome const&, OptionOutcome&);

}  // namespace runrate
