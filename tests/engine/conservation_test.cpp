// Nothing is made or lost: requests, tokens and blocks of the KV cache.

#include <gtest/gtest.h>

#include "engine/random_workload.h"
#include "engine/stepping_engine.h"
#include "engine/window_layers.h"

namespace runrate {
namespace {

constexpr std::uint64_t workloads = 1000;

struct Served {
    std::vector<EngineOutcome> outcomes;
    EngineTotals totals;
};

Served serve_all(Replica const& r, std::span<EngineRequest const> requests) {
    Served s;
    std::size_t next = 0;
    auto const source = [&](EngineRequest& q) {
        if (next == requests.size()) return false;
        q = requests[next++];
        return true;
    };
    s.totals = serve(source, r, {}, [&](EngineOutcome const& o) { s.outcomes.push_back(o); });
    return s;
}

/// With what the stepping engine does not have, besides.
Workload workload_with_speculation(std::uint64_t number) {
    auto w = random_workload(number);
    auto& r = w.replica;
    r.speculation = {.draft_tokens = static_cast<int>(number % 6), .acceptance = 0.7, .draft_cost = 0.1};
    r.engine.token_budget = std::max<std::int64_t>(r.engine.token_budget, 6 * r.engine.max_sequences);
    return w;
}

TEST(Conservation, TotalsAreTheSumsOfOutcomes) {
    for (std::uint64_t i = 0; i < workloads; ++i) {
        auto const w = workload_with_speculation(i);
        auto const [outcomes, t] = serve_all(w.replica, w.requests);
        EngineTotals sum;
        for (auto const& o : outcomes) {
            if (o.refusal != Refusal::none) {
                ++sum.refused;
                continue;
            }
            ++sum.requests;
            sum.prompt_tokens += o.prompt_tokens;
            sum.output_tokens += o.output_tokens;
            sum.cached_tokens += o.cached_tokens;
            sum.preemptions += o.preemptions;
            sum.end = std::max(sum.end, o.finished);
            ASSERT_LE(o.arrival, o.admitted);
            ASSERT_LT(o.admitted, o.first_token);
            ASSERT_LE(o.first_token, o.finished);
            ASSERT_LT(o.cached_tokens, o.prompt_tokens);
        }
        ASSERT_EQ(outcomes.size(), w.requests.size());
        ASSERT_EQ(sum.requests, t.requests);
        ASSERT_EQ(sum.refused, t.refused);
        ASSERT_EQ(sum.prompt_tokens, t.prompt_tokens);
        ASSERT_EQ(sum.output_tokens, t.output_tokens);
        ASSERT_EQ(sum.cached_tokens, t.cached_tokens);
        ASSERT_EQ(sum.preemptions, t.preemptions);
        ASSERT_EQ(sum.end, t.end);
    }
}

TEST(Conservation, ComputedTokensArePromptsWithoutWhatWasCachedAndWithWhatWasLost) {
    std::int64_t lost = 0, found_again = 0;
    for (std::uint64_t i = 0; i < workloads; ++i) {
        auto const w = random_workload(i);
        SteppingEngine oracle{w.replica, {}};
        oracle.run(w.requests);
        auto const t = serve_all(w.replica, w.requests).totals;
        auto const recomputed = oracle.lost - oracle.found_again + oracle.restarts;
        ASSERT_EQ(t.computed_tokens, t.prompt_tokens - t.cached_tokens + recomputed) << i;
        ASSERT_EQ(t.iterations, oracle.iterations) << i;
        lost += oracle.lost;
        found_again += oracle.found_again;
    }
    EXPECT_GT(lost, 0);
    EXPECT_GT(found_again, 0);
}

TEST(Conservation, WithoutPreemptionEveryTokenIsComputedOnceOrCached) {
    int without = 0;
    for (std::uint64_t i = 0; i < workloads; ++i) {
        auto const w = workload_with_speculation(i);
        auto const t = serve_all(w.replica, w.requests).totals;
        if (t.preemptions > 0) continue;
        ++without;
        ASSERT_EQ(t.computed_tokens, t.prompt_tokens - t.cached_tokens);
    }
    EXPECT_GT(without, 500);
}

TEST(Conservation, BlocksInUseNeverExceedTheCache) {
    int full = 0;
    for (std::uint64_t i = 0; i < workloads; ++i) {
        auto const w = random_workload(i);
        SteppingEngine oracle{w.replica, {}};
        oracle.run(w.requests);
        auto const t = serve_all(w.replica, w.requests).totals;
        ASSERT_LE(t.kv_peak_tokens, t.kv_capacity_tokens);
        ASSERT_LE(t.kv_mean_tokens, static_cast<double>(t.kv_peak_tokens));
        ASSERT_EQ(t.kv_peak_tokens, oracle.most_used * w.replica.engine.block_tokens) << i;
        full += t.kv_peak_tokens == t.kv_capacity_tokens;
    }
    EXPECT_GT(full, 50);
}

// An engine that admits only what fits with all of its output gives nothing up (calibration study: no eviction).
TEST(Conservation, WhoPromisesAllOutputsNeverPreempts) {
    std::int64_t cached = 0;
    for (std::uint64_t i = 0; i < workloads; ++i) {
        auto w = random_workload(i);
        w.replica.engine.promised_output = 1;
        auto const t = serve_all(w.replica, w.requests).totals;
        ASSERT_EQ(t.preemptions, 0) << i;
        cached += t.cached_tokens;
    }
    EXPECT_GT(cached, 0);
}

/// A request that needs the whole cache is admitted as it comes, and runs without preemption, when all others left.
TEST(Conservation, AllBlocksAreFreeInTheEnd) {
    for (std::uint64_t i = 0; i < workloads; ++i) {
        auto w = workload_with_speculation(i);
        auto const block = w.replica.engine.block_tokens;
        auto const blocks = [block](std::int64_t tokens) { return (tokens + block - 1) / block; };
        auto const all = kv_capacity_tokens(w.replica) / block;
        auto const capacity = (all - blocks(WindowLayers{w.replica}.kv_tokens(all * block))) * block;
        if (capacity < 2) continue;  // its windows fill the cache
        w.requests.push_back(
            {.arrival = seconds(1e5), .prompt_tokens = capacity / 2, .output_tokens = capacity - capacity / 2});
        auto const [outcomes, t] = serve_all(w.replica, w.requests);
        auto const& last = outcomes.back();
        ASSERT_EQ(last.request, w.requests.size() - 1);
        ASSERT_EQ(last.refusal, Refusal::none);
        ASSERT_EQ(last.admitted, last.arrival);
        ASSERT_EQ(last.preemptions, 0);
    }
}

}  // namespace
}  // namespace runrate
