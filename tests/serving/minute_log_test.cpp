#include "serving/minute_log.h"

#include <gtest/gtest.h>

#include "serving/build.h"

namespace runrate {
namespace {

Gauge gauge_of(std::vector<TargetId> targets, std::vector<Meter> const& meters) {
    Gauge gauge{std::move(targets), {}};
    for (auto meter : meters) gauge.weights[static_cast<std::size_t>(meter)] = 1;
    return gauge;
}

FeatureUsage probed(Case const& c, std::vector<Gauge> gauges, std::size_t sessions = 2'000) {
    auto const program = lower(c.session, c.workflow, c.option, c.gateway, c.targets, role_names);
    return simulate(*program, {}, {.seed = 7, .world = 0, .feature = FeatureId{0}, .sessions = sessions},
                    {std::move(gauges), {}});
}

Gauge const requests = gauge_of({TargetId{0}}, {Meter::requests, Meter::failed});
Gauge const prompts_read = gauge_of({TargetId{0}}, {Meter::input});

TEST(MinuteLog, OneCallIsAllInOneMinute) {
    auto const usage = probed(Case{steps(call_with_user(planner, 100, 20))}, {requests, prompts_read});
    EXPECT_EQ(usage.minutes[0].mean, 1);
    EXPECT_EQ(usage.minutes[0].squares, 1);
    EXPECT_EQ(usage.minutes[1].mean, 100);
    EXPECT_EQ(usage.minutes[1].squares, 10'000);
    EXPECT_EQ(usage.minutes[1].profile, 10'000);
}

TEST(MinuteLog, CallsApartFallTogetherByChance) {
    // Two calls 15 s apart share a minute in three of four sessions: E[sum x^2] = 3/4 x 4 + 1/4 x 2.
    auto const usage =
        probed(Case{steps(call_with_user(planner, 100, 20), tool(1, 15), call(planner, 20))}, {requests});
    EXPECT_EQ(usage.minutes[0].mean, 2);
    EXPECT_EQ(usage.minutes[0].whole, 4);
    EXPECT_NEAR(usage.minutes[0].tens, 4 * 0.975 + 2 * 0.025, 0.01);
    EXPECT_NEAR(usage.minutes[0].squares, 3.5, 0.01);
    EXPECT_NEAR(usage.minutes[0].profile, 1.75 * 1.75 + 0.25 * 0.25, 0.01);
}

TEST(MinuteLog, CallsMinutesApartNeverFallTogether) {
    auto const usage =
        probed(Case{steps(call_with_user(planner, 100, 20), tool(1, 300), call(planner, 20))}, {requests});
    EXPECT_EQ(usage.minutes[0].squares, 2);
}

TEST(MinuteLog, CountsOnlyItsTargets) {
    Case const c{steps(call_with_user(planner, 100, 20), call(answerer, 20))};
    auto const usage = probed(c, {requests, gauge_of({TargetId{0}, TargetId{1}}, {Meter::requests})});
    EXPECT_EQ(usage.minutes[0].mean, 1);
    EXPECT_EQ(usage.minutes[1].mean, 2) << "targets that share a limit count together";
}

TEST(MinuteLog, CountsAttemptsThatFail) {
    Case c{steps(call_with_user(planner, 100, 20))};
    c.target(planner).errors = Number{0.999999};
    c.gateway.retry = up_to(3);
    EXPECT_EQ(probed(c, {requests}).minutes[0].mean, 3);
}

TEST(MinuteLog, ChangesNoMeter) {
    Case c{steps(call_with_user(planner, 100, 20), tool(1, 15), call(answerer, 20)), 4};
    EXPECT_EQ(probed(c, {requests, prompts_read}).mean, probed(c, {}).mean);
}

TEST(Refusing, LeavesEveryCallToTheFallback) {
    Case c{steps(call_with_user(planner, 100, 20))};
    c.gateway.retry = up_to(3);
    c.option.fallbacks = {{TargetId{0}, TargetId{1}}};
    auto const program = lower(c.session, c.workflow, c.option, c.gateway, c.targets, role_names);
    auto const usage =
        simulate(*program, {}, {.seed = 7, .world = 0, .feature = FeatureId{0}, .sessions = 10}, {{}, {{TargetId{0}}}});
    EXPECT_EQ(count(usage, TargetId{0}, Meter::requests), 0);
    EXPECT_EQ(count(usage, TargetId{0}, Meter::failed), 3);
    EXPECT_EQ(count(usage, TargetId{1}, Meter::requests), 1);
    EXPECT_EQ(usage.unharmed, 1);
}

}  // namespace
}  // namespace runrate
