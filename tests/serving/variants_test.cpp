// Variants of a prompt: sessions divided among them, or every call made once more in their shadow.
#include <gtest/gtest.h>

#include "serving/support.h"

namespace runrate {
namespace {

Variant concise(double share) { return {"concise", Number{share}, Number{900}, Number{400}, Number{0.7}}; }
Variant as_written(double share) { return {"same", Number{share}, {}, {}, Number{1}}; }

/// Two turns of 10 tokens from the user and 100 in answer.
Case asked_twice(Variation variation, std::vector<Variant> variants) {
    Case c{steps(call_with_user(answerer, 10, 100)), 2};
    c.workflow.context.system = Number{1000};
    c.workflow.context.tools = Number{500};
    c.workflow.variants = {variation, std::move(variants)};
    return c;
}

constexpr double written = 1510 + 1620;         // prompts of two turns of 1,500 tokens before them
constexpr double shorter = 1310 + (1320 + 70);  // and of 1,300 before them with 70 in answer

TEST(ASplit, OfNobodyChangesNothing) {
    EXPECT_EQ(asked_twice(Variation::split, {concise(0)}).run(50).mean, asked_twice(Variation::split, {}).run(50).mean);
}

TEST(ASplit, OfAllIsTheVariant) {
    auto const usage = asked_twice(Variation::split, {concise(1)}).run();
    EXPECT_EQ(prompts(usage, answerer), shorter);
    EXPECT_EQ(count(usage, answerer, Meter::output), 2 * 70);
    EXPECT_EQ(cause(usage, answerer, Cause::system), 2 * 900);
    EXPECT_EQ(cause(usage, answerer, Cause::tools), 2 * 400);
    EXPECT_EQ(cause(usage, answerer, Cause::history), 80);
}

TEST(ASplit, IsTheBlendOfItsParts) {
    auto const usage = asked_twice(Variation::split, {concise(0.2), as_written(0.3)}).run(20'000);
    double const error = std::sqrt(0.2 * 0.8 / 20'000);
    EXPECT_NEAR(prompts(usage, answerer), 0.8 * written + 0.2 * shorter, 4 * error * (written - shorter));
    EXPECT_NEAR(count(usage, answerer, Meter::output), 0.8 * 200 + 0.2 * 140, 4 * error * 60);
    EXPECT_LT(error, 0.01);
}

/// A session that met both prompts would have a third output.
TEST(ASplit, KeepsASessionOnItsVariant) {
    auto const c = asked_twice(Variation::split, {concise(0.5)});
    auto const usage = c.run(2000);
    double const share = (200 - count(usage, answerer, Meter::output)) / 60;
    EXPECT_NEAR(standard_error(usage, Meter::output, Meter::output) * std::sqrt(2000.0),
                60 * std::sqrt(share * (1 - share)), 0.1);
}

TEST(ASplit, GivesEachVariantACachedPrefixOfItsOwn) {
    auto c = asked_twice(Variation::split, {concise(0.25)});
    c.target(answerer).cache = {.kind = CacheRule::Kind::automatic, .minimum = Tokens{1024}};
    auto const usage = c.run(20'000);
    ASSERT_EQ(usage.shared.size(), 2u);
    EXPECT_NEAR(usage.shared[0].used, 0.75, 0.02);
    EXPECT_NEAR(usage.shared[1].used, 0.25, 0.02);
    EXPECT_NEAR(usage.shared[0].at_risk / usage.shared[0].used, 1500, 1e-6);
    EXPECT_NEAR(usage.shared[1].at_risk / usage.shared[1].used, 1300, 1e-6);
    EXPECT_NEAR(usage.shared[1].alive_s / usage.shared[0].alive_s, usage.shared[1].used / usage.shared[0].used, 1e-6);
}

TEST(ASplit, LeavesAgentsAsTheyAre) {
    Case c{steps(agent(200, 50, 2, steps(call(planner, 30)), 40))};
    c.workflow.variants.all = {concise(1)};
    auto const usage = c.run();
    EXPECT_EQ(count(usage, planner, Meter::output), 60);
    EXPECT_EQ(prompts(usage, planner), 250 + 280);
}

TEST(AShadow, OfTwoEqualVariantsMakesThreeTimesTheCalls) {
    auto const alone = asked_twice(Variation::shadow, {}).run();
    auto const usage = asked_twice(Variation::shadow, {as_written(1), as_written(1)}).run();
    EXPECT_EQ(usage.calls, 3 * alone.calls);
    EXPECT_EQ(prompts(usage, answerer), 3 * written);
    EXPECT_EQ(count(usage, answerer, Meter::output), 3 * 200);
    EXPECT_EQ(cause(usage, answerer, Cause::system), 3 * 2000);
}

TEST(AShadow, ReadsTheConversationThatTheUserHad) {
    auto const usage = asked_twice(Variation::shadow, {concise(1)}).run();
    double const beside = 1310 + 1420;  // the history has the 100 tokens that the user was shown
    EXPECT_EQ(prompts(usage, answerer), written + beside);
    EXPECT_EQ(count(usage, answerer, Meter::output), 200 + 140);
    EXPECT_EQ(usage.context.quantile(0.5), asked_twice(Variation::shadow, {}).run().context.quantile(0.5));
}

TEST(AShadow, IsOfItsShareOfSessions) {
    auto const usage = asked_twice(Variation::shadow, {concise(0.3)}).run(20'000);
    EXPECT_NEAR(count(usage, answerer, Meter::output), 200 + 0.3 * 140, 4 * 140 * std::sqrt(0.21 / 20'000));
}

TEST(AShadow, TakesNoTime) {
    auto c = asked_twice(Variation::shadow, {});
    c.target(answerer).ttft_s = exactly(2);
    c.target(answerer).speed = exactly(50);
    double const alone = c.run().duration_s;
    c.workflow.variants.all = {concise(1)};
    EXPECT_EQ(c.run().duration_s, alone);
}

TEST(AShadow, ThatFailsHarmsNobody) {
    Case c{steps(call_with_user(answerer, 10, 100)), 2};
    c.gateway.semantic_cache = SemanticCacheSpec{{answerer}, Number{0.4}, Number{0.1}, embedder};
    c.target(answerer).errors = Number{0.2};
    auto const alone = c.run(500);
    c.workflow.variants = {Variation::shadow, {concise(1)}};
    auto const usage = c.run(500);
    EXPECT_EQ(usage.unharmed, alone.unharmed);
    EXPECT_EQ(usage.cache_hits, alone.cache_hits);
    EXPECT_EQ(usage.duration_s, alone.duration_s);
    EXPECT_EQ(count(usage, embedder, Meter::requests), count(alone, embedder, Meter::requests));
    EXPECT_EQ(count(usage, answerer, Meter::requests), 2 * count(alone, answerer, Meter::requests));
    EXPECT_EQ(count(usage, answerer, Meter::failed), 2 * count(alone, answerer, Meter::failed));
}

TEST(AShadow, RepeatsNoToolsNoRetrievalsAndNoSummaries) {
    auto kb = retrieve(3, 200);
    kb.embed = embedder;
    kb.rerank = reranker;
    auto web = tool(300);
    web.ask = spare;
    Case c{steps(call_with_user(answerer, 10, 100), web, kb, call(answerer, 100)), 4};
    c.workflow.context.history = History::full;
    c.workflow.context.compact = Compaction{Number{2000}, Number{300}, summariser};
    auto const alone = c.run();
    c.workflow.variants = {Variation::shadow, {concise(1), as_written(1)}};
    auto const usage = c.run();
    for (auto const role : {embedder, reranker, spare, summariser})
        EXPECT_EQ(count(usage, role, Meter::requests), count(alone, role, Meter::requests)) << role_names[role.index()];
    EXPECT_GT(count(alone, summariser, Meter::requests), 0);
    EXPECT_EQ(count(usage, answerer, Meter::requests), 3 * count(alone, answerer, Meter::requests));
    EXPECT_EQ(prompts(usage, answerer), 3 * prompts(alone, answerer) + 1300 * 8);
}

TEST(AShadow, GoesOnAfterItsOwnCap) {
    auto step = call(answerer, 1000);
    step.cap = Number{600};
    step.continues = Number{1};
    Case c{steps(step, call(planner, 1))};
    c.workflow.variants = {Variation::shadow, {{"concise", Number{1}, {}, {}, Number{0.5}}}};
    auto const usage = c.run();
    EXPECT_EQ(count(usage, answerer, Meter::requests), 2 + 1) << "500 tokens need no further part";
    EXPECT_EQ(count(usage, answerer, Meter::output), 1000 + 500);
    EXPECT_EQ(prompts(usage, planner), 2 * 1000) << "both read what the user was shown";
}

/// All of the language at once: parallel branches, loops, caches, compaction, retries, semantic cache.
TEST(AShadow, OfTheWholeAssistantIsTwiceItsCalls) {
    auto c = support_assistant();
    auto const alone = c.run(60);
    c.workflow.variants = {Variation::shadow, {as_written(1)}};
    auto const usage = c.run(60);
    for (auto const role : {planner, answerer, spare}) {
        EXPECT_DOUBLE_EQ(prompts(usage, role), 2 * prompts(alone, role)) << role_names[role.index()];
        EXPECT_DOUBLE_EQ(count(usage, role, Meter::output), 2 * count(alone, role, Meter::output));
        EXPECT_DOUBLE_EQ(count(usage, role, Meter::cache_read), 2 * count(alone, role, Meter::cache_read));
    }
    for (auto const role : {embedder, reranker, summariser})
        EXPECT_EQ(count(usage, role, Meter::requests), count(alone, role, Meter::requests));
    EXPECT_EQ(usage.duration_s, alone.duration_s);
    EXPECT_EQ(usage.unharmed, alone.unharmed);
    EXPECT_EQ(usage.cache_hits, alone.cache_hits);
    EXPECT_EQ(usage.turns, alone.turns);
}

class AnyVariation : public testing::TestWithParam<Variation> {};

TEST_P(AnyVariation, HasACauseForEveryPromptToken) {
    auto c = support_assistant();
    c.workflow.variants = {GetParam(), {concise(0.4), as_written(0.3)}};
    for (auto& target : c.targets) target.errors = target.timeouts = Number{0};
    auto const usage = c.run(60);
    for (auto const role : {planner, answerer, spare, summariser}) {
        double causes = 0;
        for (double const tokens : usage.roles[role.index()].causes) causes += tokens;
        EXPECT_NEAR(prompts(usage, role), causes, 1e-6) << role_names[role.index()];
    }
}

INSTANTIATE_TEST_SUITE_P(Both, AnyVariation, testing::Values(Variation::split, Variation::shadow));

TEST(Variants, TakeNoChanceFromAnybodyElse) {
    auto c = support_assistant();
    auto const alone = c.run(60);
    c.workflow.variants.all = {as_written(0.5)};
    auto const usage = c.run(60);
    for (auto const role : {planner, answerer, spare})
        EXPECT_EQ(count(usage, role, Meter::output), count(alone, role, Meter::output));
}

}  // namespace
}  // namespace runrate
