#include "hardware/memory.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "core/contract.h"
#include "hardware/model_shape.h"
#include "hardware/precision.h"

namespace runrate {
namespace {

constexpr double bf16_bytes = 2;
constexpr int most_tensor = 1024;  ///< beyond it a search for a fitting replica is no help

bool has_fp8_cache(Precision weights) {
    return weights == Precision::fp8 || weights == Precision::fp4 || weights == Precision::mxfp4;
}

/// What the engine may use of a GPU beside the weights; what it reserves is not taken off.
double left_by_weights(Replica const& r) {
    return r.engine.memory_share * r.gpu.memory_bytes - r.engine.weights_share * weight_bytes(r);
}

/// Weights beyond the engine's share can be served, since people raise the share: engines measured so had about
/// `least_kv_share` left. Beyond that they cannot.
bool fits(Replica const& r) { return weight_bytes(r) <= (1 - r.engine.least_kv_share) * r.gpu.memory_bytes; }

/// GPUs of the smallest replica with more tensor parallelism whose weights the engine's share holds.
std::optional<int> fitting_gpus(Replica r) {
    while ((r.parallel.tensor *= 2) <= most_tensor)
        if (left_by_weights(r) > 0) return r.parallel.gpus();
    return std::nullopt;
}

std::string does_not_fit(Replica const& r) {
    auto const enough = fitting_gpus(r);
    auto const advice = enough ? fmt::format("{} GPUs would do", *enough) : "no number of GPUs would do";
    return fmt::format("{} in {} does not fit: {:.1f} GB of weights on each GPU of {:.1f} GB ({})", r.model.name,
                       name_of(r.precision), weight_bytes(r) / 1e9, r.gpu.memory_bytes / 1e9, advice);
}

}  // namespace

// Tables of embeddings stand on the first and the last stage of a pipeline; with one stage, both are there.
double weight_bytes(Replica const& r) {
    RUNRATE_EXPECT(r.parallel.tensor > 0 && r.parallel.pipeline > 0 && r.parallel.data > 0);
    auto const w = weights_of(r.model);
    auto const& p = r.parallel;
    int const tables = r.model.tied_embeddings || p.pipeline > 1 ? 1 : 2;
    double const dense = w.dense * dense_weight_bytes(r.model, r.precision) / p.pipeline;
    double const experts = r.model.experts ? w.expert_layers * w.expert * r.model.experts->count : 0;
    return (dense + tables * bf16_bytes * w.embedding) / p.tensor + experts * bytes_of(r.precision) / p.gpus();
}

double kv_number_bytes(Replica const& r) {
    if (r.kv_precision) return bytes_of(*r.kv_precision);
    bool const follows = r.model.latent ? r.engine.latent_kv_follows_weights : r.engine.kv_follows_weights;
    // mxfp4 on a GPU that does not compute in 4 bits runs in bf16, cache included (gpt-oss on Hopper: study, section
    // 2).
    bool const widened = r.precision == Precision::mxfp4 && !r.gpu.fp4_flops;
    return follows && has_fp8_cache(r.precision) && !widened ? 1 : bf16_bytes;
}

double bytes_left_for_kv(Replica const& r) { return left_by_weights(r) - r.engine.reserved_bytes; }

int kv_shards(Replica const& r) {
    if (r.model.latent) return 1;
    return std::max(1, std::min(r.parallel.tensor, kv_heads_of_full_layers(r.model)));
}

std::int64_t kv_capacity_tokens(Replica const& r) {
    if (r.kv_tokens) return *r.kv_tokens;
    if (!fits(r)) throw std::invalid_argument(does_not_fit(r));
    double const free = std::max(bytes_left_for_kv(r), r.engine.least_kv_share * r.gpu.memory_bytes);
    double const per_gpu = free / kv_bytes_per_token(r.model, kv_number_bytes(r));
    return static_cast<std::int64_t>(per_gpu * kv_shards(r) * r.parallel.pipeline * r.parallel.data);
}

}  // namespace runrate
