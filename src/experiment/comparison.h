#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiment/outcome.h"
#include "runrate/study.h"

namespace runrate {

/// Which of the options that are run are held against which; nothing where there are none, or where it is not asked:
/// without `compare`, without a pool and without BreakevenSettings::always.
/// \throws std::invalid_argument for a baseline or a challenger of the settings that is not run, or volumes that are
/// none
std::optional<Comparison> comparison_of(Scenario const&, BreakevenSettings const&, std::vector<BillPlan> const&);

/// Options that the scenario's `compare` names, and the settings do not replace, but that are not run.
std::vector<std::string> left_out(Scenario const&, BreakevenSettings const&, std::vector<BillPlan> const&);

}  // namespace runrate
