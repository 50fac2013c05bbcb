#include <gtest/gtest.h>

#include "serving/build.h"
#include "serving/gateway.h"

namespace runrate {
namespace {

/// A planner whose target fails with probability `p` in each of `attempts`, and falls back to the answerer's.
Case falling_back(double p, int attempts) {
    Case c{steps(call_with_user(planner, 10, 20))};
    c.target(planner).errors = Number{p};
    c.gateway.retry = up_to(attempts);
    c.option.fallbacks = {{TargetId{0}, TargetId{1}}};
    return c;
}

TEST(Fallback, AnswersWhatTheTargetFailedInAllAttempts) {
    auto const usage = falling_back(0.5, 3).run(20'000);
    double const error = std::sqrt(0.125 * 0.875 / 20'000);
    EXPECT_NEAR(count(usage, TargetId{1}, Meter::requests), 0.125, 4 * error) << "three halves in a row";
    EXPECT_NEAR(count(usage, TargetId{0}, Meter::requests), 0.875, 4 * error);
    EXPECT_NEAR(prompts(usage, TargetId{0}) + prompts(usage, TargetId{1}), 10, 1e-9) << "each call is answered once";
    EXPECT_EQ(usage.calls, 1) << "a call is one call, whoever answers";
    EXPECT_EQ(usage.unharmed, 1);
}

TEST(Fallback, TakesPartInNothingWhileTheTargetAnswers) {
    auto const usage = falling_back(0, 3).run(100);
    EXPECT_EQ(count(usage, TargetId{1}, Meter::requests), 0);
    EXPECT_EQ(count(usage, TargetId{0}, Meter::requests), 1);
}

TEST(Fallback, FollowsTheChainToItsEnd) {
    auto c = falling_back(0.999999, 1);
    c.target(answerer).errors = Number{0.999999};
    c.option.fallbacks.push_back({TargetId{1}, TargetId{2}});
    auto const usage = c.run(200);
    EXPECT_EQ(count(usage, TargetId{2}, Meter::requests), 1);
    EXPECT_EQ(count(usage, TargetId{0}, Meter::failed), 1);
    EXPECT_EQ(count(usage, TargetId{1}, Meter::failed), 1);
    EXPECT_EQ(usage.unharmed, 1);
}

TEST(Fallback, HarmsWhereTheWholeChainFails) {
    auto c = falling_back(0.5, 1);
    c.target(answerer).errors = Number{0.5};
    auto const usage = c.run(20'000);
    EXPECT_NEAR(usage.unharmed, 0.75, 4 * std::sqrt(0.75 * 0.25 / 20'000));
}

TEST(Fallback, ShiftsNoChanceOfOtherCalls) {
    auto plain = falling_back(0.5, 3);
    plain.option.fallbacks.clear();
    auto const without = plain.run(500);
    auto const with = falling_back(0.5, 3).run(500);
    EXPECT_EQ(count(with, TargetId{0}, Meter::failed), count(without, TargetId{0}, Meter::failed));
    EXPECT_EQ(count(with, TargetId{0}, Meter::requests), count(without, TargetId{0}, Meter::requests));
}

TEST(Fallback, HasACacheOfItsOwn) {
    Case c{steps(call_with_user(planner, 2'000, 20)), 3};
    c.target(planner).errors = Number{0.5};
    c.option.fallbacks = {{TargetId{0}, TargetId{1}}};
    c.target(answerer).cache = {.kind = CacheRule::Kind::automatic};
    auto const usage = c.run(2'000);
    EXPECT_EQ(count(usage, TargetId{0}, Meter::cache_read), 0);
    EXPECT_GT(count(usage, TargetId{1}, Meter::cache_read), 0);
}

}  // namespace
}  // namespace runrate
