#pragma once

#include "scenario/reading.h"
#include "scenario/scenario.h"
#include "scenario/sections.h"

namespace runrate {

/// Rules across sections: laws and growth exist for every drawable value, correlations are possible, and every name
/// (option, period, scale, feature, target) means something. Notes where the scenario leaves something out.
void validate(Scenario const&, std::vector<std::pair<std::string, TargetTerms>> const&, Reading&, Node& root);

/// What concerns demand: caps name options, reservations models that are asked, and someone is compared.
void validate_demand(Scenario const&, Cursor const& root);

}  // namespace runrate
