#pragma once

#include "runrate/replica.h"

namespace runrate {

inline ModelShape llama_8b() {
    return {.name = "llama-3.1-8b",
            .layers = 32,
            .hidden = 4096,
            .heads = 32,
            .kv_heads = 8,
            .head_dim = 128,
            .intermediate = 14336,
            .vocabulary = 128256};
}

inline ModelShape llama_70b() {
    return {.name = "llama-3.1-70b",
            .layers = 80,
            .hidden = 8192,
            .heads = 64,
            .kv_heads = 8,
            .head_dim = 128,
            .intermediate = 28672,
            .vocabulary = 128256};
}

inline ModelShape mixtral() {
    return {.name = "mixtral-8x7b",
            .layers = 32,
            .hidden = 4096,
            .heads = 32,
            .kv_heads = 8,
            .head_dim = 128,
            .vocabulary = 32000,
            .experts = Experts{.count = 8, .per_token = 2, .intermediate = 14336}};
}

inline ModelShape deepseek_v3() {
    return {
        .name = "deepseek-v3",
        .layers = 61,
        .hidden = 7168,
        .heads = 128,
        .kv_heads = 128,
        .head_dim = 56,
        .intermediate = 18432,
        .vocabulary = 129280,
        .experts =
            Experts{.count = 256, .per_token = 8, .intermediate = 2048, .shared_intermediate = 2048, .dense_layers = 3},
        .latent =
            LatentAttention{.kv_rank = 512, .query_rank = 1536, .rope_dim = 64, .nope_dim = 128, .value_dim = 128},
        .native = Precision::fp8,
        .dense_bytes = {{Precision::fp4, 1.25}}};
}

inline Gpu gpu_of(double memory_bytes, std::optional<double> fp4_flops = {}) {
    return {.name = "card", .memory_bytes = memory_bytes, .memory_bytes_per_s = 3e12, .fp4_flops = fp4_flops};
}

/// The manner of vLLM in the calibration study, section 2.
inline EngineManner vllm() { return {.name = "vllm"}; }

}  // namespace runrate
