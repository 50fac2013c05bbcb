#pragma once

#include <vector>

#include "experiment/outcome.h"

namespace runrate {

/// The share of each feature's sessions that come after their customer has used up a cap on tokens, by feature and
/// cell; empty where a feature has no cap under this option.
std::vector<std::vector<double>> capped_shares(Experiment const&, BillPlan const&, WorldOutcome const&,
                                               std::vector<std::vector<MonthVolume>> const& volumes,
                                               OptionOutcome const&);

}  // namespace runrate
