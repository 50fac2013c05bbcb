#pragma once

#include "hardware/build.h"
#include "runrate/engine.h"

namespace runrate {

/// With the context that Llama 3.1 reads.
inline ModelShape long_context(ModelShape m) {
    m.context_limit = 131072;
    return m;
}

inline ModelShape small_model() { return long_context(llama_8b()); }
inline ModelShape big_model() { return long_context(llama_70b()); }

/// A model with experts.
inline ModelShape expert_model() {
    auto m = small_model();
    m.name = "experts";
    m.experts = Experts{.count = 64, .per_token = 4, .intermediate = 1024};
    return m;
}

inline Gpu h100() {
    return {.name = "h100-sxm",
            .generation = GpuGeneration::hopper,
            .memory_bytes = 85899345920.0,
            .memory_bytes_per_s = 3.35e12,
            .bf16_flops = 989e12,
            .fp8_flops = 1978e12,
            .link_bytes_per_s = 450e9,
            .network_bytes_per_s = 50e9};
}

inline Replica small_replica(Prefill prefill = Prefill::chunks) {
    Replica r{.model = small_model(), .gpu = h100()};
    r.engine = {.name = "test", .prefill = prefill, .token_budget = 2048, .max_sequences = 256, .block_tokens = 16};
    if (prefill == Prefill::whole) r.engine.promised_output = 1;
    if (prefill == Prefill::alone) r.engine.promised_output = 0.7;
    return r;
}

inline EngineTime seconds(double s) { return EngineTime{static_cast<std::int64_t>(s * 1.024e12)}; }

}  // namespace runrate
