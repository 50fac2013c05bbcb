#pragma once

#include <cstdint>

#include "runrate/replica.h"

namespace runrate {

/// Bytes of weights on the GPU of a replica that has most of them.
double weight_bytes(Replica const&);

/// Bytes of one number in the KV cache: as stated, else as the engine does for the weights' precision.
double kv_number_bytes(Replica const&);

/// Bytes that the engine's share of a GPU's memory leaves for the KV cache, after weights and what it reserves;
/// negative where they are more.
double bytes_left_for_kv(Replica const&);

/// GPUs of a rank that hold different parts of a token's KV: one cannot cut a head, nor a compressed vector.
int kv_shards(Replica const&);

/// Tokens that the KV cache of the whole replica holds, all its ranks together. \throws std::invalid_argument where the
/// weights do not fit, with the number of GPUs on which they would
std::int64_t kv_capacity_tokens(Replica const&);

}  // namespace runrate
