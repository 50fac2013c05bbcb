#pragma once

#include <boost/program_options.hpp>

#include "replay/trace.h"

namespace runrate {

/// How to read the trace that a verb names: `--format-in`, `--columns` and `--time-unit`. \throws UsageError
TraceSettings trace_settings(boost::program_options::variables_map const&);

}  // namespace runrate
