// How long answers are: hidden reasoning as a share, caps, and what goes on after them.
#include <algorithm>

#include <gtest/gtest.h>

#include "serving/build.h"
#include "serving/draft.h"

namespace runrate {
namespace {

CallStep thinking(double visible, double share) {
    auto step = call(answerer, visible);
    step.reasoning_share = exactly(share);
    return step;
}

TEST(ReasoningShare, IsOfAllThatIsGenerated) {
    auto const usage = Case{steps(thinking(300, 0.7))}.run();
    EXPECT_EQ(count(usage, answerer, Meter::output), 300);
    EXPECT_EQ(count(usage, answerer, Meter::reasoning), 700) << "3.33 times the visible output";
}

TEST(ReasoningShare, OfNothingIsNothing) {
    EXPECT_EQ(count(Case{steps(thinking(300, 0))}.run(), answerer, Meter::reasoning), 0);
    EXPECT_EQ(count(Case{steps(thinking(0, 0.9))}.run(), answerer, Meter::reasoning), 0);
}

TEST(ReasoningShare, RoundsHalfToEven) {
    EXPECT_EQ(reasoning_beside(6, 0.2), 2) << "1.5";
    EXPECT_EQ(reasoning_beside(10, 0.2), 2) << "2.5";
    EXPECT_EQ(reasoning_beside(300, 0.76), 950);
}

/// The mean of x/(1 - x) under the law, not at its mean.
TEST(ReasoningShare, VariesFromCallToCall) {
    auto step = call(answerer, 1000);
    step.reasoning_share = law(Family::uniform, {{Parameter::low, 0.5}, {Parameter::high, 0.9}});
    auto const usage = Case{steps(step)}.run(20'000);
    double const expected = 1000 * (std::log(0.5 / 0.1) / 0.4 - 1);
    double const error = standard_error(usage, Meter::reasoning, Meter::reasoning);
    EXPECT_NEAR(count(usage, answerer, Meter::reasoning), expected, 4 * error);
    EXPECT_LT(error, 0.01 * expected);
}

TEST(ReasoningShare, FollowsTheVerbosityOfAnOption) {
    Case c{steps(thinking(300, 0.7))};
    c.option.adjustments[answerer.index()].output = Number{2};
    auto const usage = c.run();
    EXPECT_EQ(count(usage, answerer, Meter::output), 600);
    EXPECT_EQ(count(usage, answerer, Meter::reasoning), 1400);
}

TEST(ReasoningShare, IsOfTheAnswerBeforeItsCap) {
    auto step = thinking(300, 0.7);
    step.cap = Number{800};
    auto const usage = Case{steps(step)}.run();
    EXPECT_EQ(count(usage, answerer, Meter::reasoning), 700);
    EXPECT_EQ(count(usage, answerer, Meter::output), 100);
}

CallStep going_on(double visible, double cap, double probability) {
    auto step = call(answerer, visible);
    step.cap = Number{cap};
    step.continues = Number{probability};
    return step;
}

struct Length {
    double tokens, cap;
};
class AnswerThatGoesOn : public testing::TestWithParam<Length> {};

TEST_P(AnswerThatGoesOn, IsWholeInAsManyCallsAsItsCapNeeds) {
    auto const [tokens, cap] = GetParam();
    auto const usage = Case{steps(going_on(tokens, cap, 1))}.run();
    EXPECT_EQ(count(usage, answerer, Meter::output), tokens);
    EXPECT_EQ(usage.calls, std::ceil(tokens / cap));
    double const parts = std::ceil(tokens / cap);
    EXPECT_EQ(prompts(usage, answerer), cap * parts * (parts - 1) / 2) << "each reads what has been written";
    EXPECT_EQ(usage.roles[answerer.index()].over_cap, parts - 1);
}

INSTANTIATE_TEST_SUITE_P(Lengths, AnswerThatGoesOn,
                         testing::Values(Length{400, 500}, Length{500, 500}, Length{501, 500}, Length{1700, 500},
                                         Length{10, 1}));

TEST(ACappedAnswer, IsTheMinimumWhereItDoesNotGoOn) {
    auto step = going_on(0, 500, 0);
    step.output = law(Family::exponential, {{Parameter::mean, 500}});
    auto const never = Case{steps(step)}.run(20'000);
    step.continues.reset();
    auto const without = Case{steps(step)}.run(20'000);
    EXPECT_EQ(never.mean, without.mean);
    double const error = standard_error(without, Meter::output, Meter::output);
    EXPECT_NEAR(count(without, answerer, Meter::output), 500 * (1 - std::exp(-1.0)), 4 * error + 0.5);
    EXPECT_LT(error, 0.01 * 500);
}

/// Of the answers longer than n caps a share p^n has its n-th further part: the sum of p^n E[min(X, (n+1)c) - min(X,
/// nc)].
TEST(AnAnswerThatMayGoOn, HasTheMeanOfItsParts) {
    auto step = going_on(0, 500, 0.3);
    step.output = law(Family::exponential, {{Parameter::mean, 500}});
    auto const usage = Case{steps(step)}.run(40'000);
    double const q = std::exp(-1.0);
    double const expected = 500 * (1 - q) / (1 - 0.3 * q);
    double const error = standard_error(usage, Meter::output, Meter::output);
    EXPECT_NEAR(count(usage, answerer, Meter::output), expected, 4 * error + 0.5);
    EXPECT_LT(error, 0.01 * expected);
    EXPECT_NEAR(usage.calls, 1 / (1 - 0.3 * q), 0.02);
}

TEST(AnAnswerThatGoesOn, ReasonsFirst) {
    auto step = going_on(300, 500, 1);
    step.reasoning = exactly(600);
    auto const usage = Case{steps(step)}.run();
    EXPECT_EQ(usage.calls, 2) << "900 tokens by 500";
    EXPECT_EQ(count(usage, answerer, Meter::reasoning), 600);
    EXPECT_EQ(count(usage, answerer, Meter::output), 300);
    EXPECT_EQ(prompts(usage, answerer), 0) << "what was reasoned has left";
}

TEST(AnAnswerThatGoesOn, IsCutOnceByTheCapOfWhatIsShown) {
    auto step = going_on(2000, 500, 1);
    step.cap_visible = Number{700};
    auto const usage = Case{steps(step)}.run();
    EXPECT_EQ(count(usage, answerer, Meter::output), 700);
    EXPECT_EQ(usage.calls, 2);
}

TEST(AnAnswerThatGoesOn, IsOneAnswerToTheHistory) {
    Case c{steps(call_with_user(answerer, 10, 0)), 2};
    auto step = going_on(1200, 500, 1);
    step.user = exactly(10);
    c.workflow.steps = steps(step);
    auto const usage = c.run();
    EXPECT_EQ(usage.calls, 6);
    double const first = 10 + 510 + 1010;
    EXPECT_EQ(prompts(usage, answerer), first + first + 3 * 1210) << "user text and whole answer of the first turn";
}

TEST(AnAnswerThatGoesOn, StopsWhenAPartFails) {
    auto step = going_on(5000, 500, 1);
    Case c{steps(step, call(planner, 1))};
    c.target(answerer).timeouts = Number{1};
    auto const usage = c.run();
    EXPECT_EQ(count(usage, answerer, Meter::requests), 1);
    EXPECT_EQ(prompts(usage, planner), 0);
    EXPECT_EQ(usage.unharmed, 0);
}

TEST(AnAnswerThatGoesOn, FailsIndependentlyInEachPart) {
    auto step = going_on(1000, 500, 1);
    Case c{steps(step)};
    c.target(answerer).errors = Number{0.5};
    auto const usage = c.run(40'000);
    EXPECT_NEAR(usage.unharmed, 0.25, 4 * std::sqrt(0.25 * 0.75 / 40'000));
}

TEST(AnAnswerThatGoesOn, EndsThoughItsCapLetsNothingThrough) {
    EXPECT_EQ(Case{steps(going_on(100, 0, 1))}.run().calls, 1);
    EXPECT_EQ(Case{steps(going_on(100'000, 1, 1))}.run().calls, 256) << "and at the 256th part";
}

TEST(AnAnswerThatGoesOn, ShiftsTheChanceOfNoOtherCall) {
    auto later = call(planner, 0);
    later.output = law(Family::exponential, {{Parameter::mean, 100}});
    auto step = going_on(1000, 300, 1);
    auto plain = step;
    plain.continues.reset();
    auto const with = Case{steps(repeat(3, steps(step, later)))}.run(50);
    auto const without = Case{steps(repeat(3, steps(plain, later)))}.run(50);
    EXPECT_EQ(count(with, planner, Meter::output), count(without, planner, Meter::output));
}

TEST(Draft, JoinsAllOfTheAnswerWhateverTheTokenizer) {
    for (double const tokenizer : {1.0, 1.37, 0.8}) {
        Draft draft{{1000, 300}, 170};
        AnswerLengths joined, written;
        bool cut = true;
        do {
            auto const part = draft.next(tokenizer);
            EXPECT_LE(part.written.visible + part.written.reasoning, 170);
            written = {written.visible + part.written.visible, written.reasoning + part.written.reasoning};
            joined = {joined.visible + part.joining.visible, joined.reasoning + part.joining.reasoning};
            cut = part.cut;
            draft.take(tokenizer);
        } while (draft.goes_on());
        EXPECT_EQ(joined.visible, 1000);
        EXPECT_EQ(joined.reasoning, 300);
        EXPECT_EQ(written.visible, scaled_tokens(1000, tokenizer));
        EXPECT_FALSE(cut);
    }
}

TEST(Draft, GoesOnByTheTokenizerOfWhoeverWritesTheNextPart) {
    Draft draft{{1000, 0}, 400};
    EXPECT_EQ(draft.next(1).joining.visible, 400);
    draft.take(1);
    auto const rest = draft.next(2);  // 600 tokens of the workflow are 1,200 of its own
    EXPECT_EQ(rest.written.visible, 400);
    EXPECT_EQ(rest.joining.visible, 200);
    draft.take(2);
    EXPECT_TRUE(draft.goes_on());
    EXPECT_EQ(draft.next(1).written.visible, 400);
    draft.take(1);
    EXPECT_FALSE(draft.goes_on());
}

}  // namespace
}  // namespace runrate
