#pragma once

#include <array>
#include <vector>

#include "engine/build.h"
#include "hardware/memory.h"
#include "hardware/model_shape.h"
#include "stat/stream.h"

namespace runrate {

struct Workload {
    Replica replica;
    std::vector<std::vector<Extent>> extents;
    std::vector<EngineRequest> requests;
};

/// A cache for `tokens` of context, from memory: what requests keep of windows counts against it.
inline void hold_in_memory(Replica& r, std::int64_t tokens) {
    r.kv_tokens.reset();
    r.engine.least_kv_share = 0;
    double const per_gpu = static_cast<double>(tokens) / kv_shards(r) / r.parallel.data;
    r.engine.reserved_bytes = r.engine.memory_share * r.gpu.memory_bytes - weight_bytes(r) -
                              (per_gpu + 0.5) * kv_bytes_per_token(r.model, kv_number_bytes(r));
}

/// Small numbers, so that queues, full caches, preemptions and ties happen often.
inline Workload random_workload(std::uint64_t number) {
    Stream s{{.seed = 11, .item = number}};
    auto const upto = [&](std::int64_t n) { return static_cast<std::int64_t>(s.uniform() * static_cast<double>(n)); };
    Workload w;
    w.replica = small_replica(static_cast<Prefill>(number % 3));
    if (upto(3) == 0) w.replica.model = expert_model();
    w.replica.engine.max_sequences = static_cast<int>(1 + upto(upto(2) == 0 ? 3 : 24));
    w.replica.engine.token_budget = w.replica.engine.max_sequences + 1 + upto(upto(2) == 0 ? 20 : 600);
    w.replica.engine.block_tokens = std::array{1, 5, 16, 32}[static_cast<std::size_t>(upto(4))];
    if (w.replica.engine.promised_output > 0 && upto(4) == 0) w.replica.engine.promised_output = 0.3;
    w.replica.kv_tokens = 200 + upto(upto(2) == 0 ? 800 : 20000);
    w.replica.prefix_cache = upto(2) == 0;
    w.replica.parallel.tensor = upto(3) == 0 ? 2 : 1;
    if (w.replica.model.experts && upto(3) == 0) w.replica.parallel.data = 2;
    if (upto(3) == 0) {
        w.replica.model.partial = PartialAttention{.full_layers = 8, .window = static_cast<int>(1 + upto(300))};
        if (upto(2) == 0) hold_in_memory(w.replica, *w.replica.kv_tokens);
    }
    auto const count = 1 + upto(60);
    double const gap = std::array{0.0, 0.002, 0.02, 0.3}[static_cast<std::size_t>(upto(4))];
    EngineTime at{};
    w.extents.resize(static_cast<std::size_t>(count));
    std::vector<std::int64_t> sessions(4, 0);
    for (std::int64_t i = 0; i < count; ++i) {
        if (upto(3) > 0) at += seconds(gap * 2 * s.uniform());
        EngineRequest q{.arrival = at,
                        .prompt_tokens = 1 + upto(upto(2) == 0 ? 40 : 400),
                        .output_tokens = 1 + upto(upto(2) == 0 ? 5 : 120)};
        auto& e = w.extents[static_cast<std::size_t>(i)];
        if (upto(3) > 0) {
            auto const session = static_cast<std::size_t>(upto(4));
            if (upto(2) == 0) e.push_back({1, 64});
            sessions[session] += 1 + upto(100);
            e.push_back({100 + session, sessions[session]});
            q.prompt_tokens = e.back().tokens + (e.size() > 1 ? 64 : 0) + (upto(2) == 0 ? upto(50) : 0);
        }
        w.requests.push_back(q);
    }
    for (std::size_t i = 0; i < w.requests.size(); ++i) w.requests[i].extents = w.extents[i];
    return w;
}

}  // namespace runrate
