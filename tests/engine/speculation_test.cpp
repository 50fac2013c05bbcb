// Speculative decoding skips over iterations in which sequences keep random numbers of proposals; an engine that draws
// them one by one agrees in the mean and the tail.

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "core/time.h"
#include "engine/acceptance.h"
#include "engine/build.h"
#include "engine/closed_loop.h"
#include "engine/speculating_engine.h"
#include "stat/distribution.h"
#include "stat/interval.h"

namespace runrate {
namespace {

Replica speculating(int draft_tokens, double acceptance) {
    auto r = small_replica();
    r.kv_tokens = 100'000'000;
    r.engine.token_budget = 4096;
    r.speculation = {.draft_tokens = draft_tokens, .acceptance = acceptance, .draft_cost = 0.05};
    return r;
}

std::vector<EngineRequest> list_of(std::size_t count, Distribution const& output) {
    Stream s{{.seed = 3}};
    std::vector<EngineRequest> list(count);
    for (auto& r : list)
        r = {.prompt_tokens = 500, .output_tokens = std::max<std::int64_t>(1, std::llround(sample(output, s)))};
    return list;
}

struct Latency {
    double mean = 0, p95 = 0;
};

template <class Engine>
Latency latency(Engine engine, std::span<EngineRequest const> list, std::size_t in_flight) {
    std::vector<double> all;
    double sum = 0;
    closed_loop(engine, list, in_flight, [&](EngineOutcome const& o) {
        all.push_back(to_seconds(o.finished - o.arrival));
        sum += all.back();
    });
    return {sum / static_cast<double>(all.size()), quantile_of(all, 0.95)};
}

void expect_agreement(Distribution const& output, std::size_t count) {
    auto const list = list_of(count, output);
    for (std::size_t const in_flight : {1U, 8U, 64U}) {
        for (double const acceptance : {0.5, 0.7, 0.9}) {
            for (int const k : {1, 3, 5}) {
                auto const r = speculating(k, acceptance);
                auto const skipped = latency(ReplicaEngine{r, {}}, list, in_flight);
                auto const stepped = latency(SpeculatingEngine{r, {}, 7}, list, in_flight);
                auto const where = testing::Message() << in_flight << " in flight, a " << acceptance << ", k " << k;
                EXPECT_NEAR(skipped.mean / stepped.mean, 1, 0.01) << where;
                EXPECT_NEAR(skipped.p95 / stepped.p95, 1, 0.03) << where;
            }
        }
    }
}

TEST(Speculation, LatenciesOfMixedOutputsAreThoseOfRandomAcceptance) { expect_agreement(Lognormal{5.2, 0.7}, 3000); }

/// Without a draw for each request equal outputs would finish in step, and the tail would be the mean.
TEST(Speculation, LatenciesOfEqualOutputsSpreadAsByRandomAcceptance) {
    expect_agreement(Constant{1000}, 500);
    expect_agreement(Constant{100}, 3000);
}

TEST(Speculation, KeepsAsManyTokensOfAStepAsItsFormulaSays) {
    for (double const a : {0.0, 0.5, 0.9, 1.0}) {
        for (int const k : {1, 5}) {
            Speculation const s{.draft_tokens = k, .acceptance = a};
            Acceptance const acceptance{s};
            constexpr std::int64_t tokens = 5000;
            Moments pace;
            for (std::uint64_t request = 0; request < 400; ++request)
                pace.add(static_cast<double>(tokens) / static_cast<double>(acceptance.steps(tokens, request)));
            double const error = std::sqrt(pace.variance() / pace.count);
            EXPECT_NEAR(pace.mean, s.tokens_per_step(), 3 * error + 2e-3 * s.tokens_per_step());
            EXPECT_LT(error, 1e-3 * s.tokens_per_step());
        }
    }
}

/// Proposals that are verified in vain cost nothing while a step reads weights, and time once it computes.
TEST(Speculation, GainsFadeInLargeBatches) {
    auto plain = speculating(0, 0), drafted = speculating(3, 0.7);
    double last = 10;
    for (std::size_t const in_flight : {1U, 16U, 64U, 256U}) {
        auto const list = list_of(2 * in_flight, Constant{300});
        auto const gain = latency(ReplicaEngine{plain, {}}, list, in_flight).mean /
                          latency(ReplicaEngine{drafted, {}}, list, in_flight).mean;
        EXPECT_LT(gain, last + 0.02) << in_flight;
        if (in_flight == 1) {
            EXPECT_NEAR(gain, 2.533 / 1.15, 0.15) << "tokens of a step over its time with three drafts";
        }
        last = gain;
    }
    EXPECT_LT(last, 1.2);
}

TEST(Speculation, DraftsThatAreNeverKeptOnlyCost) {
    auto const list = list_of(40, Constant{200});
    auto const plain = latency(ReplicaEngine{speculating(0, 0), {}}, list, 4);
    auto const vain = latency(ReplicaEngine{speculating(3, 0), {}}, list, 4);
    EXPECT_GT(vain.mean, 1.1 * plain.mean);
}

}  // namespace
}  // namespace runrate
