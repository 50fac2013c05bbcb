#include <gtest/gtest.h>

#include "serving/everything.h"
#include "serving/session.h"

namespace runrate {
namespace {

TEST(Law, PromptsAreReadWrittenOrNeitherAndMadeOfTheirCauses) {
    auto const usage = everything().run(400);
    for (auto const role : {planner, answerer, summariser, embedder}) {
        double causes = 0;
        for (std::size_t i = 0; i < cause_count; ++i) causes += cause(usage, role, static_cast<Cause>(i));
        EXPECT_GT(causes, 0);
        EXPECT_NEAR(prompts(usage, role), causes, 1e-9 * causes) << "role " << role.index();
    }
    EXPECT_GT(count(usage, planner, Meter::cache_read), 0);
    EXPECT_GT(count(usage, answerer, Meter::cache_write_5m), 0);
}

TEST(Law, NoPromptExceedsTheLimitThatLeavesRoomForIt) {
    auto const usage = everything().run(400);
    EXPECT_LE(usage.roles[planner.index()].prompt.quantile(1), 9500 * 1.004);
    EXPECT_LE(usage.roles[answerer.index()].prompt.quantile(1), 9500 * 1.004);
    EXPECT_GT(count(usage, summariser, Meter::requests), 0);
}

TEST(Law, RequestsAreCallsWhereNothingFails) {
    auto const usage = everything().run(400);
    double requests = 0, calls = 0;
    for (auto const& mean : usage.mean) requests += mean[static_cast<std::size_t>(Meter::requests)];
    for (auto const& role : usage.roles) calls += role.calls;
    EXPECT_NEAR(requests, usage.calls, 1e-9 * requests);
    EXPECT_NEAR(requests, usage.attempts, 1e-9 * requests);
    EXPECT_NEAR(requests, calls, 1e-9 * requests);
    EXPECT_EQ(usage.unharmed, 1);
}

TEST(Law, WhatIsAtRiskHasBeenRead) {
    auto const usage = everything().run(400);
    std::vector<double> at_risk(usage.keys.size(), 0);
    for (auto const& shared : usage.shared) at_risk[shared.usage] += shared.at_risk;
    double all = 0;
    for (std::size_t k = 0; k < usage.keys.size(); ++k) {
        EXPECT_LE(at_risk[k], usage.mean[k][static_cast<std::size_t>(Meter::cache_read)] * (1 + 1e-12));
        all += at_risk[k];
    }
    EXPECT_GT(all, 0);
}

TEST(Law, EqualSeedsGiveEqualUsageAndOthersDoNot) {
    auto const c = everything();
    EXPECT_EQ(c.run(50).mean, c.run(50).mean);
    EXPECT_EQ(c.run(50).covariance, c.run(50).covariance);
    EXPECT_NE(c.run(50).mean, c.run(50, 8).mean);
    EXPECT_NE(c.run(50).mean, c.run(50, 7, 1).mean);
}

TEST(Law, ASessionDependsOnItsNumberAlone) {
    auto const c = everything();
    auto const program = lower(c.session, c.workflow, c.option, c.gateway, c.targets, role_names);
    BoundProgram const bound = bind(*program, {});
    Sample const sample{.seed = 7, .world = 0, .feature = FeatureId{0}, .sessions = 1};
    std::vector<RoleTokens> lengths(role_names.size());
    SessionMachine used{bound, sample};
    for (std::uint64_t const number : {3u, 0u, 40u, 3u, 17u, 0u}) {  // in any order, and again
        auto const tally = used.run(number, lengths);
        SessionMachine fresh{bound, sample};
        auto const& alone = fresh.run(number, lengths);
        EXPECT_EQ(tally.meters, alone.meters) << number;
        EXPECT_EQ(tally.at_risk, alone.at_risk) << number;
        EXPECT_EQ(tally.duration, alone.duration) << number;
        EXPECT_EQ(tally.calls, alone.calls) << number;
    }
}

TEST(Law, CovarianceIsThatOfTheSessions) {
    Case c{steps(call_with_user(planner, 10, 20))};
    c.session.turns = law(Family::geometric, {{Parameter::mean, 4}}, 1);
    auto const usage = c.run(20'000);
    auto const width = meter_count;
    auto const at = [&](Meter a, Meter b) {
        return usage.covariance[static_cast<std::size_t>(a) * width + static_cast<std::size_t>(b)];
    };
    double const requests = at(Meter::requests, Meter::requests);
    // Of a geometric law from 1: mean (mean - 1). Its kurtosis is 9 + 1 / variance, so 20,000 sessions know the
    // variance to sqrt((8 + 1/12) / 20000) = 2 %.
    EXPECT_NEAR(requests, 4 * 3, 4 * 0.0201 * 12);
    EXPECT_NEAR(at(Meter::output, Meter::output), 400 * requests, 1e-6 * requests);
    EXPECT_NEAR(at(Meter::requests, Meter::output), 20 * requests, 1e-6 * requests);
    EXPECT_EQ(at(Meter::requests, Meter::output), at(Meter::output, Meter::requests));
    EXPECT_EQ(at(Meter::searches, Meter::output), 0);
}

// 128 sessions: sums of their means are exact.

TEST(CommonRandomNumbers, ErrorsOfATargetShiftNoOtherNumber) {
    auto reliable = everything();
    auto failing = everything();
    failing.target(planner).errors = Number{0.3};
    failing.gateway.retry.attempts = 40;
    auto const a = reliable.run(128), b = failing.run(128);
    EXPECT_GT(count(b, planner, Meter::failed), 0);
    for (auto const role : {planner, answerer, summariser, embedder, reranker}) {
        EXPECT_EQ(prompts(a, role), prompts(b, role)) << "role " << role.index();
        EXPECT_EQ(count(a, role, Meter::output), count(b, role, Meter::output));
        EXPECT_EQ(count(a, role, Meter::requests), count(b, role, Meter::requests));
    }
}

TEST(CommonRandomNumbers, AStepAtTheEndShiftsNothingBeforeIt) {
    auto shorter = everything();
    shorter.workflow.context.history = History::none;
    auto longer = shorter;
    auto more = call(spare, 0);
    more.output = around(100, 1);
    longer.workflow.steps.push_back(step(repeat(2, steps(tool(10), more)), 0.5));
    auto const a = shorter.run(128), b = longer.run(128);
    EXPECT_GT(count(b, spare, Meter::requests), 0);
    for (auto const role : {planner, answerer, summariser, embedder}) {
        EXPECT_EQ(prompts(a, role), prompts(b, role)) << "role " << role.index();
        EXPECT_EQ(count(a, role, Meter::output), count(b, role, Meter::output));
    }
}

TEST(CommonRandomNumbers, AStepInTheMiddleShiftsNothingOfOthers) {
    auto plain = everything();
    plain.workflow.context.history = History::none;
    plain.workflow.context.compact.reset();  // prompts differ by what joins, and so would their compactions
    auto more = plain;
    more.workflow.steps.insert(more.workflow.steps.begin() + 1, step(call(spare, 1)));
    more.workflow.steps.insert(more.workflow.steps.begin() + 1, step(retrieve(1, 10), 0.5));
    more.workflow.steps.insert(more.workflow.steps.begin(), step(tool(0)));
    auto const a = plain.run(128), b = more.run(128);
    EXPECT_GT(count(b, spare, Meter::requests), 0);
    for (auto const role : {planner, answerer, embedder}) {
        for (auto const meter : {Meter::requests, Meter::output, Meter::reasoning}) {
            EXPECT_EQ(count(a, role, meter), count(b, role, meter)) << "role " << role.index();
        }
    }
}

TEST(CommonRandomNumbers, AnotherRouteMeetsTheSameConversation) {
    auto const a = everything().run(128);
    auto other = everything();
    other.option.routes[answerer.index()] = Shares{{{TargetId{1}, Number{1}}, {TargetId{5}, Number{1}}}, true};
    other.option.routes[planner.index()] = Cascade{TargetId{0}, Number{0.5}, TargetId{5}};
    auto const b = other.run(128);
    EXPECT_EQ(count(a, answerer, Meter::output), count(b, answerer, Meter::output));
    EXPECT_EQ(prompts(a, answerer), prompts(b, answerer));
    EXPECT_EQ(prompts(a, planner), prompts(b, TargetId{0})) << "the first of a cascade is asked each time";
}

TEST(Published, HistoryFedAgainReads29000TokensInTenTurns) {
    Case c{steps(call_with_user(answerer, 100, 300)), 10};
    c.workflow.context.system = Number{1000};
    for (auto const history : {History::full, History::dialogue}) {
        c.workflow.context.history = history;
        auto const usage = c.run();
        EXPECT_EQ(count(usage, answerer, Meter::input), 29'000);
        EXPECT_EQ(count(usage, answerer, Meter::output), 3'000);
    }
    c.workflow.context.history = History::none;
    EXPECT_EQ(count(c.run(), answerer, Meter::input), 11'000);
}

TEST(Beliefs, AreReadFromTheWorld) {
    Case c{steps(call_with_user(planner, 10, 20))};
    std::get<CallStep>(c.workflow.steps[0].what).output = LawSpec::constant(Number{BeliefId{1}, 300});
    c.workflow.context.system = Number{BeliefId{0}, 1000};
    std::vector<double> const world{1234.4, 77};
    auto const usage = c.run(2, 7, 0, world);
    EXPECT_EQ(prompts(usage, planner), 1244);
    EXPECT_EQ(count(usage, planner, Meter::output), 77);
}

TEST(UsageKeys, AreOfTheProgramAndInEveryWorldTheSame) {
    auto const c = everything();
    auto const program = lower(c.session, c.workflow, c.option, c.gateway, c.targets, role_names);
    EXPECT_EQ(usage_keys(*program), c.run(1).keys);
    EXPECT_EQ(c.run(1).keys, c.run(5, 9, 3).keys);
    EXPECT_EQ(c.run(1).shared.size(), c.run(5, 9, 3).shared.size());
}

}  // namespace
}  // namespace runrate
