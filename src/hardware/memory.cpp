#include "hardware/memory.h"

#include <algorithm>
#include <stdexcept>

#include "hardware/model_shape.h"

namespace runrate {

double kv_number_bytes(Replica const& r) {
    if (r.kv_precision) return bytes_of(*r.kv_precision);
    bool const narrow = bytes_of(r.precision) <= 1;
    return r.engine.kv_follows_weights && narrow ? 1 : 2;
}

std::int64_t kv_capacity_tokens(Replica const& r) {
    if (r.kv_tokens) return *r.kv_tokens;
    auto const w = weights_of(r.model);
    auto const& p = r.parallel;
    double const experts = r.model.experts ? w.expert_layers * w.expert * r.model.experts->count : 0;
    double const weights =
        (w.dense * dense_weight_bytes(r.model, r.precision) / p.pipeline + 4 * w.embedding) / p.tensor +
        experts * bytes_of(r.precision) / p.gpus();
    double const capacity = r.gpu.memory_bytes;
    double free = r.engine.memory_share * capacity - r.engine.weights_share * weights - r.engine.reserved_bytes;
    if (weights > capacity) throw std::invalid_argument(r.model.name + " does not fit");
    free = std::max(free, r.engine.least_kv_share * capacity);
    double const shards = r.model.latent ? 1 : std::min(p.tensor, r.model.kv_heads);
    return static_cast<std::int64_t>(free / kv_bytes_per_token(r.model, kv_number_bytes(r)) * shards * p.pipeline *
                                     p.data);
}

}  // namespace runrate
