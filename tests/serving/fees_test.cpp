// Tools, queries and reranks that are billed by use: no tokens, one request each.
#include <gtest/gtest.h>

#include "serving/build.h"

namespace runrate {
namespace {

ToolStep search(double result, double seconds = 0) {
    auto step = tool(result, seconds);
    step.ask = spare;
    return step;
}

RetrieveStep query(double chunks, double chunk) {
    auto step = retrieve(chunks, chunk);
    step.query = spare;
    return step;
}

TEST(AToolThatAsks, IsOneBilledRequestWithoutTokens) {
    Case c{steps(repeat(5, steps(search(700))), call(answerer, 100))};
    auto const usage = c.run();
    EXPECT_EQ(count(usage, spare, Meter::requests), 5);
    EXPECT_EQ(prompts(usage, spare), 0);
    EXPECT_EQ(count(usage, spare, Meter::output), 0);
    EXPECT_EQ(count(usage, spare, Meter::searches), 0);
    EXPECT_EQ(prompts(usage, answerer), 5 * 700);
    EXPECT_EQ(usage.calls, 6);
}

TEST(AToolThatAsks, HasNoLengthsInThePercentiles) {
    auto const usage = Case{steps(search(700), call(answerer, 100))}.run();
    EXPECT_EQ(usage.roles[spare.index()].prompt.count(), 0u);
    EXPECT_EQ(usage.roles[spare.index()].output.count(), 0u);
    EXPECT_EQ(usage.roles[spare.index()].calls, 1);
}

TEST(AToolThatAsks, TakesItsOwnTimeAndThatOfWhomItAsks) {
    Case c{steps(search(700, 3))};
    c.target(spare).ttft_s = exactly(2);
    EXPECT_DOUBLE_EQ(c.run().duration_s, 5);
}

TEST(AToolThatFails, BringsNoResultAndHarmsItsSession) {
    Case c{steps(search(700), call(answerer, 100))};
    c.target(spare).errors = Number{1};
    auto const usage = c.run();
    EXPECT_EQ(prompts(usage, answerer), 0);
    EXPECT_EQ(count(usage, spare, Meter::requests), 0);
    EXPECT_EQ(count(usage, spare, Meter::failed), 1);
    EXPECT_EQ(usage.unharmed, 0);
}

TEST(AToolThatFails, IsTriedAgainByTheGateway) {
    Case c{steps(search(700))};
    c.target(spare).errors = Number{0.5};
    c.target(spare).errors_billed = true;
    c.gateway.retry.attempts = 3;
    auto const usage = c.run(20'000);
    double const error = standard_error(usage, Meter::requests, Meter::requests);
    EXPECT_NEAR(count(usage, spare, Meter::requests), 1.75, 4 * error);
    EXPECT_LT(error, 0.01);
}

TEST(AToolWithoutAsk, TakesTheChanceThatItTookBefore) {
    auto plain = tool(0, 0);
    plain.result = law(Family::uniform, {{Parameter::low, 100}, {Parameter::high, 900}});
    auto asking = plain;
    asking.ask = spare;
    auto const without = Case{steps(plain, call(answerer, 1))}.run(50);
    auto const with = Case{steps(asking, call(answerer, 1))}.run(50);
    EXPECT_EQ(prompts(without, answerer), prompts(with, answerer));
}

TEST(AQuery, IsOneBilledRequestHoweverManyChunksItFinds) {
    auto const usage = Case{steps(query(8, 50), call(answerer, 100))}.run();
    EXPECT_EQ(count(usage, spare, Meter::requests), 1);
    EXPECT_EQ(prompts(usage, spare), 0);
    EXPECT_EQ(prompts(usage, answerer), 8 * 50);
}

TEST(AQuery, ComesAfterTheEmbeddingAndBeforeTheRerank) {
    auto all = query(8, 50);
    all.embed = embedder;
    all.rerank = reranker;
    for (auto const failing : {embedder, spare, reranker}) {
        Case c{steps(all, call_with_user(answerer, 10, 100))};
        c.target(failing).errors = Number{1};
        auto const usage = c.run();
        EXPECT_EQ(count(usage, spare, Meter::requests), failing == reranker ? 1 : 0);
        EXPECT_EQ(count(usage, reranker, Meter::requests), 0);
        EXPECT_EQ(prompts(usage, answerer), 10) << "no chunks";
        EXPECT_EQ(usage.unharmed, 0);
    }
}

/// Searches of a rerank of so many documents, of which three join.
double searches_of(double fetch) {
    auto step = retrieve(3, 50);
    step.rerank = reranker;
    step.fetch = Number{fetch};
    auto const usage = Case{steps(step, call(answerer, 1))}.run();
    EXPECT_EQ(prompts(usage, answerer), 150);
    EXPECT_EQ(count(usage, reranker, Meter::requests), 1);
    return count(usage, reranker, Meter::searches);
}

TEST(ARerank, IsBilledInSearchesOfAHundredDocuments) {
    EXPECT_EQ(searches_of(3), 1);
    EXPECT_EQ(searches_of(100), 1);
    EXPECT_EQ(searches_of(101), 2);
    EXPECT_EQ(searches_of(250), 3);
}

TEST(ARerank, ReadsTheChunksWhereNothingSaysHowManyAreFetched) {
    auto step = retrieve(120, 1);
    step.rerank = reranker;
    EXPECT_EQ(count(Case{steps(step)}.run(), reranker, Meter::searches), 2);
}

}  // namespace
}  // namespace runrate
