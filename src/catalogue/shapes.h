#pragma once

#include "hardware/precision.h"
#include "yaml/shape.h"

namespace runrate {

/// How weights, or numbers of the KV cache, are stored: `fp8`.
Shape<Precision> precision_shape();

/// Over how many GPUs of each kind: `{tensor: 4, data: 2}`.
Shape<Parallelism> parallelism_shape();

}  // namespace runrate
