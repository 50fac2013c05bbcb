#include <gtest/gtest.h>

#include "serving/build.h"

namespace runrate {
namespace {

TEST(Adjustment, OfOutputComesBeforeTheCap) {
    auto c = call(planner, 100);
    c.reasoning = exactly(400);
    c.cap = Number{700};
    Case verbose{steps(c)};
    verbose.option.adjustments[planner.index()].output = Number{1.5};
    EXPECT_EQ(count(verbose.run(), planner, Meter::reasoning), 600);
    EXPECT_EQ(count(verbose.run(), planner, Meter::output), 100);
}

TEST(Adjustment, OfOutputScalesALawWithItsBounds) {
    auto c = call(planner, 0);
    c.output = law(Family::lognormal, {{Parameter::mean, 100}, {Parameter::cv, 2}});
    c.output.at_least = Number{60};
    c.output.at_most = Number{90};
    Case plain{steps(c)};
    auto tenfold = plain;
    tenfold.option.adjustments[planner.index()].output = Number{10};
    double const mean = count(plain.run(2000), planner, Meter::output);
    EXPECT_GT(mean, 60);
    EXPECT_LT(mean, 90);
    EXPECT_NEAR(count(tenfold.run(2000), planner, Meter::output), 10 * mean, 5);  // the rounding to whole tokens
}

TEST(Adjustment, OfOutputLeavesTheSpreadOfItsLaw) {
    auto c = call(planner, 0);
    c.output = law(Family::lognormal, {{Parameter::mean, 1000}, {Parameter::cv, 0.5}});
    Case plain{steps(c)};
    auto twice = plain;
    twice.option.adjustments[planner.index()].output = Number{2};
    double const se = standard_error(plain.run(4000), Meter::output, Meter::output);
    EXPECT_NEAR(standard_error(twice.run(4000), Meter::output, Meter::output), 2 * se, 1e-3 * se);
}

TEST(Adjustment, OfStepsLeavesTheCapOfTheLoop) {
    auto loop = repeat(4, steps(call(planner, 7)));
    loop.at_most = 5;
    Case c{steps(loop)};
    c.option.adjustments[planner.index()].steps = Number{3};
    EXPECT_EQ(count(c.run(), planner, Meter::requests), 5);
}

TEST(Adjustment, OfStepsIsOfTheRoleThatLeadsTheLoop) {
    Case c{steps(repeat(4, steps(tool(1), call(planner, 7))), agent(0, 1, 2, steps(call(spare, 9)), 1))};
    c.option.adjustments[planner.index()].steps = Number{1.5};
    EXPECT_EQ(count(c.run(), planner, Meter::requests), 6);
    EXPECT_EQ(count(c.run(), spare, Meter::requests), 2);
    c.option.adjustments[spare.index()].steps = Number{3};
    EXPECT_EQ(count(c.run(), spare, Meter::requests), 6);
}

/// `cap` is the vendor's max_tokens: its tokens are counted by the vendor.
TEST(Adjustment, OfTheTokenizerLeavesTheCap) {
    auto c = call(planner, 2000);
    c.cap = Number{1500};
    Case capped{steps(c)};
    capped.option.adjustments[planner.index()].tokenizer = Number{1.3};
    EXPECT_EQ(count(capped.run(), planner, Meter::output), 1500);
    c.reasoning = exactly(1000);
    capped.workflow.steps = steps(c);
    EXPECT_EQ(count(capped.run(), planner, Meter::reasoning), 1300);
    EXPECT_EQ(count(capped.run(), planner, Meter::output), 200);
}

/// 1,900 tokens of the workflow are 3,800 of the vendor's, above its limit of 3,000.
TEST(Adjustment, OfTheTokenizerReachesTheLimitOfPrompts) {
    auto first = call(planner, 800);
    first.user = exactly(100);
    Case c{steps(first, call(planner, 10))};
    c.workflow.context.system = Number{1000};
    c.workflow.context.limit = Number{3000};
    c.option.adjustments[planner.index()].tokenizer = Number{2};
    // 2,200, then 1,000 + 100 + 800 cut to 1,500 of the workflow's tokens.
    EXPECT_EQ(count(c.run(), planner, Meter::input), 2200 + 3000);
}

/// The prompt of the second call is 1,900 of the workflow's tokens and 3,800 of the vendor's.
TEST(Adjustment, OfTheTokenizerReachesCompaction) {
    auto first = call(planner, 800);
    first.user = exactly(100);
    Case c{steps(first, call(planner, 10))};
    c.workflow.context.system = Number{1000};
    c.workflow.context.compact = Compaction{Number{3000}, Number{200}, summariser};
    EXPECT_EQ(count(c.run(), summariser, Meter::requests), 0);
    c.option.adjustments[planner.index()].tokenizer = Number{2};
    EXPECT_EQ(count(c.run(), summariser, Meter::requests), 1);
    EXPECT_EQ(count(c.run(), summariser, Meter::input), 900);
    EXPECT_EQ(count(c.run(), planner, Meter::input), 2200 + 2400);
}

TEST(Adjustment, OfTheTokenizerLengthensTheCall) {
    Case c{steps(call(planner, 300))};
    c.target(planner).speed = exactly(60);
    c.option.adjustments[planner.index()].tokenizer = Number{1.2};
    EXPECT_NEAR(c.run().duration_s, 6, 1e-9);
}

}  // namespace
}  // namespace runrate
