#include <gtest/gtest.h>

#include "serving/build.h"

namespace runrate {
namespace {

CacheRule automatic(std::int64_t minimum = 1024, std::int64_t step = 1) {
    return {CacheRule::Kind::automatic, Tokens{minimum}, Tokens{step}, 300, false};
}

CacheRule explicit_cache(std::int64_t minimum = 1024) {
    return {CacheRule::Kind::explicit_, Tokens{minimum}, Tokens{1}, 300, true};
}

/// 2,000 of system and tools; each turn 100 of user and 300 of answer, all of it kept.
Case talk(double turns, double think_s, CacheRule const& rule) {
    Case c{steps(call_with_user(answerer, 100, 300)), turns};
    c.workflow.context.system = Number{1500};
    c.workflow.context.tools = Number{500};
    c.workflow.context.history = History::full;
    c.session.think = exactly(think_s);
    c.target(answerer).cache = rule;
    return c;
}

struct Billed {
    double input, read, write, write_1h;
    friend bool operator==(Billed const&, Billed const&) = default;
    friend void PrintTo(Billed const& b, std::ostream* out) {
        *out << "input " << b.input << " read " << b.read << " write " << b.write << " write_1h " << b.write_1h;
    }
};

Billed billed(FeatureUsage const& usage, RoleId role = answerer) {
    return {count(usage, role, Meter::input), count(usage, role, Meter::cache_read),
            count(usage, role, Meter::cache_write_5m), count(usage, role, Meter::cache_write_1h)};
}

SharedPrefix const& prefix(FeatureUsage const& usage, std::size_t index = 0) { return usage.shared[index]; }

TEST(PromptCache, LivesThroughAPauseOfFourMinutes) {
    auto const usage = talk(3, 240, automatic()).run();
    // 2,100: the prefix is read from other sessions; 2,500 begins with 2,100; 2,900 with 2,500.
    EXPECT_EQ(billed(usage), (Billed{100 + 400 + 400, 2000 + 2100 + 2500, 0, 0}));
    EXPECT_EQ(prefix(usage).at_risk, 2000);
    EXPECT_EQ(prefix(usage).alive_s, 240 + 240 + 300);
}

TEST(PromptCache, DiesInAPauseOfSixMinutes) {
    auto const usage = talk(3, 360, automatic()).run();
    EXPECT_EQ(billed(usage), (Billed{100 + 500 + 900, 3 * 2000, 0, 0}));
    EXPECT_EQ(prefix(usage).at_risk, 3 * 2000);
    EXPECT_EQ(prefix(usage).alive_s, 3 * 300);
    EXPECT_EQ(prefix(usage).on_miss, Meter::input);
}

TEST(PromptCache, LifetimeRunsFromTheStartOfTheLastCall) {
    auto c = talk(2, 150, automatic());
    c.target(answerer).ttft_s = exactly(160);  // the next turn starts 310 s after the call did
    EXPECT_EQ(billed(c.run()), (Billed{100 + 500, 2 * 2000, 0, 0}));
    c.session.think = exactly(140);  // 300 s: just alive
    EXPECT_EQ(billed(c.run()), (Billed{100 + 400, 2000 + 2100, 0, 0}));
}

TEST(PromptCache, EachUseProlongsItsLife) {
    auto const usage = talk(4, 200, automatic()).run();  // the last call starts 600 s after the first
    EXPECT_EQ(billed(usage), (Billed{100 + 3 * 400, 2000 + 2100 + 2500 + 2900, 0, 0}));
    EXPECT_EQ(prefix(usage).at_risk, 2000);
}

TEST(PromptCache, OfAVendorThatIsAskedWritesWhatItDoesNotRead) {
    auto c = talk(3, 240, explicit_cache());
    c.workflow.context.cache_lifetime_s = 300;
    auto const usage = c.run();
    EXPECT_EQ(billed(usage), (Billed{0, 2000 + 2100 + 2500, 100 + 400 + 400, 0}));
    EXPECT_EQ(prefix(usage).on_miss, Meter::cache_write_5m);

    c.workflow.context.cache_lifetime_s = 3600;
    c.session.think = exactly(3000);
    auto const hour = c.run();
    EXPECT_EQ(billed(hour), (Billed{0, 2000 + 2100 + 2500, 0, 100 + 400 + 400}));
    EXPECT_EQ(prefix(hour).on_miss, Meter::cache_write_1h);
}

TEST(PromptCache, OfAVendorThatIsNotAskedDoesNothing) {
    auto const usage = talk(3, 240, explicit_cache()).run();
    EXPECT_EQ(billed(usage), (Billed{2100 + 2500 + 2900, 0, 0, 0}));
    EXPECT_EQ(prefix(usage).at_risk, 0);
    EXPECT_EQ(prefix(usage).alive_s, 0);
}

TEST(PromptCache, ThatIsAutomaticWritesWhereTheBookHasAPrice) {
    auto rule = automatic();
    rule.charges_writes = true;
    EXPECT_EQ(billed(talk(2, 240, rule).run()), (Billed{0, 2000 + 2100, 100 + 400, 0}));
}

TEST(PromptCache, IgnoresTheWorkflowsLifetimeWhereItIsAutomatic) {
    auto c = talk(2, 360, automatic());
    c.workflow.context.cache_lifetime_s = 3600;
    EXPECT_EQ(billed(c.run()), (Billed{100 + 500, 2 * 2000, 0, 0}));
}

TEST(PromptCache, ReadsWholeSteps) {
    auto const usage = talk(2, 240, automatic(1024, 128)).run();
    EXPECT_EQ(billed(usage), (Billed{(2100 - 1920) + (2500 - 2048), 1920 + 2048, 0, 0}));
    EXPECT_EQ(prefix(usage).at_risk, 1920);
}

TEST(PromptCache, KeepsNothingOfPromptsBelowTheMinimum) {
    auto const usage = talk(3, 1, automatic(2500)).run();  // 2,100 is not cached, 2,500 is
    EXPECT_EQ(billed(usage), (Billed{2100 + 2500 + 400, 2500, 0, 0}));
    EXPECT_EQ(prefix(usage).at_risk, 0) << "a shared prefix below the minimum is nobody's";
}

TEST(PromptCache, ReadsNoPrefixBelowTheMinimum) {
    auto c = talk(2, 1, automatic(2200));
    c.workflow.steps = steps(call_with_user(answerer, 300, 300));
    EXPECT_EQ(billed(c.run()), (Billed{2300 + 600, 2300, 0, 0}));
    c.workflow.context.history = History::none;  // the prompts share 2,000 only
    EXPECT_EQ(billed(c.run()), (Billed{2 * 2300, 0, 0, 0}));
}

TEST(PromptCache, MatchesDialogueUpToWhereItWasCutOut) {
    Case c{steps(call_with_user(answerer, 100, 20), tool(30), call(answerer, 60)), 2};
    c.workflow.context.system = Number{2000};
    c.target(answerer).cache = automatic();
    // 2,100; 2,150 begins with it; 2,260 shares 2,100 with both, since the first answer and the result are gone;
    // 2,310 begins with 2,260.
    EXPECT_EQ(billed(c.run()), (Billed{100 + 50 + 160 + 50, 2000 + 2100 + 2100 + 2260, 0, 0}));
}

TEST(PromptCache, MatchesThePromptBeforeThoughItsReasoningHasLeft) {
    auto thinking = call_with_user(answerer, 100, 20);
    thinking.reasoning = exactly(500);
    Case c{steps(thinking, call(answerer, 60))};
    c.workflow.context.system = Number{2000};
    c.target(answerer).cache = automatic();
    EXPECT_EQ(billed(c.run()), (Billed{100 + 20, 2000 + 2100, 0, 0}));
}

TEST(PromptCache, StartsAnewAfterACompaction) {
    auto c = talk(4, 1, automatic());
    c.workflow.context.compact = Compaction{Number{2800}, Number{200}, summariser};
    // 2,100; 2,500; 2,900 would be too long: 2,000 + 200 + 100, of which only the system prompt is known.
    EXPECT_EQ(billed(c.run()), (Billed{100 + 400 + 300 + 400, 2000 + 2100 + 2000 + 2300, 0, 0}));
}

TEST(PromptCache, IsOfARoleAndATarget) {
    Case c{steps(call_with_user(planner, 100, 20), call(answerer, 60))};
    c.workflow.context.system = Number{2000};
    c.option.routes[answerer.index()] = TargetId{0};
    c.target(planner).cache = automatic();
    auto const usage = c.run();
    EXPECT_EQ(billed(usage, planner), (Billed{100, 2000, 0, 0}));
    EXPECT_EQ(billed(usage, answerer), (Billed{120, 2000, 0, 0}));
}

TEST(PromptCache, IsInheritedByAgentsWithinAgents) {
    auto const inner = agent(3000, 100, 2, steps(call(summariser, 50)), 25);
    auto outer = agent(1000, 0, 1, steps(inner), 25);
    outer.name = "outer";
    outer.context.cache_lifetime_s = 3600;
    Case c{steps(outer)};
    c.workflow.context.cache_lifetime_s = 300;
    c.target(summariser).cache = explicit_cache();
    EXPECT_EQ(billed(c.run(), summariser), (Billed{0, 3000 + 3100, 0, 100 + 50}));
}

TEST(PromptCache, OfAnAgentIsAliveForItsNextRun) {
    auto const work = agent(3000, 100, 1, steps(call(summariser, 50)), 25);
    Case c{steps(work, work)};
    c.target(summariser).cache = automatic();
    auto const usage = c.run();
    EXPECT_EQ(billed(usage, summariser), (Billed{2 * 100, 2 * 3000, 0, 0}));
    double at_risk = 0;
    for (auto const& shared : usage.shared) at_risk += shared.at_risk;
    EXPECT_EQ(at_risk, 3000) << "the second run reads what the first has used";
}

TEST(PromptCache, IsUsedInTheOrderOfTimeByParallelBranches) {
    ParallelStep const fork{
        {steps(tool(0, 400), call(planner, 1)), steps(call(planner, 1), tool(0, 200), call(planner, 1))}};
    Case c{steps(fork)};
    c.workflow.context.system = Number{2000};
    c.target(planner).cache = automatic();
    auto const usage = c.run();
    EXPECT_EQ(prefix(usage).alive_s, 200 + 200 + 300);
    EXPECT_EQ(prefix(usage).at_risk, 2000);
}

TEST(PromptCache, IsNotTouchedByAttemptsThatAreNotBilled) {
    auto c = talk(2, 1, automatic());
    c.target(answerer).errors = Number{1};
    auto const usage = c.run();
    EXPECT_EQ(billed(usage), (Billed{0, 0, 0, 0}));
    EXPECT_EQ(prefix(usage).alive_s, 0);
    EXPECT_EQ(count(usage, answerer, Meter::failed), 2);
}

TEST(PromptCache, IsReadByTheRetryOfABilledAttempt) {
    auto c = talk(1, 1, automatic());
    c.target(answerer).timeouts = Number{1};
    c.target(answerer).timeout_s = Number{60};
    c.gateway.retry.attempts = 3;
    EXPECT_EQ(billed(c.run()), (Billed{100, 2000 + 2 * 2100, 0, 0}));
}

TEST(PromptCache, CountsInTheTokensOfItsTarget) {
    auto c = talk(2, 240, automatic(1024, 128));
    c.option.adjustments[answerer.index()].tokenizer = Number{1.1};
    auto const usage = c.run();  // 2,310, of it 2,200; then 2,750, of it 2,310
    EXPECT_EQ(billed(usage), (Billed{(2310 - 2176) + (2750 - 2304), 2176 + 2304, 0, 0}));
}

}  // namespace
}  // namespace runrate
