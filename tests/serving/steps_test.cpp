#include <gtest/gtest.h>

#include "serving/build.h"

namespace runrate {
namespace {

TEST(Repeat, TimesCountsBodiesAndAtMostCapsThem) {
    auto loop = repeat(5, steps(call(planner, 20)));
    EXPECT_EQ(count(Case{steps(loop)}.run(), planner, Meter::requests), 5);
    loop.at_most = 3;
    EXPECT_EQ(count(Case{steps(loop)}.run(), planner, Meter::requests), 3);
    EXPECT_EQ(count(Case{steps(repeat(0, steps(call(planner, 20))))}.run(), planner, Meter::requests), 0);
}

TEST(Repeat, LoopsNest) {
    Case c{steps(repeat(3, steps(call(planner, 1), repeat(2, steps(call(answerer, 1))))))};
    auto const usage = c.run();
    EXPECT_EQ(count(usage, planner, Meter::requests), 3);
    EXPECT_EQ(count(usage, answerer, Meter::requests), 6);
}

TEST(Repeat, WhileTestsBeforeEachRunUpToAtMost) {
    RepeatStep const certain{Number{1}, 4, steps(call(planner, 20))};
    EXPECT_EQ(count(Case{steps(certain), 2}.run(), planner, Meter::requests), 8);
    RepeatStep const never{Number{0}, 4, steps(call(planner, 20))};
    EXPECT_EQ(count(Case{steps(never)}.run(), planner, Meter::requests), 0);
}

TEST(Repeat, WhileRunsAsOftenAsItsCoinSays) {
    RepeatStep const coin{Number{0.35}, 4, steps(call(planner, 20))};
    auto const usage = Case{steps(coin)}.run(20'000);
    double const expected = 0.35 + 0.35 * 0.35 + 0.35 * 0.35 * 0.35 + 0.35 * 0.35 * 0.35 * 0.35;
    double const error = standard_error(usage, Meter::requests, Meter::requests);
    EXPECT_NEAR(count(usage, planner, Meter::requests), expected, 4 * error);
    EXPECT_LT(error, 0.02 * expected);
}

TEST(Repeat, AGeometricLoopStartsAtNoneAndTurnsAtOne) {
    RepeatStep loop = repeat(0, steps(call(planner, 20)));
    loop.until = law(Family::geometric, {{Parameter::mean, 2}}, 0);
    auto const looped = Case{steps(loop)}.run(20'000);
    EXPECT_NEAR(count(looped, planner, Meter::requests), 2,
                4 * standard_error(looped, Meter::requests, Meter::requests));

    Case c{steps(call(planner, 20))};
    c.session.turns = law(Family::geometric, {{Parameter::mean, 3}}, 1);
    auto const turned = c.run(20'000);
    EXPECT_NEAR(turned.turns, 3, 4 * standard_error(turned, Meter::requests, Meter::requests));
    EXPECT_EQ(turned.turns, count(turned, planner, Meter::requests));
}

TEST(Repeat, AnOptionsStepsMultiplyTheTimesOfLoopsThatItsRoleLeads) {
    Case c{steps(repeat(4, steps(tool(1), call(planner, 20))), repeat(4, steps(call(answerer, 20))))};
    c.option.adjustments[planner.index()].steps = Number{1.5};
    auto const usage = c.run();
    EXPECT_EQ(count(usage, planner, Meter::requests), 6);
    EXPECT_EQ(count(usage, answerer, Meter::requests), 4);
}

TEST(Repeat, AScaledGeometricLoopHasTheScaledMean) {
    RepeatStep loop = repeat(0, steps(call(planner, 20)));
    loop.until = law(Family::geometric, {{Parameter::mean, 4}}, 0);
    Case c{steps(loop)};
    c.option.adjustments[planner.index()].steps = Number{1.5};
    auto const usage = c.run(20'000);
    EXPECT_NEAR(count(usage, planner, Meter::requests), 6, 4 * standard_error(usage, Meter::requests, Meter::requests));
}

TEST(Probability, IsOfTheStepWhateverItIs) {
    Case c{{step(call(planner, 20), 0.3)}};
    auto const usage = c.run(20'000);
    EXPECT_NEAR(count(usage, planner, Meter::requests), 0.3,
                4 * standard_error(usage, Meter::requests, Meter::requests));
    Case none{{step(repeat(3, steps(call(planner, 20))), 0)}};
    EXPECT_EQ(none.run().calls, 0);
}

TEST(Parallel, BranchesStartFromTheForkAndJoinInWrittenOrder) {
    ParallelStep const fork{{steps(tool(30, 5), call(answerer, 7)), steps(call(summariser, 9))}};
    Case c{steps(call_with_user(planner, 10, 20), fork, call(spare, 1))};
    c.workflow.context.system = Number{100};
    c.target(summariser).ttft_s = exactly(3);
    auto const usage = c.run();
    EXPECT_EQ(prompts(usage, answerer), 160);
    EXPECT_EQ(prompts(usage, summariser), 130);
    EXPECT_EQ(prompts(usage, spare), 130 + 30 + 7 + 9);
    EXPECT_EQ(usage.duration_s, 5);
}

TEST(Parallel, BranchesNestAndTakeTheTimeOfTheLongest) {
    ParallelStep const inner{{steps(tool(1, 4)), steps(tool(2, 6))}};
    ParallelStep const outer{{steps(tool(4, 3), inner, tool(8, 1)), steps(tool(16, 9))}};
    auto const usage = Case{steps(repeat(2, steps(outer)), call(planner, 1))}.run();
    EXPECT_EQ(usage.duration_s, 2 * 10);
    EXPECT_EQ(prompts(usage, planner), 2 * 31);
}

TEST(Parallel, DialogueKeepsTheOutputThatJoinedLast) {
    ParallelStep const fork{{steps(tool(0, 5), call(planner, 7)), steps(call(answerer, 9))}};
    Case c{steps(call_with_user(spare, 10, 20), fork), 2};
    auto const usage = c.run();
    EXPECT_EQ(prompts(usage, spare), 10 + (10 + 9 + 10));
}

TEST(Parallel, WhatABranchCompactsJoinsAsItWas) {
    ParallelStep const fork{{steps(tool(900), call(planner, 50)), steps(tool(10))}};
    Case c{steps(call_with_user(spare, 100, 0), fork, call(answerer, 1))};
    c.workflow.context.compact = Compaction{Number{800}, Number{200}, summariser};
    c.workflow.context.history = History::full;
    auto const usage = c.run();
    EXPECT_EQ(prompts(usage, planner), 200);
    EXPECT_EQ(count(usage, summariser, Meter::input), 1000 + (100 + 900 + 50 + 10));  // the branch's, then the caller's
    EXPECT_EQ(prompts(usage, answerer), 200);
}

TEST(Agent, HasAContextOfItsOwnOfWhichOnlyTheResultJoins) {
    auto const research = agent(500, 40, 3, steps(call(summariser, 50), tool(100)), 25);
    Case c{steps(call_with_user(planner, 10, 20), research, call(answerer, 60)), 2};
    c.workflow.context.system = Number{1000};
    auto const usage = c.run();
    EXPECT_EQ(prompts(usage, summariser), 2 * (540 + 690 + 840));
    EXPECT_EQ(count(usage, summariser, Meter::output), 2 * 150);
    EXPECT_EQ(prompts(usage, answerer), (1030 + 25) + (1100 + 25));
    EXPECT_EQ(cause(usage, summariser, Cause::user), 2 * 3 * 40);
}

TEST(Agent, OfTwoThousandAndAThousandAStepReads65000InTenSteps) {
    auto work = agent(2000, 0, 10, steps(call(planner, 400), tool(600)), 100);
    EXPECT_EQ(count(Case{steps(work)}.run(), planner, Meter::input), 65'000);
}

TEST(Agent, RunsAtLeastOnceAndAtMostItsBound) {
    auto work = agent(500, 40, 0, steps(call(planner, 50)), 25);
    EXPECT_EQ(count(Case{steps(work)}.run(), planner, Meter::requests), 1);
    work.times = exactly(9);
    work.at_most = 4;
    EXPECT_EQ(count(Case{steps(work)}.run(), planner, Meter::requests), 4);
}

TEST(Agent, EmbedsItsTaskInItsRetrievals) {
    auto search = retrieve(1, 10);
    search.embed = embedder;
    auto const work = agent(500, 40, 1, steps(search, call(planner, 50)), 25);
    auto const usage = Case{steps(call_with_user(answerer, 7, 20), work, search)}.run();
    EXPECT_EQ(count(usage, embedder, Meter::input), 40 + 7);
}

TEST(Agent, KeepsToItsOwnLimitAndCompaction) {
    auto work = agent(500, 100, 4, steps(call(planner, 50), tool(350)), 25);
    work.context.compact = Compaction{Number{1000}, Number{60}, summariser};
    auto const usage = Case{steps(work)}.run();
    EXPECT_EQ(prompts(usage, planner), 600 + 1000 + 560 + 960);
    EXPECT_EQ(count(usage, summariser, Meter::input), 900);
}

TEST(Agent, OfOneNameCanDifferInItsPrompts) {
    auto const small = agent(500, 0, 1, steps(call(planner, 50)), 25);
    auto const large = agent(900, 0, 1, steps(call(planner, 50)), 25);
    EXPECT_EQ(prompts(Case{steps(small, large)}.run(), planner), 1400);
}

TEST(Agent, TakesItsTimeWithinItsBranch) {
    auto const slow = agent(0, 10, 3, steps(tool(1, 4)), 5);
    ParallelStep const fork{{steps(slow), steps(slow), steps(tool(1, 2))}};
    auto const usage = Case{steps(fork, call(planner, 1))}.run();
    EXPECT_EQ(usage.duration_s, 12);
    EXPECT_EQ(prompts(usage, planner), 5 + 5 + 1);
}

TEST(Session, ThinksBetweenTurnsOnly) {
    Case c{steps(tool(0, 2)), 3};
    c.session.think = exactly(10);
    EXPECT_EQ(c.run().duration_s, 3 * 2 + 2 * 10);
}

TEST(Session, OfManyDaysEndsAtTheEndOfTheClock) {
    Case c{steps(tool(0, 1)), 10};
    c.session.think = exactly(40.0 * 86400);
    EXPECT_NEAR(c.run().duration_s, 104.25 * 86400, 86400);
}

/// The scenario's mistake, not the program's: no ContractError, and no hang where no time passes.
TEST(Session, WithoutAnEndIsAnErrorThatSaysWhatToDo) {
    Case loops{steps(repeat(100'000, steps(repeat(100'000, steps(tool(0))))))};
    Case turns{steps(repeat(100, steps(tool(0)))), 2e9};
    for (auto const* c : {&loops, &turns}) {
        try {
            auto const usage = c->run(1);
            FAIL() << "ended after " << usage.turns << " turns";
        } catch (std::runtime_error const& error) {
            EXPECT_NE(std::string{error.what()}.find("bound its turns and loops with 'at_most'"), std::string::npos);
        }
    }
}

}  // namespace
}  // namespace runrate
