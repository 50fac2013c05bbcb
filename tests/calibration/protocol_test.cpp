#include "calibration/protocol.h"

#include <cmath>

#include <gtest/gtest.h>

#include "calibration/synthetic.h"

namespace runrate {
namespace {

EngineRun replayed(Measurement const& m, Replica const& r) {
    auto const coverage = std::make_shared<ExpertCoverage const>(r, most_tokens_of_iteration(r));
    return replay_protocol(m, r, StepParameters{}, coverage);
}

Measurement rate_row(double rate, double burstiness) {
    Measurement m;
    m.protocol = Protocol::open_loop;
    m.request_rate = rate;
    m.burstiness = burstiness;
    m.requests = 2000;
    m.prompt_tokens = 500;
    m.output_tokens = 50;
    return m;
}

TEST(Protocol, BurstierArrivalsWaitLonger) {
    auto r = small_replica();
    r.engine.max_sequences = 4;
    auto const ttft = [&](double burstiness) { return replayed(rate_row(8, burstiness), r)[0].ttft_s; };
    EXPECT_LT(1.1 * ttft(1000), ttft(1));  // evenly spaced against Poisson
    EXPECT_LT(1.5 * ttft(1), ttft(0.2));
}

TEST(Protocol, AClosedLoopHasItsRequestsInFlight) {
    auto m = closed_loop_row(8, 500, 50);
    m.shortest_share = 1;
    auto const e = replayed(m, small_replica())[0];
    // Little: 8 in flight but for the end, when slots run dry.
    EXPECT_NEAR(e.output_tokens_per_s / 50 * e.e2e_s, 8, 0.4);
    EXPECT_EQ(e.prompt_tokens, 500);
}

TEST(Protocol, ARowWhoseRequestsNeverFitIsKnownBefore) {
    auto r = small_replica();
    r.kv_tokens = 1600;
    EXPECT_TRUE(can_hold(r, closed_loop_row(4, 1000, 600)));
    EXPECT_FALSE(can_hold(r, closed_loop_row(4, 1000, 601)));
    r.kv_tokens.reset();
    EXPECT_FALSE(can_hold(r, closed_loop_row(4, 131072, 1)));  // beyond the context
}

/// A request with one token has no time per further token, in what is measured and in what is predicted.
TEST(Protocol, SingleTokensDoNotThinOutTheTimePerToken) {
    Measurement m;
    m.protocol = Protocol::request_log;
    m.log = {{0, 100, 1, 0.05, 0.05}, {1, 100, 11, 1.05, 1.25}};
    auto const seen = measured(m);
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_DOUBLE_EQ(seen[0].tpot_s, 0.02);
    EXPECT_DOUBLE_EQ(seen[0].ttft_s, 0.05);
    auto const run = replayed(m, small_replica());
    Batch const decode{.decodes = 1, .context = 104.5};
    EXPECT_NEAR(run[0].tpot_s, step_time(decode, small_replica(), {}), 1e-9);
}

}  // namespace
}  // namespace runrate
