#pragma once

#include <vector>

#include "experiment/outcome.h"

namespace runrate {

/// Works out in one world what an option's rate limits refuse, what its reservations cover and what caps leave over,
/// and simulates the sessions that run otherwise for it: into `strain` of the outcome, whose usage is known.
///
/// A refused share is that of calls; it is taken as the share of sessions whose calls to the targets are all refused,
/// so a month is a blend of two simulated behaviours. What is refused at different limits is added up.
void apply_strain(Experiment const&, BillPlan const&, WorldOutcome const&,
                  std::vector<std::vector<MonthVolume>> const& volumes, OptionOutcome&);

}  // namespace runrate
