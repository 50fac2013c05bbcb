#pragma once

#include "experiment/outcome.h"

namespace runrate {

/// Adds what reservations of throughput cost to the outcome's agreements, by the features whose bill they relieve.
/// Their lines are those of fixed costs. \pre agreements are settled, and what reservations cover is known
void bill_reservations(Experiment const&, BillPlan const&, WorldOutcome const&, OptionOutcome&);

}  // namespace runrate
