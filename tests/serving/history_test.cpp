#include <gtest/gtest.h>

#include "serving/build.h"

namespace runrate {
namespace {

/// Planner, tool, two chunks, answerer: 10 of user, 20 of plan, 30 of result, 80 of chunks, 60 of answer in each turn.
Case three_turns(std::variant<History, Window> history) {
    Case c{steps(call_with_user(planner, 10, 20), tool(30), retrieve(2, 40), call(answerer, 60)), 3};
    c.workflow.context.system = Number{100};
    c.workflow.context.tools = Number{50};
    c.workflow.context.history = history;
    return c;
}

TEST(History, FullKeepsAllThatJoined) {
    auto const usage = three_turns(History::full).run();
    EXPECT_EQ(prompts(usage, planner), 160 + 360 + 560);
    EXPECT_EQ(prompts(usage, answerer), 290 + 490 + 690);
    EXPECT_EQ(count(usage, planner, Meter::output), 3 * 20);
    EXPECT_EQ(count(usage, answerer, Meter::output), 3 * 60);
    EXPECT_EQ(count(usage, planner, Meter::requests), 3);
    EXPECT_EQ(usage.calls, 6);
    EXPECT_EQ(usage.turns, 3);
}

TEST(History, DialogueKeepsUserTextAndTheLastCallsOutput) {
    auto const usage = three_turns(History::dialogue).run();
    EXPECT_EQ(prompts(usage, planner), 160 + 230 + 300);
    EXPECT_EQ(prompts(usage, answerer), 290 + 360 + 430);
}

TEST(History, NoneKeepsNothing) {
    auto const usage = three_turns(History::none).run();
    EXPECT_EQ(prompts(usage, planner), 3 * 160);
    EXPECT_EQ(prompts(usage, answerer), 3 * 290);
}

TEST(History, AWindowKeepsTheLastTurnsAsItsRuleWould) {
    auto const full = three_turns(Window{1, History::full}).run();
    EXPECT_EQ(prompts(full, planner), 160 + 360 + 360);
    EXPECT_EQ(prompts(full, answerer), 290 + 490 + 490);

    auto const dialogue = three_turns(Window{1, History::dialogue}).run();
    EXPECT_EQ(prompts(dialogue, planner), 160 + 230 + 230);
    EXPECT_EQ(prompts(dialogue, answerer), 290 + 360 + 360);
}

TEST(History, AWindowOfTwoTurnsForgetsTheThird) {
    auto c = three_turns(Window{2, History::dialogue});
    c.session.turns = exactly(4);
    EXPECT_EQ(prompts(c.run(), planner), 160 + 230 + 300 + 300);
}

TEST(History, CausesSayWhatPromptsConsistOf) {
    auto const usage = three_turns(History::dialogue).run();
    EXPECT_EQ(cause(usage, answerer, Cause::system), 3 * 100);
    EXPECT_EQ(cause(usage, answerer, Cause::tools), 3 * 50);
    EXPECT_EQ(cause(usage, answerer, Cause::history), 0 + 70 + 140);
    EXPECT_EQ(cause(usage, answerer, Cause::outputs), 3 * 20);
    EXPECT_EQ(cause(usage, answerer, Cause::results), 3 * 30);
    EXPECT_EQ(cause(usage, answerer, Cause::chunks), 3 * 80);
    EXPECT_EQ(cause(usage, answerer, Cause::user), 3 * 10);
}

TEST(History, TheContextSketchHoldsThePromptOfTheLastCall) {
    auto const usage = three_turns(History::dialogue).run();
    EXPECT_EQ(usage.context.count(), 3u);
    EXPECT_NEAR(usage.context.quantile(0.5), 430, 430 * 0.004);
}

TEST(UserText, JoinsOnceThoughItsCallIsRepeated) {
    Case c{steps(repeat(3, steps(call_with_user(planner, 10, 20))))};
    EXPECT_EQ(prompts(c.run(), planner), 10 + 30 + 50);
}

TEST(UserText, IsEmbeddedByARetrievalThatComesBeforeItsCall) {
    auto search = retrieve(2, 40);
    search.embed = embedder;
    Case c{steps(search, call_with_user(answerer, 10, 60))};
    auto const usage = c.run();
    EXPECT_EQ(count(usage, embedder, Meter::input), 10);
    EXPECT_EQ(count(usage, embedder, Meter::requests), 1);
    EXPECT_EQ(prompts(usage, answerer), 80 + 10);
}

TEST(UserText, IsTheSameForTheRetrievalBeforeItAndItsCall) {
    auto search = retrieve(2, 40);
    search.embed = embedder;
    auto asked = call(answerer, 60);
    asked.user = law(Family::lognormal, {{Parameter::mean, 200}, {Parameter::cv, 1}});
    auto const usage = Case{steps(search, asked), 5}.run(40);
    EXPECT_EQ(count(usage, embedder, Meter::input), cause(usage, answerer, Cause::user));
}

TEST(Retrieval, EmbedsQueriesRanksAndJoinsItsChunks) {
    auto search = retrieve(3, 100);
    search.embed = embedder;
    search.rerank = reranker;
    search.time = exactly(2);
    Case c{steps(call_with_user(planner, 10, 20), search, call(answerer, 60))};
    c.target(embedder).ttft_s = exactly(0.5);
    c.target(reranker).ttft_s = exactly(0.25);
    auto const usage = c.run();
    EXPECT_EQ(count(usage, embedder, Meter::input), 10);
    EXPECT_EQ(count(usage, embedder, Meter::output), 0);
    EXPECT_EQ(count(usage, reranker, Meter::searches), 1);
    EXPECT_EQ(count(usage, reranker, Meter::requests), 1);
    EXPECT_EQ(count(usage, reranker, Meter::input), 0);
    EXPECT_EQ(prompts(usage, answerer), 10 + 20 + 300);
    EXPECT_EQ(usage.duration_s, 2.75);
    EXPECT_EQ(usage.calls, 4);
}

TEST(Reasoning, IsBilledAndLeavesAfterItsCall) {
    auto thinking = call_with_user(planner, 10, 20);
    thinking.reasoning = exactly(500);
    Case c{steps(thinking, call(answerer, 60)), 2};
    c.workflow.context.history = History::full;
    auto const usage = c.run();
    EXPECT_EQ(count(usage, planner, Meter::reasoning), 2 * 500);
    EXPECT_EQ(count(usage, planner, Meter::output), 2 * 20);
    EXPECT_EQ(prompts(usage, answerer), 30 + 120);
    EXPECT_EQ(prompts(usage, planner), 10 + 100);
}

TEST(Reasoning, CanBeKeptToTheEndOfItsTurn) {
    auto thinking = call_with_user(planner, 10, 20);
    thinking.reasoning = exactly(500);
    Case c{steps(thinking, call(answerer, 60)), 2};
    c.workflow.context.history = History::full;
    c.workflow.context.keep_reasoning = true;
    auto const usage = c.run();
    EXPECT_EQ(prompts(usage, answerer), 530 + 620);
    EXPECT_EQ(prompts(usage, planner), 10 + 100);
}

TEST(Caps, CutReasoningAndOutputTogetherReasoningFirst) {
    auto capped = call_with_user(planner, 10, 300);
    capped.reasoning = exactly(400);
    capped.cap = Number{500};
    auto const usage = Case{steps(capped, call(answerer, 1))}.run();
    EXPECT_EQ(count(usage, planner, Meter::reasoning), 400);
    EXPECT_EQ(count(usage, planner, Meter::output), 100);
    EXPECT_EQ(prompts(usage, answerer), 110);
    EXPECT_EQ(usage.roles[planner.index()].over_cap, 1);
    EXPECT_EQ(usage.roles[answerer.index()].over_cap, 0);

    capped.cap = Number{350};
    auto const tighter = Case{steps(capped)}.run();
    EXPECT_EQ(count(tighter, planner, Meter::reasoning), 350);
    EXPECT_EQ(count(tighter, planner, Meter::output), 0);
}

TEST(Caps, OfTheVisibleOutputLeaveReasoningAlone) {
    auto capped = call_with_user(planner, 10, 300);
    capped.reasoning = exactly(400);
    capped.cap_visible = Number{120};
    auto const usage = Case{steps(capped)}.run();
    EXPECT_EQ(count(usage, planner, Meter::reasoning), 400);
    EXPECT_EQ(count(usage, planner, Meter::output), 120);
    EXPECT_EQ(usage.roles[planner.index()].over_cap, 1);
}

TEST(Adjustment, OutputMultipliesVisibleTokensAndReasoning) {
    auto thinking = call_with_user(planner, 10, 200);
    thinking.reasoning = exactly(400);
    Case c{steps(thinking, call(answerer, 1))};
    c.option.adjustments[planner.index()].output = Number{1.5};
    auto const usage = c.run();
    EXPECT_EQ(count(usage, planner, Meter::output), 300);
    EXPECT_EQ(count(usage, planner, Meter::reasoning), 600);
    EXPECT_EQ(prompts(usage, answerer), 310);
}

TEST(Adjustment, TokenizerMultipliesWhatARoleIsBilledButNotTheContext) {
    Case c{steps(call_with_user(planner, 10, 200), call(answerer, 100))};
    c.workflow.context.system = Number{1000};
    c.option.adjustments[planner.index()].tokenizer = Number{1.2};
    auto const usage = c.run();
    EXPECT_EQ(prompts(usage, planner), 1212);
    EXPECT_EQ(count(usage, planner, Meter::output), 240);
    EXPECT_EQ(prompts(usage, answerer), 1210);
}

TEST(Dialogue, KeepsNoOutputOfATurnWhoseLastCallShowedNothing) {
    auto silent = call(answerer, 60);
    silent.reasoning = exactly(500);
    silent.cap = Number{400};  // reasoning takes all of it
    Case c{steps(call_with_user(planner, 10, 20), silent), 2};
    EXPECT_EQ(prompts(c.run(), planner), 10 + 20);
}

TEST(Dialogue, KeepsNoOutputOfATurnWhoseLastCallFailed) {
    Case c{steps(call_with_user(planner, 10, 20), call(answerer, 60)), 2};
    c.target(answerer).errors = Number{1};
    EXPECT_EQ(prompts(c.run(), planner), 10 + 20);
}

}  // namespace
}  // namespace runrate
