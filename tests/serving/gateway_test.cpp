#include "serving/gateway.h"

#include <gtest/gtest.h>

#include "serving/build.h"

namespace runrate {
namespace {

TEST(ExpectedAttempts, AreThePublishedAmplifications) {
    EXPECT_NEAR(expected_attempts(0.2, 3, 1), 1.24, 1e-12);
    EXPECT_NEAR(expected_attempts(0.5, 3, 1), 1.75, 1e-12);
    EXPECT_NEAR(expected_attempts(0.9, 3, 1), 2.71, 1e-12);
    EXPECT_NEAR(expected_attempts(0.9, 3, 3), 6.13, 0.005);
    EXPECT_NEAR(expected_attempts(0.9, 3, 3), expected_attempts(0.9, 9, 1), 1e-12) << "stacked loops are one long one";
    EXPECT_EQ(expected_attempts(0, 3, 3), 1);
    EXPECT_EQ(expected_attempts(1, 3, 3), 9);
}

TEST(RetryAllowance, BringsRetriesDownToTheBudget) {
    EXPECT_EQ(retry_allowance(0.05, 3, 0.1), 1) << "0.05 + 0.0025 are within it";
    double const q = retry_allowance(0.5, 3, 0.1);
    EXPECT_NEAR(0.5 * q + 0.25 * q * q, 0.1, 1e-12);
    EXPECT_EQ(retry_allowance(0.5, 3, 0), 0);
}

TEST(LoopFailure, IsThePowerOfFailuresWhereAllRetriesAreAllowed) {
    EXPECT_NEAR(loop_failure(0.9, 3, 1), 0.729, 1e-12);
    EXPECT_EQ(loop_failure(0.9, 3, 0), 0.9);
    EXPECT_NEAR(loop_failure(0.9, 2, 0.5), 0.9 * (0.5 + 0.5 * 0.9), 1e-12);
}

/// One call whose target fails with probability `p`.
Case failing(double p, int inner, int outer) {
    auto asked = call_with_user(planner, 10, 20);
    asked.retry = up_to(inner);
    Case c{steps(asked)};
    c.target(planner).errors = Number{p};
    c.gateway.retry.attempts = outer;
    return c;
}

struct Amplification {
    double p;
    int inner, outer;
};

class Retries : public testing::TestWithParam<Amplification> {};

TEST_P(Retries, AmplifyAsTheFormulaSays) {
    auto const [p, inner, outer] = GetParam();
    auto const usage = failing(p, inner, outer).run(20'000);
    double const expected = expected_attempts(p, inner, outer);
    double const error = standard_error(usage, Meter::requests, Meter::failed);
    EXPECT_NEAR(usage.attempts, expected, 4 * error);
    EXPECT_LT(error, 0.01 * expected);
    EXPECT_EQ(usage.calls, 1);
    EXPECT_NEAR(usage.attempts, count(usage, planner, Meter::requests) + count(usage, planner, Meter::failed), 1e-9);
}

INSTANTIATE_TEST_SUITE_P(Gateway, Retries,
                         testing::Values(Amplification{0.2, 3, 1}, Amplification{0.5, 1, 3}, Amplification{0.9, 3, 1},
                                         Amplification{0.9, 3, 3}));

TEST(Retry, KeepsToItsBudget) {
    auto c = failing(0.5, 1, 3);
    c.gateway.retry.budget = Number{0.1};
    auto const usage = c.run(20'000);
    EXPECT_NEAR(usage.attempts, 1.1, 4 * standard_error(usage, Meter::requests, Meter::failed));
}

TEST(Retry, BudgetOfTheGatewayCountsFailuresOfTheWholeInnerLoop) {
    auto c = failing(0.5, 3, 3);
    c.gateway.retry.budget = Number{0.2};  // an inner loop fails in 0.125 of cases: 0.14 retries are within it
    auto const usage = c.run(20'000);
    EXPECT_NEAR(usage.attempts, expected_attempts(0.5, 3, 3),
                4 * standard_error(usage, Meter::requests, Meter::failed));
}

TEST(Retry, WaitsLongerEachTimeUpToALongest) {
    auto c = failing(1, 1, 5);
    c.gateway.retry.backoff_s = Number{1};
    c.gateway.retry.factor = Number{3};
    c.gateway.retry.longest_s = Number{10};
    c.target(planner).ttft_s = exactly(0.5);
    EXPECT_EQ(c.run().duration_s, 5 * 0.5 + 1 + 3 + 9 + 10);
}

TEST(Retry, JittersEvenlyAroundItsWait) {
    auto c = failing(1, 1, 2);
    c.gateway.retry.backoff_s = Number{8};
    c.gateway.retry.jitter = Number{0.25};
    EXPECT_NEAR(c.run(20'000).duration_s, 8, 4 * 8 * 0.25 / std::sqrt(3 * 20'000.0));
    EXPECT_NE(c.run(1).duration_s, 8);
}

TEST(Errors, BillNothingUnlessTheTargetSaysSo) {
    auto c = failing(1, 1, 2);
    auto const unbilled = c.run();
    EXPECT_EQ(count(unbilled, planner, Meter::requests), 0);
    EXPECT_EQ(count(unbilled, planner, Meter::failed), 2);
    EXPECT_EQ(prompts(unbilled, planner), 0);
    c.target(planner).errors_billed = true;
    auto const billed = c.run();
    EXPECT_EQ(count(billed, planner, Meter::requests), 2);
    EXPECT_EQ(count(billed, planner, Meter::failed), 0);
    EXPECT_EQ(prompts(billed, planner), 2 * 10);
}

TEST(Timeouts, BillInFullUnlessTheTargetSaysSoAndTakeTheirTime) {
    auto c = failing(0, 1, 2);
    c.target(planner).timeouts = Number{1};
    c.target(planner).timeout_s = Number{60};
    auto const billed = c.run();
    EXPECT_EQ(count(billed, planner, Meter::output), 2 * 20);
    EXPECT_EQ(billed.duration_s, 120);
    c.target(planner).timeouts_billed = false;
    EXPECT_EQ(count(c.run(), planner, Meter::output), 0);
}

TEST(Failure, InAllAttemptsLeavesTheTurnWithoutThatOutput) {
    Case c{steps(call_with_user(planner, 10, 20), call(answerer, 60))};
    c.target(planner).errors = Number{1};
    auto const usage = c.run();
    EXPECT_EQ(prompts(usage, answerer), 10);
    EXPECT_EQ(usage.unharmed, 0);
}

TEST(Failure, OfAnEmbeddingLeavesTheTurnWithoutItsChunks) {
    auto search = retrieve(2, 40);
    search.embed = embedder;
    search.rerank = reranker;
    Case c{steps(search, call_with_user(answerer, 10, 60))};
    c.target(embedder).errors = Number{1};
    auto const usage = c.run();
    EXPECT_EQ(prompts(usage, answerer), 10);
    EXPECT_EQ(count(usage, reranker, Meter::searches), 0);
    EXPECT_EQ(usage.unharmed, 0);
}

TEST(Latency, IsTheFirstTokenAndTheOutputAtItsSpeed) {
    auto thinking = call_with_user(planner, 10, 20);
    thinking.reasoning = exactly(80);
    Case c{steps(thinking)};
    c.target(planner).ttft_s = exactly(0.5);
    c.target(planner).speed = exactly(50);
    EXPECT_EQ(c.run().duration_s, 0.5 + 2);
}

TEST(Cascade, BillsTheFirstAlwaysAndTheThenWhereItIsNotKept) {
    Case c{steps(call_with_user(planner, 10, 20))};
    c.option.routes[planner.index()] = Cascade{TargetId{0}, Number{0.7}, TargetId{1}};
    c.targets[0].ttft_s = exactly(1);
    c.targets[1].ttft_s = exactly(10);
    auto const usage = c.run(20'000);
    double const error = std::sqrt(0.7 * 0.3 / 20'000);
    double const second = count(usage, TargetId{1}, Meter::requests);
    EXPECT_EQ(count(usage, TargetId{0}, Meter::requests), 1);
    EXPECT_NEAR(second, 0.3, 4 * error);
    EXPECT_NEAR(count(usage, TargetId{1}, Meter::output), 20 * second, 1e-9);
    EXPECT_NEAR(usage.duration_s, 1 + 10 * second, 1e-6);
}

TEST(Cascade, AsksTheThenWhereTheFirstFails) {
    Case c{steps(call_with_user(planner, 10, 20), call(answerer, 1))};
    c.option.routes[planner.index()] = Cascade{TargetId{2}, Number{1}, TargetId{3}};
    c.targets[2].errors = Number{1};
    auto const usage = c.run();
    EXPECT_EQ(count(usage, TargetId{3}, Meter::requests), 1);
    EXPECT_EQ(prompts(usage, answerer), 30);
    EXPECT_EQ(usage.unharmed, 1);
}

TEST(Shares, DivideCallsByTheirWeights) {
    Case c{steps(call_with_user(planner, 10, 20))};
    c.option.routes[planner.index()] = Shares{{{TargetId{0}, Number{3}}, {TargetId{1}, Number{1}}}, false};
    auto const usage = c.run(20'000);
    EXPECT_NEAR(count(usage, TargetId{1}, Meter::requests), 0.25, 4 * std::sqrt(0.25 * 0.75 / 20'000));
    EXPECT_NEAR(count(usage, planner, Meter::requests), 1, 1e-12);
}

/// Sample variance over sessions of one target's requests.
double variance_of_requests(FeatureUsage const& usage, std::size_t key) {
    auto const width = usage.keys.size() * meter_count;
    return usage.covariance[key * meter_count * width + key * meter_count];
}

TEST(Shares, ThatStickKeepASessionOnItsDraw) {
    Case c{steps(call_with_user(planner, 10, 20)), 10};
    Shares shares{{{TargetId{0}, Number{1}}, {TargetId{1}, Number{1}}}, false};
    c.option.routes[planner.index()] = shares;
    auto const loose = c.run(4000);
    EXPECT_NEAR(variance_of_requests(loose, 0), 10 * 0.25, 0.4);  // binomial
    shares.sticky = true;
    c.option.routes[planner.index()] = shares;
    auto const sticky = c.run(4000);
    EXPECT_NEAR(variance_of_requests(sticky, 0), 100 * 0.25, 0.4);  // all or none
    EXPECT_NEAR(count(sticky, TargetId{0}, Meter::requests), 5, 4 * std::sqrt(25.0 / 4000));
}

TEST(SemanticCache, AnswersInPlaceOfTheCallAndItsAnswerJoins) {
    Case c{steps(call_with_user(planner, 10, 20), call(answerer, 60)), 2};
    c.workflow.context.keep_reasoning = true;
    c.gateway.semantic_cache = SemanticCacheSpec{{answerer}, Number{1}, Number{0}, embedder};
    c.target(answerer).ttft_s = exactly(3);
    auto const usage = c.run();
    EXPECT_EQ(count(usage, answerer, Meter::requests), 0);
    EXPECT_EQ(prompts(usage, planner), 10 + (10 + 60 + 10));
    EXPECT_EQ(count(usage, embedder, Meter::input), 2 * 10);
    EXPECT_EQ(usage.cache_hits, 2);
    EXPECT_EQ(usage.duration_s, 0);
    EXPECT_EQ(usage.unharmed, 1);
}

TEST(SemanticCache, LooksUpForNothingWhereNoRoleEmbeds) {
    Case c{steps(call_with_user(answerer, 10, 60))};
    c.gateway.semantic_cache = SemanticCacheSpec{{answerer}, Number{0}, Number{0}, {}};
    auto const usage = c.run();
    EXPECT_EQ(usage.calls, 1);
    EXPECT_EQ(count(usage, answerer, Meter::requests), 1);
}

TEST(SemanticCache, HitsAndHarmsAsOftenAsItsSharesSay) {
    Case c{steps(call_with_user(answerer, 10, 60))};
    c.gateway.semantic_cache = SemanticCacheSpec{{answerer}, Number{0.3}, Number{0.2}, {}};
    auto const usage = c.run(20'000);
    EXPECT_NEAR(usage.cache_hits, 0.3, 4 * std::sqrt(0.3 * 0.7 / 20'000));
    EXPECT_NEAR(usage.unharmed, 1 - 0.06, 4 * std::sqrt(0.06 * 0.94 / 20'000));
    EXPECT_NEAR(usage.cache_hits + count(usage, answerer, Meter::requests), 1, 1e-12);
}

TEST(SemanticCache, IsMissedWhereTheLookUpFails) {
    Case c{steps(call_with_user(answerer, 10, 60))};
    c.gateway.semantic_cache = SemanticCacheSpec{{answerer}, Number{1}, Number{1}, embedder};
    c.target(embedder).errors = Number{1};
    auto const usage = c.run();
    EXPECT_EQ(count(usage, answerer, Meter::requests), 1);
    EXPECT_EQ(usage.unharmed, 1);
}

}  // namespace
}  // namespace runrate
