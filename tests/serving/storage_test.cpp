// What of a session a vendor keeps that bills caches by token-hours, counted by hand.

#include <gtest/gtest.h>

#include "serving/build.h"

namespace runrate {
namespace {

/// Caches by itself, or on request for any lifetime at a price for storage.
CacheRule sold(std::int64_t minimum = 1024) {
    return {CacheRule::Kind::automatic, Tokens{minimum}, Tokens{1}, 300, false, true};
}

/// 2,000 of system and tools; each turn 100 of user and 300 of answer, all of it kept.
Case talk(double turns, double think_s, CacheRule const& rule = sold()) {
    Case c{steps(call_with_user(answerer, 100, 300)), turns};
    c.workflow.context.system = Number{1500};
    c.workflow.context.tools = Number{500};
    c.workflow.context.history = History::full;
    c.workflow.context.cache_lifetime_s = 300;
    c.session.think = exactly(think_s);
    c.target(answerer).cache = rule;
    return c;
}

double kept(FeatureUsage const& usage) { return count(usage, answerer, Meter::cache_storage) * 3600; }

TEST(Storage, KeepsWhatASessionAddsForTheUnionOfItsLifetimes) {
    auto const usage = talk(3, 240).run();
    // The first user text until 480 + 300 s; what the second call adds from 240 s, what the third adds from 480 s.
    EXPECT_NEAR(kept(usage), 100 * 780 + 400 * 540 + 400 * 300, 1e-6);
    EXPECT_EQ(usage.shared[0].stored, 2000);  // once for all sessions
    EXPECT_EQ(usage.shared[0].alive_s, 780);
    EXPECT_EQ(count(usage, answerer, Meter::cache_read), 2000 + 2100 + 2500);
    EXPECT_EQ(count(usage, answerer, Meter::input), 100 + 400 + 400);  // writes have no price here
}

TEST(Storage, EndsInALongPauseAndIsPaidAnew) {
    EXPECT_NEAR(kept(talk(3, 360).run()), 100 * 900 + 400 * 600 + 400 * 300, 1e-6);
}

TEST(Storage, LastsAsLongAsTheWorkflowAsks) {
    auto c = talk(1, 0);
    c.workflow.context.cache_lifetime_s = 7 * 3600;
    auto const usage = c.run();
    EXPECT_NEAR(kept(usage), 100 * 7 * 3600, 1e-6);
    EXPECT_EQ(usage.shared[0].alive_s, 7 * 3600);
}

TEST(Storage, OfAPrefixBelowTheMinimumIsEachSessionsOwn) {
    auto const usage = talk(3, 240, sold(2200)).run();  // the first prompt of 2,100 is not cached
    EXPECT_NEAR(kept(usage), 2500 * 540 + 400 * 300, 1e-6);
    EXPECT_EQ(usage.shared[0].stored, 0);
}

TEST(Storage, IsNotPaidWithoutARequest) {
    auto c = talk(3, 240);
    c.workflow.context.cache_lifetime_s.reset();
    auto const usage = c.run();
    EXPECT_EQ(kept(usage), 0);
    EXPECT_EQ(usage.shared[0].stored, 0);
    EXPECT_EQ(count(usage, answerer, Meter::cache_read), 2000 + 2100 + 2500);  // it caches by itself
}

TEST(Storage, OfOthersThanThoseWhoSellItIsFree) {
    auto rule = sold();
    rule.sells_storage = false;
    auto const usage = talk(3, 240, rule).run();
    EXPECT_EQ(kept(usage), 0);
    EXPECT_EQ(usage.shared[0].stored, 0);
}

TEST(Storage, CountsTheTokensOfTheVendor) {
    auto c = talk(3, 240);
    c.option.adjustments[answerer.index()].tokenizer = Number{1.5};
    auto const usage = c.run();
    EXPECT_NEAR(kept(usage), 1.5 * (100 * 780 + 400 * 540 + 400 * 300), 1e-6);
    EXPECT_EQ(usage.shared[0].stored, 3000);
}

TEST(Storage, IsNoneOfABatchThatReadsNoCaches) {
    auto c = talk(1, 0);
    c.session.lane = Lane::batch;
    c.session.reads_caches = false;
    auto const usage = c.run();
    EXPECT_EQ(kept(usage), 0);
    EXPECT_EQ(usage.shared[0].stored, 0);
}

}  // namespace
}  // namespace runrate
