// Requests per second through the engine alone: one Llama 3.1 8B in bf16 on an H100, and 70B under pressure of its KV
// cache. The fastest published simulator serves 3,390 requests a second on two cores of this class.
//
// A request costs about three steps of the engine (its arrival cuts a run of iterations short, its prompt, its end),
// however many tokens it makes. The profile is flat: planning an iteration takes a fifth, the root that cuts a run a
// tenth, and no other function more than a fifteenth.

#include <array>

#include <benchmark/benchmark.h>

#include "engine/build.h"
#include "engine/closed_loop.h"
#include "engine/replica_engine.h"
#include "stat/elementary.h"
#include "stat/stream.h"

namespace runrate {
namespace {

/// Poisson arrivals, lognormal prompts (median 800, sigma 0.8) and outputs (median 180, sigma 0.7).
std::vector<EngineRequest> poisson_list(std::size_t count, double per_s) {
    Stream s{{.seed = 3}};
    std::vector<EngineRequest> list(count);
    double at = 0;
    for (auto& r : list) {
        at += -real::log(s.uniform()) / per_s;
        auto const tokens = [&](double median, double sigma) {
            auto const n = median * real::exp(sigma * real::normal_quantile(s.uniform()));
            return std::max<std::int64_t>(1, static_cast<std::int64_t>(n));
        };
        r = {.arrival = seconds(at), .prompt_tokens = tokens(800, 0.8), .output_tokens = tokens(180, 0.7)};
    }
    return list;
}

void serve_list(benchmark::State& state, Replica const& replica, double per_s) {
    auto const list = poisson_list(2000, per_s);
    EngineTotals totals;
    for (auto _ : state) {
        std::size_t next = 0;
        auto const source = [&](EngineRequest& r) {
            if (next == list.size()) return false;
            r = list[next++];
            return true;
        };
        totals = serve(source, replica, {}, [](EngineOutcome const& o) { benchmark::DoNotOptimize(o.finished); });
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * list.size()));
    state.counters["iterations/request"] =
        static_cast<double>(totals.iterations) / static_cast<double>(totals.requests);
    state.counters["preemptions"] = static_cast<double>(totals.preemptions);
    state.counters["running"] = totals.running_mean;
}

void engine_8b(benchmark::State& state) { serve_list(state, small_replica(), 2.5); }
BENCHMARK(engine_8b);

/// 70B in fp8 on one H100: the KV cache holds some tens of thousands of tokens.
void engine_70b_kv(benchmark::State& state) {
    auto r = small_replica();
    r.model = big_model();
    r.precision = Precision::fp8;
    r.kv_tokens = 30000;
    serve_list(state, r, 2.5);
}
BENCHMARK(engine_70b_kv);

/// A load test: 64 in flight, 1,000 tokens in and out.
void engine_closed_loop(benchmark::State& state) {
    std::vector<EngineRequest> const list(2000, {.arrival = {}, .prompt_tokens = 1000, .output_tokens = 1000});
    for (auto _ : state) {
        ReplicaEngine engine{small_replica(), {}};
        closed_loop(engine, list, 64, [](EngineOutcome const& o) { benchmark::DoNotOptimize(o.finished); });
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * list.size()));
}
BENCHMARK(engine_closed_loop);

/// A list that is made as it is read, of sessions over a prefix cache.
void engine_streamed_sessions(benchmark::State& state) {
    auto r = small_replica();
    r.prefix_cache = true;
    r.kv_tokens = 200'000;
    constexpr std::int64_t count = 100'000;
    EngineTotals totals;
    for (auto _ : state) {
        std::int64_t number = 0;
        std::array<Extent, 2> extents;
        auto const source = [&](EngineRequest& q) {
            if (number == count) return false;
            auto const turn = number % 8;
            extents = {Extent{1, 400}, Extent{2 + static_cast<std::uint64_t>(number / 8), 120 * turn + 1}};
            q = {.arrival = seconds(0.12 * static_cast<double>(number)),
                 .prompt_tokens = 401 + 120 * turn,
                 .output_tokens = 50 + 37 * (number % 11),
                 .extents = extents};
            ++number;
            return true;
        };
        totals = serve(source, r, {}, [](EngineOutcome const& o) { benchmark::DoNotOptimize(o.finished); });
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * count);
    state.counters["cached"] = static_cast<double>(totals.cached_tokens) / static_cast<double>(totals.prompt_tokens);
}
BENCHMARK(engine_streamed_sessions);

}  // namespace
}  // namespace runrate
