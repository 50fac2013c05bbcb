#pragma once

#include "experiment/outcome.h"

namespace runrate {

/// What the reserved replicas of a month cost in one draw, dollars.
double reserved_usd(Scenario const&, PoolLines const&, std::size_t month, BeliefValues);

/// A GPU-hour on demand in a month, dollars; 0 where the plan has no price of it.
double on_demand_usd(Scenario const&, PoolLines const&, std::size_t month, BeliefValues);

/// At what the hours of replicas are taken: as the plan says, or all that are running at one rate.
enum class GpuPriceBasis { as_planned, on_demand, reserved };
inline constexpr char const* gpu_price_basis_names[] = {"as planned", "on demand", "reserved"};

/// Whether the plan has the rate of every pool of an option.
bool knows_rate(Scenario const&, BillPlan const&, GpuPriceBasis);

/// What the pools of an option cost in a cell and draw on a basis more than as planned, dollars. A reserved GPU-hour
/// costs the mean of what is reserved in the month (else ever), weighted by replicas. \pre knows_rate()
double dearer_than_planned(Experiment const&, BillPlan const&, OptionOutcome const&, std::size_t cell, BeliefValues,
                           GpuPriceBasis);

}  // namespace runrate
