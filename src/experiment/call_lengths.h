#pragma once

#include "projection/call_sample.h"
#include "scenario/scenario.h"

namespace runrate {

/// That a replica of the pool takes some of the calls that a feature makes: prompt and output together fit the context
/// of the model and, unless its throughput is stated, the KV cache. \throws std::invalid_argument
void expect_room(Pool const&, std::string const& feature, CallSample const&);

}  // namespace runrate
