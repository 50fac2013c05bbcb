#pragma once

#include <ostream>

#include "runrate/study.h"

namespace runrate {

/// The draws of a run as CSV: a header, then a line per (world, price draw). Numbers read back as the same doubles.
void write_samples(std::ostream&, Samples const&);

}  // namespace runrate
