#pragma once

#include <vector>

#include "experiment/outcome.h"

namespace runrate {

/// Works out in one world what caps leave over, what an option's rate limits refuse and what its reservations cover, in
/// this order, and simulates the sessions that run otherwise for it: into `strain` of the outcome, whose usage is
/// known.
///
/// A target's refused share is that of a feature's calls to it, by the feature's own hours; it is taken as a share of
/// sessions all of whose calls to the target are refused. Limits are reached in the same busy minutes, so the shares of
/// several targets are nested: whom the less strained one refuses, the more strained one refuses too. A target is
/// looked at after those that fall back to it, with what they leave it.
void apply_strain(Experiment const&, BillPlan const&, WorldOutcome const&,
                  std::vector<std::vector<MonthVolume>> const& volumes, OptionOutcome&);

}  // namespace runrate
