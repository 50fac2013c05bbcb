#pragma once

#include <vector>

#include "cli/benchmark_tables.h"
#include "cli/pool_argument.h"

namespace runrate {

/// The tables of `validate` for a pool that states its capacity: the most that was measured of each engine on the same
/// GPUs against what is stated, then row by row, and rows without a throughput by reason.
TitledTables measured_capacity_tables(StudySet const&, ChosenPool const&);

}  // namespace runrate
