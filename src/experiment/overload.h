#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "experiment/tables.h"

namespace runrate {

inline constexpr double notable = 0.05;    ///< shares below it are not worth a warning
inline constexpr double endless_s = 3600;  ///< of TTFT: calls wait for hours
inline constexpr double much_shed = 0.01;  ///< of calls

/// The share of worlds in which a figure of a pool is beyond a bound in some of these cells.
double worlds_beyond(Findings const&, std::size_t option, std::size_t pool, std::size_t first_cell, std::size_t cells,
                     std::vector<double> PoolUse::*figure, double bound);

/// The share of worlds in which an autoscaler has reached its most in some of the cells. Where there are never less it
/// has to be that replicas are fuller on average than they shall be.
double worlds_at_most(Findings const&, std::size_t option, std::size_t pool, std::size_t first_cell, std::size_t cells);

/// The share of worlds in which a pool does not keep up in a cell: its autoscaler is at its most, calls to a fixed one
/// wait for hours, or many are turned away.
double worlds_too_small(Findings const&, std::size_t option, std::size_t pool, std::size_t cell);

/// Whether all pools of an option keep up in a cell in 19 of 20 worlds.
bool keeps_up(Findings const&, std::size_t option, std::size_t cell);

}  // namespace runrate
