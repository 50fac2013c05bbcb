#pragma once

#include <string>
#include <vector>

#include "scenario/scenario.h"

namespace runrate {

/// The options of these names, in the scenario's order; without names all that are compared. \throws
/// std::invalid_argument for a name that the scenario lacks
std::vector<std::size_t> chosen_options(Scenario const&, std::vector<std::string> const& names);

}  // namespace runrate
