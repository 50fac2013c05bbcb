#include <gtest/gtest.h>

#include "serving/build.h"

namespace runrate {
namespace {

/// One call a turn: 100 of user, 300 of answer after 1,000 of system; all of it stays.
Case long_talk(double turns) {
    Case c{steps(call_with_user(answerer, 100, 300)), turns};
    c.workflow.context.system = Number{1000};
    c.workflow.context.history = History::full;
    return c;
}

TEST(Compaction, ReplacesTheHistoryBeforeACallThatWouldExceedIt) {
    auto c = long_talk(4);
    c.workflow.context.compact = Compaction{Number{1800}, Number{200}, summariser};
    auto const usage = c.run();
    // 1,100; 1,500; 1,900 would be too long: the 800 of history become 200; then 1,300 + 300 + 100.
    EXPECT_EQ(prompts(usage, answerer), 1100 + 1500 + 1300 + 1700);
    EXPECT_EQ(count(usage, summariser, Meter::requests), 1);
    EXPECT_EQ(count(usage, summariser, Meter::input), 800);
    EXPECT_EQ(count(usage, summariser, Meter::output), 200);
    EXPECT_EQ(cause(usage, answerer, Cause::history), 0 + 400 + 200 + 600);
    EXPECT_EQ(cause(usage, summariser, Cause::history), 800);
}

TEST(Compaction, IsNotCachedAndTakesTheTimeOfItsCall) {
    auto c = long_talk(3);
    c.workflow.context.compact = Compaction{Number{1800}, Number{200}, summariser};
    c.target(summariser).cache = {CacheRule::Kind::automatic, Tokens{0}, Tokens{1}, 300, true};
    c.target(summariser).ttft_s = exactly(4);
    c.target(summariser).speed = exactly(100);
    auto const usage = c.run();
    EXPECT_EQ(count(usage, summariser, Meter::input), 800);
    EXPECT_EQ(count(usage, summariser, Meter::cache_write_5m), 0);
    EXPECT_EQ(usage.duration_s, 6);
}

TEST(Compaction, DoesNotFollowTheLastCallOfASession) {
    auto c = long_talk(2);
    c.workflow.context.compact = Compaction{Number{1800}, Number{200}, summariser};
    EXPECT_EQ(count(c.run(), summariser, Meter::requests), 0);  // 1,900 is left behind, and nobody reads it
}

TEST(Compaction, HappensInsideATurnAndThenTakesWhatHasJoinedInIt) {
    Case c{steps(call_with_user(planner, 100, 50), repeat(4, steps(tool(350), call(planner, 50))))};
    c.workflow.context.system = Number{1000};
    c.workflow.context.compact = Compaction{Number{2000}, Number{300}, summariser};
    auto const usage = c.run();
    // 1,100; 1,500; 1,900; 2,300 would be too long: the 1,300 after the system prompt become 300; then 1,300 + 50 +
    // 350.
    EXPECT_EQ(prompts(usage, planner), 1100 + 1500 + 1900 + 1300 + 1700);
    EXPECT_EQ(count(usage, summariser, Meter::input), 1300);
    EXPECT_EQ(count(usage, summariser, Meter::output), 300);
    EXPECT_EQ(cause(usage, planner, Cause::history), 300 + 300);
}

TEST(Compaction, LeavesTheTurnAloneWhereTheHistoryIsEnough) {
    Case c{steps(call_with_user(planner, 100, 400), tool(200), call(answerer, 300)), 2};
    c.workflow.context.history = History::full;
    c.workflow.context.compact = Compaction{Number{1700}, Number{200}, summariser};
    auto const usage = c.run();
    // In the second turn the answerer reads 1,000 of history and 700 of the turn, which is not above 1,700.
    EXPECT_EQ(count(usage, summariser, Meter::requests), 0);
    c.workflow.context.compact->above = Number{1699};
    auto const compacted = c.run();
    EXPECT_EQ(count(compacted, summariser, Meter::input), 1000);
    EXPECT_EQ(prompts(compacted, answerer), 700 + (200 + 700));
}

TEST(Compaction, OfATurnIsForgottenWithItWhereNothingIsKept) {
    Case c{steps(call_with_user(planner, 100, 50), tool(900), call(planner, 50)), 2};
    c.workflow.context.history = History::none;
    c.workflow.context.compact = Compaction{Number{1000}, Number{300}, summariser};
    auto const usage = c.run();
    EXPECT_EQ(prompts(usage, planner), 2 * (100 + 300));
    EXPECT_EQ(count(usage, summariser, Meter::input), 2 * 1050);
}

TEST(Compaction, ThatFailsLeavesTheContextAndHarmsTheSession) {
    auto c = long_talk(3);
    c.workflow.context.compact = Compaction{Number{1800}, Number{200}, summariser};
    c.target(summariser).errors = Number{1};
    auto const usage = c.run();
    EXPECT_EQ(prompts(usage, answerer), 1100 + 1500 + 1900);
    EXPECT_EQ(usage.unharmed, 0);
}

TEST(Compaction, IsNotPaidForACallThatTheSemanticCacheAnswers) {
    auto c = long_talk(4);
    c.workflow.context.compact = Compaction{Number{1800}, Number{200}, summariser};
    c.gateway.semantic_cache = SemanticCacheSpec{{answerer}, Number{1}, Number{0}, {}};
    auto const usage = c.run();
    EXPECT_EQ(count(usage, summariser, Meter::requests), 0);
    EXPECT_EQ(usage.calls, 0);
}

TEST(Limit, LosesTheOldestHistory) {
    auto c = long_talk(4);
    c.workflow.context.limit = Number{1600};
    auto const usage = c.run();
    EXPECT_EQ(prompts(usage, answerer), 1100 + 1500 + 1600 + 1600);
    EXPECT_EQ(usage.roles[answerer.index()].over_limit, 2);
    EXPECT_EQ(cause(usage, answerer, Cause::history), 0 + 400 + 500 + 500);
}

TEST(Limit, TakesTheOldestOfTheTurnWhenNoHistoryIsLeftButNotTheUserText) {
    Case c{steps(call_with_user(planner, 100, 50), repeat(3, steps(tool(350), call(planner, 50))))};
    c.workflow.context.system = Number{1000};
    c.workflow.context.limit = Number{1700};
    auto const usage = c.run();
    EXPECT_EQ(prompts(usage, planner), 1100 + 1500 + 1700 + 1700);
    EXPECT_EQ(cause(usage, planner, Cause::user), 4 * 100);
    // The third prompt loses the first plan and 150 of the first result, the fourth its rest, a plan and 150 more.
    EXPECT_EQ(cause(usage, planner, Cause::outputs) + cause(usage, planner, Cause::results), 0 + 400 + 600 + 600);
    EXPECT_EQ(usage.roles[planner.index()].over_limit, 2);
}

}  // namespace
}  // namespace runrate
