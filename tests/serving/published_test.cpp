// Worked figures of published articles and price lists that sessions alone decide.
#include <gtest/gtest.h>

#include "serving/build.h"

namespace runrate {
namespace {

TEST(Published, PlanThreeToolCallsReflectionAndSummaryAreSixCalls) {
    auto const tools = repeat(3, steps(call(planner, 1), tool(1)));
    Case c{steps(call(planner, 1), tools, call(planner, 1), call(answerer, 1))};
    EXPECT_EQ(c.run().calls, 6);
}

struct Saving {
    double uses, saved;
};

class PrefixSaving : public testing::TestWithParam<Saving> {};

/// A prefix is written at 1.25 times its price and read at a tenth: n uses save 1 - (1.25 + 0.1 (n - 1)) / n.
TEST_P(PrefixSaving, IsThePublishedOneForUsesWithinItsLifetime) {
    auto const [uses, saved] = GetParam();
    Case c{steps(call(answerer, 1)), uses};
    c.session.think = exactly(60);
    c.workflow.context.system = Number{2000};
    c.workflow.context.history = History::none;
    c.workflow.context.cache_lifetime_s = 300;
    c.target(answerer).cache = {CacheRule::Kind::explicit_, Tokens{1024}, Tokens{1}, 300, true};
    auto const usage = c.run();
    double const missed = usage.shared[0].at_risk;  // no other session has used it
    double const cost = 0.1 * (count(usage, answerer, Meter::cache_read) - missed) +
                        1.25 * (count(usage, answerer, Meter::cache_write_5m) + missed);
    EXPECT_NEAR(1 - cost / (2000 * uses), saved, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Uses, PrefixSaving,
                         testing::Values(Saving{2, 0.325}, Saving{5, 0.67}, Saving{10, 0.785}, Saving{100, 0.8885}));

}  // namespace
}  // namespace runrate
