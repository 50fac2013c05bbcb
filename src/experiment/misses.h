#pragma once

#include <vector>

#include "experiment/outcome.h"

namespace runrate {

/// Misses of every shared prefix of a feature, [cell][prefix].
/// \param own    of the feature, in the behaviour that is asked about
/// \param usage  of all features: those that run the same workflow keep prefixes alive too
std::vector<double> missed_shares(Experiment const&, std::size_t feature,
                                  std::vector<std::vector<MonthVolume>> const& volumes, FeatureUsage const& own,
                                  std::vector<FeatureUsage> const& usage, BeliefValues);

}  // namespace runrate
