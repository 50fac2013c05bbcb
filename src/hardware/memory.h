#pragma once

#include <cstdint>

#include "runrate/replica.h"

namespace runrate {

/// Bytes of one number in the KV cache: as stated, else as the engine does for the weights' precision.
double kv_number_bytes(Replica const&);

/// Tokens that the KV cache of the whole replica holds. \throws std::invalid_argument where the weights do not fit
std::int64_t kv_capacity_tokens(Replica const&);

}  // namespace runrate
