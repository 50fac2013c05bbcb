#include <gtest/gtest.h>

#include "serving/build.h"

namespace runrate {
namespace {

/// A planner of a pool, whose calls turn to the answerer's target where they find it full.
Case overflowing(double turns = 1) {
    Case c{steps(call_with_user(planner, 2'000, 20)), turns};
    c.target(planner).pool = true;
    c.option.overflow = Overflow{4, std::vector<std::optional<TargetId>>(role_count)};
    c.option.overflow->to[planner.index()] = TargetId{1};
    return c;
}

FeatureUsage run(Case const& c, double share, std::size_t sessions) {
    auto const program = lower(c.session, c.workflow, c.option, c.gateway, c.targets, role_names);
    return simulate(*program, {}, {.seed = 7, .world = 0, .feature = FeatureId{0}, .sessions = sessions},
                    {{}, {}, share});
}

TEST(Overflow, TakesItsShareOfCallsOneByOne) {
    auto const usage = run(overflowing(4), 0.3, 5'000);
    double const error = std::sqrt(4 * 0.3 * 0.7 / 5'000);
    EXPECT_NEAR(count(usage, TargetId{1}, Meter::requests), 1.2, 4 * error);
    EXPECT_EQ(count(usage, TargetId{0}, Meter::requests) + count(usage, TargetId{1}, Meter::requests), 4);
    EXPECT_EQ(usage.calls, 4);
    EXPECT_EQ(usage.attempts, 4) << "to find a pool full is no attempt";
    EXPECT_EQ(usage.unharmed, 1);
}

TEST(Overflow, TakesNobodyWhereNoPoolIsFull) {
    auto const usage = overflowing(4).run(200);
    EXPECT_EQ(count(usage, TargetId{1}, Meter::requests), 0);
    EXPECT_EQ(count(run(overflowing(4), 1, 200), TargetId{0}, Meter::requests), 0);
}

TEST(Overflow, OfALargerShareTakesThoseOfASmaller) {
    Case const c = overflowing(4);
    std::size_t fewer = 0;
    for (std::size_t n = 1; n < 40; ++n)  // sessions one by one: sums of the first n
        fewer += run(c, 0.2, n).mean[1][static_cast<std::size_t>(Meter::requests)] >
                         run(c, 0.5, n).mean[1][static_cast<std::size_t>(Meter::requests)]
                     ? 1
                     : 0;
    EXPECT_EQ(fewer, 0U);
}

TEST(Overflow, FindsInTheCacheThereWhatItLeftThere) {
    auto c = overflowing(6);
    c.workflow.context.history = History::full;
    c.target(answerer).cache = {.kind = CacheRule::Kind::automatic};
    auto const read = [&](double share) {
        auto const usage = run(c, share, 2'000);
        return count(usage, TargetId{1}, Meter::cache_read) / prompts(usage, TargetId{1});
    };
    EXPECT_LT(read(0.1), 0.6 * read(1));
    EXPECT_GT(read(0.4), read(0.1));
}

TEST(Overflow, FailsOverToTheFallbackOfWhoTookIt) {
    auto c = overflowing();
    c.target(answerer).errors = Number{0.999999};
    c.option.fallbacks = {{TargetId{1}, TargetId{2}}};
    auto const usage = run(c, 1, 100);
    EXPECT_EQ(count(usage, TargetId{2}, Meter::requests), 1);
    EXPECT_EQ(count(usage, TargetId{1}, Meter::failed), 1);
    EXPECT_EQ(count(usage, TargetId{0}, Meter::failed), 0);
}

TEST(Overflow, ShiftsNoChanceOfOtherCalls) {
    auto const with = [](double share) {
        auto c = overflowing();
        c.workflow.steps = steps(call_with_user(planner, 10, 20), call(summariser, 0));
        std::get<CallStep>(c.workflow.steps[1].what).output =
            law(Family::lognormal, {{Parameter::mean, 90}, {Parameter::cv, 1}});
        return count(run(c, share, 500), TargetId{2}, Meter::output);
    };
    EXPECT_EQ(with(0), with(0.5));
}

}  // namespace
}  // namespace runrate
