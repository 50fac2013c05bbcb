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

TEST(Adjustment, OfTheTokenizerLengthensTheCall) {
    Case c{steps(call(planner, 300))};
    c.target(planner).speed = exactly(60);
    c.option.adjustments[planner.index()].tokenizer = Number{1.2};
    EXPECT_NEAR(c.run().duration_s, 6, 1e-9);
}

}  // namespace
}  // namespace runrate
