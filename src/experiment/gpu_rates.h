#pragma once

#include "experiment/outcome.h"

namespace runrate {

/// At what the hours of replicas are taken: as the plan says, or all that are running at one rate.
enum class GpuPriceBasis { as_planned, on_demand, reserved };
inline constexpr char const* gpu_price_basis_names[] = {"as planned", "on demand", "reserved"};

/// Whether the plan has the rate of every pool of an option.
bool knows_rate(Scenario const&, BillPlan const&, GpuPriceBasis);

/// What the GPUs of an option cost in a cell and draw on a basis more than as planned, dollars: all replicas that serve
/// or stand by at one rate, with hosts, instead of what is reserved, rented and owned. A reserved GPU-hour costs the
/// mean of what is reserved in the month (else ever), weighted by replicas. \pre knows_rate()
double dearer_than_planned(Experiment const&, BillPlan const&, OptionOutcome const&, std::size_t cell, BeliefValues,
                           GpuPriceBasis);

}  // namespace runrate
