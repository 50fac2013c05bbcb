#pragma once

#include <vector>

#include "experiment/outcome.h"

namespace runrate {

/// What months make of the prefixes that a feature shares with other sessions: misses, and what of a prefix that the
/// vendor bills by the hour is this feature's.
/// \param volumes, usage  by feature, of one option in one world
SharedMonths shared_months(Experiment const&, std::size_t feature, std::vector<std::vector<MonthVolume>> const& volumes,
                           std::vector<FeatureUsage> const& usage, BeliefValues world);

}  // namespace runrate
