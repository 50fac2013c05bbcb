#include "projection/load_curve.h"

#include <gtest/gtest.h>

#include "engine/build.h"
#include "engine/drive.h"

namespace runrate {
namespace {

CallSample equal_calls(std::int64_t prompt, std::int64_t output, std::int64_t own = 0, double gap_s = 0) {
    CallSample sample{.sessions = 10, .duration_s = 100, .call_s = 20, .busy_s = 20};
    for (std::uint32_t i = 0; i < 100; ++i)
        sample.calls.push_back({.prompt_tokens = prompt,
                                .output_tokens = output,
                                .own_tokens = i % 10 == 0 ? 0 : own,
                                .gap_s = gap_s,
                                .before = i % 10});
    return sample;
}

PoolSettings cached_pool() {
    PoolSettings settings{.replica = small_replica(), .parameters = {}, .seed = 5};
    settings.replica.prefix_cache = true;
    return settings;
}

TEST(LoadCurve, AtOneInFlightIsARequestAlone) {
    auto const calls = equal_calls(1000, 100);
    auto const settings = cached_pool();
    auto const curve = load_curve(settings, {{&calls, 1}}, 1);
    auto const alone = serve(std::vector{EngineRequest{.prompt_tokens = 1000, .output_tokens = 100}}, settings.replica,
                             settings.parameters);
    double const s = std::chrono::duration<double>(alone[0].finished - alone[0].arrival).count();
    EXPECT_NEAR(curve.levels.front().sojourn_s[0],
                s + settings.parameters.request_s + 1000 * settings.parameters.prompt_token_s, 1e-9);
    EXPECT_NEAR(curve.levels.front().calls_per_s, 1 / s, 1e-9);
}

TEST(LoadCurve, TakesLongerAndServesMoreTheMoreIsInFlight) {
    auto const calls = equal_calls(1000, 100);
    auto const curve = load_curve(cached_pool(), {{&calls, 1}}, 1);
    ASSERT_GT(curve.levels.size(), 4U);
    for (std::size_t l = 1; l < curve.levels.size(); ++l) {
        EXPECT_GT(curve.levels[l].sojourn_s[0], curve.levels[l - 1].sojourn_s[0]);
        if (l + 1 < curve.levels.size()) { EXPECT_GT(curve.levels[l].calls_per_s, curve.levels[l - 1].calls_per_s); }
        EXPECT_NEAR(curve.sojourn_s(0, curve.levels[l].in_flight), curve.levels[l].sojourn_s[0], 1e-12);
    }
    auto const& last = curve.levels.back();
    EXPECT_NEAR(10 * last.in_flight / curve.sojourn_s(0, 10 * last.in_flight), last.in_flight / last.sojourn_s[0],
                1e-9);
}

TEST(LoadCurve, FindsTheContextsOfSessionsWhileTheyFitIntoTheCache) {
    auto const calls = equal_calls(2000, 50, 1600, 30);
    auto settings = cached_pool();
    auto const roomy = load_curve(settings, {{&calls, 1}}, 1);
    EXPECT_NEAR(roomy.levels.front().cached, 0.9 * 0.8, 0.05);
    settings.replica.kv_tokens = 9000;  // one running, and less than the contexts of five sessions
    auto const tight = load_curve(settings, {{&calls, 1}}, 1);
    EXPECT_LT(tight.levels.front().cached, 0.1);
    settings.replica.prefix_cache = false;
    EXPECT_EQ(load_curve(settings, {{&calls, 1}}, 1).levels.front().cached, 0);
}

TEST(LoadCurve, FindsLessWhereCallsOfASessionAreSpread) {
    auto const calls = equal_calls(2000, 50, 1600, 1);
    auto settings = cached_pool();
    settings.router = Router::least_load;
    auto const together = load_curve(settings, {{&calls, 1}}, 1);
    auto const spread = load_curve(settings, {{&calls, 1}}, 10);
    EXPECT_LT(spread.levels.front().cached, 0.6 * together.levels.front().cached);
    EXPECT_GT(spread.levels.front().sojourn_s[0], together.levels.front().sojourn_s[0]);
}

TEST(LoadCurve, LosesContextsOfSessionsThatMoveToAnotherReplica) {
    auto const calls = equal_calls(2000, 50, 1600, 300);
    auto settings = cached_pool();
    settings.router = Router::session_affinity;
    settings.replica.kv_tokens = 10'000'000;
    auto const alone = load_curve(settings, {{&calls, 1}}, 1, 2000),
               many = load_curve(settings, {{&calls, 1}}, 50, 2000);
    // At four in flight one in some dozen calls finds far more than the mean: a binomial number of 8 or more.
    EXPECT_NEAR(many.levels[2].cached / alone.levels[2].cached, 0.975, 0.015);
    // Where a session has just been served there is room still.
    auto const soon = equal_calls(2000, 50, 1600, 0.001);
    EXPECT_NEAR(load_curve(settings, {{&soon, 1}}, 50, 2000).levels[2].cached, alone.levels[2].cached, 0.005);
}

TEST(LoadCurve, TakesLongerToTheFirstTokenWhereCallsComeAtAnyTime) {
    // In a closed loop calls begin where an iteration ends; here they wait for the end of one that is under way.
    auto const calls = equal_calls(200, 400);
    auto const curve = load_curve(cached_pool(), {{&calls, 1}}, 20);
    auto const& few = curve.levels[0];
    auto const& level = curve.levels[4];
    EXPECT_GT(level.ttft.quantile(0.5), few.ttft.quantile(0.5) + 0.3 * level.tpot.quantile(0.5));
}

TEST(LoadCurve, KeepsFeaturesApart) {
    auto const chats = equal_calls(2000, 400), tags = equal_calls(500, 20);
    auto const curve = load_curve(cached_pool(), {{&chats, 1}, {&tags, 3}}, 1);
    for (auto const& level : curve.levels) EXPECT_GT(level.sojourn_s[0], 4 * level.sojourn_s[1]);
}

}  // namespace
}  // namespace runrate
