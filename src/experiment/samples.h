#pragma once

#include "experiment/tables.h"
#include "runrate/study.h"

namespace runrate {

/// One row per (world, price draw): group, world, draw, every belief, then the drawn total of every option, scale and
/// period.
Samples samples_of(Findings const&);

}  // namespace runrate
