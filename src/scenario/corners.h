#pragma once

#include <string>
#include <vector>

#include "scenario/scenario.h"

namespace runrate {

/// The beliefs that a law or a growth names, each once.
std::vector<BeliefId> beliefs_of(LawSpec const&);
std::vector<BeliefId> beliefs_of(Growth const&);

/// How a fault found at a corner begins: which beliefs allow it; nothing where none is used.
std::string blame(Scenario const&, std::vector<BeliefId> const& used);

/// Draws of all beliefs at which something must exist to exist for every drawable value: those of `used` at each
/// combination of their lowest, median and highest draws (past 6 of them all alike, and each alone), the rest at
/// their medians.
std::vector<std::vector<double>> belief_corners(Scenario const&, std::vector<BeliefId> const& used);

}  // namespace runrate
