#include "hardware/step_terms.h"

#include <algorithm>

#include "core/contract.h"
#include "hardware/memory.h"
#include "hardware/model_shape.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

constexpr double bf16_bytes = 2;

/// FLOP of attention for one pair of tokens in one layer: a product of query and key, one of weight and value.
double pair_flops(ModelShape const& m) {
    if (m.latent) return 2.0 * m.heads * (m.latent->nope_dim + m.latent->rope_dim + m.latent->value_dim);
    return 4.0 * m.heads * full_head_dim(m);
}

struct Collectives {
    double count = 0;        ///< operations of an iteration
    double token_bytes = 0;  ///< of all of them, for one token
};

/// All-reduces among tensor-parallel GPUs: a ring moves 2 (tp - 1) / tp of the data; two a layer, one where experts are
/// spread instead (their exchange is counted apart).
Collectives all_reduces(Replica const& r, Weights const& w) {
    auto const& p = r.parallel;
    if (p.tensor == 1) return {};
    int const exchanged = p.data > 1 && r.model.experts ? w.expert_layers : 0;
    double const count = 2.0 * r.model.layers - exchanged;
    double const share = 2.0 * (p.tensor - 1) / p.tensor / p.data;
    return {count, count * share * r.model.hidden * bf16_bytes};
}

/// Dispatch and combine of tokens to experts on other GPUs: a byte there, two back, per token and expert.
Collectives expert_exchanges(Replica const& r, Weights const& w) {
    auto const& p = r.parallel;
    if (p.data == 1 || !r.model.experts) return {};
    double const count = 2.0 * w.expert_layers;
    double const gpus = p.tensor * p.data;
    double const away = (gpus - 1) / gpus / p.data;
    return {count, count * 1.5 * r.model.experts->per_token * r.model.hidden * away};
}

/// Activations handed from stage to stage.
Collectives stage_transfers(Replica const& r) {
    double const stages = r.parallel.pipeline;
    return {stages - 1, (stages - 1) / stages * r.model.hidden * bf16_bytes};
}

void add_communication(StepTerms& t, Replica const& r, StepParameters const& q, Weights const& w) {
    auto const& p = r.parallel;
    auto const add = [&](Collectives const& c, int gpus) {
        if (c.count == 0) return;
        double const link = gpus <= r.gpu.gpus_per_node ? r.gpu.link_bytes_per_s : r.gpu.network_bytes_per_s;
        RUNRATE_EXPECT(link > 0);
        t.collectives += c.count * q.collective_s;
        t.link_token += c.token_bytes / link / q.link;
    };
    add(all_reduces(r, w), p.tensor);
    add(expert_exchanges(r, w), p.tensor * p.data);
    add(stage_transfers(r), p.gpus());
}

}  // namespace

Precision compute_format(Gpu const& gpu, Precision weights) {
    auto const eight_bits = gpu.fp8_flops ? Precision::fp8 : Precision::bf16;
    switch (weights) {
        case Precision::fp8: return eight_bits;
        case Precision::int8: return gpu.int8_flops ? Precision::int8 : eight_bits;
        case Precision::fp4: return gpu.fp4_flops ? Precision::fp4 : Precision::bf16;
        // Activations stay wider than mxfp4 weights: fp8 where the GPU has 4 bits at all.
        case Precision::mxfp4: return gpu.fp4_flops ? eight_bits : Precision::bf16;
        case Precision::bf16:
        case Precision::int4: break;
    }
    return Precision::bf16;
}

double peak_flops(Gpu const& gpu, Precision precision) {
    switch (compute_format(gpu, precision)) {
        case Precision::int8: return *gpu.int8_flops;
        case Precision::fp8: return *gpu.fp8_flops;
        case Precision::fp4: return *gpu.fp4_flops;
        default: return gpu.bf16_flops;
    }
}

double expert_coverage(Replica const& r, double tokens) {
    if (!r.model.experts) return 0;
    double const missed = 1 - static_cast<double>(r.model.experts->per_token) / r.model.experts->count;
    if (missed <= 0) return 1;
    double const effective = real::pow(tokens / r.parallel.pipeline, 0.85);
    return 1 - real::exp(effective * real::log(missed));
}

// A pipeline of s stages works on s batches, each of a part of the requests, so an iteration of all of them reads each
// stage's weights s times, and divides computing and the cache by s.
StepTerms step_terms(Replica const& r, StepParameters const& q) {
    auto const w = weights_of(r.model);
    auto const& p = r.parallel;
    double const gpus = p.gpus();
    double const bandwidth = r.gpu.memory_bytes_per_s;
    double const routed = r.model.experts ? w.expert_layers * w.expert * r.model.experts->per_token : 0;
    double const all_experts = r.model.experts ? w.expert_layers * w.expert * r.model.experts->count : 0;
    double const readers = static_cast<double>(kv_shards(r)) * p.data * p.pipeline;
    double const kv_bytes = kv_number_bytes(r);

    StepTerms t;
    t.compute_token = 2 * (w.dense + routed) / (gpus * peak_flops(r.gpu, r.precision)) / q.compute;
    t.compute_sample = 2 * w.embedding / (gpus * r.gpu.bf16_flops) / q.compute;
    t.weights = (w.dense * dense_weight_bytes(r.model, r.precision) + w.embedding * bf16_bytes) / p.tensor / bandwidth /
                q.memory;
    t.experts = all_experts * bytes_of(r.precision) / (p.tensor * p.data) / bandwidth / q.memory;
    t.pair = full_layers(r.model) * pair_flops(r.model) / (gpus * r.gpu.bf16_flops) / q.attention;
    t.context = kv_bytes_per_token(r.model, kv_bytes) / readers / bandwidth / q.kv;
    t.window_pair =
        window_layers(r.model) * 4.0 * r.model.heads * r.model.head_dim / (gpus * r.gpu.bf16_flops) / q.attention;
    t.window =
        static_cast<double>(window_layers(r.model)) * window_kv_width(r.model) * kv_bytes / readers / bandwidth / q.kv;
    add_communication(t, r, q, w);
    t.step = q.step_s;
    t.sequence = q.sequence_s / p.data;
    return t;
}

double step_time(Batch const& b, Replica const& r, StepParameters const& q) {
    auto const t = step_terms(r, q);
    double const tokens = b.prefill_tokens + b.decodes;
    double const samples = b.decodes + b.first_tokens;
    double const compute = t.compute_token * tokens + t.compute_sample * samples;
    double const memory = t.weights + t.experts * expert_coverage(r, tokens);
    return std::max(compute, memory) + t.pair * b.prompt_pairs + t.window_pair * b.window_pairs +
           t.context * b.context + t.window * b.window_context + t.collectives + t.link_token * tokens + t.step +
           t.sequence * samples;
}

}  // namespace runrate
