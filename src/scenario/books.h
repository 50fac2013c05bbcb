#pragma once

#include <filesystem>
#include <vector>

#include "scenario/reading.h"
#include "scenario/scenario.h"
#include "scenario/sections.h"

namespace runrate {

/// The prices of a scenario: its books, looked up beside it and then in `folders`; without any named, the newest
/// shipped `api-*.yaml`.
PriceTerms read_prices(PriceSection const&, std::vector<std::filesystem::path> const& folders, Reading&);

/// How every target that the options name behaves: cache terms and latency of its prices under the scenario's terms.
/// Reports targets that no book prices.
std::vector<TargetSpec> targets_of(Scenario const&, std::vector<std::pair<std::string, TargetTerms>> const&, Reading&);

}  // namespace runrate
