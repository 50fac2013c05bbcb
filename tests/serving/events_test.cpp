// Sessions whose answers come from outside, one event after the other.

#include <algorithm>

#include <gtest/gtest.h>

#include "serving/everything.h"
#include "serving/session.h"

namespace runrate {
namespace {

constexpr double ttft_s = 0.75, tokens_per_s = 40;

/// Every target takes a known time.
Case of_known_latency() {
    auto c = everything();
    for (auto& target : c.targets) {
        target.ttft_s = exactly(ttft_s);
        target.speed = exactly(tokens_per_s);
    }
    return c;
}

using Machine = SessionMachine;

struct Reply {
    Instant at;
    std::uint32_t strand;
    bool given;
};

/// What replies to a call: when it ends, and whether with an answer.
using Server = std::function<Reply(Machine::PoolCall const&, Instant asked)>;

Reply after_known_latency(Machine::PoolCall const& call, Instant asked) {
    auto const tokens = static_cast<double>(call.output_tokens);
    return {after(asked, from_seconds(ttft_s + tokens / tokens_per_s)), call.strand, true};
}

/// Drives one session to its end; how many calls it made.
std::size_t drive(Machine& machine, std::uint64_t number, std::vector<RoleTokens>& roles, Server const& server) {
    std::vector<Reply> replies;
    std::size_t calls = 0;
    Instant now{};
    machine.begin(number, roles);
    while (!machine.done()) {
        auto const first = std::min_element(replies.begin(), replies.end(),
                                            [](Reply const& a, Reply const& b) { return a.at < b.at; });
        if (first != replies.end() && first->at <= machine.next()) {
            EXPECT_GE(first->at, now);
            now = first->at;
            machine.answer(first->strand, first->at, first->given);
            replies.erase(first);
        }
        if (machine.next() == Instant::max()) {
            EXPECT_FALSE(replies.empty()) << "nothing will ever happen";
            continue;
        }
        if (!replies.empty() &&
            std::any_of(replies.begin(), replies.end(), [&](Reply const& r) { return r.at < machine.next(); }))
            continue;
        EXPECT_GE(machine.next(), now);
        now = machine.next();
        machine.advance();
        for (auto const& call : machine.calls()) {
            ++calls;
            replies.push_back(server(call, now));
            if (replies.back().given) machine.taken(call.strand);
        }
        machine.clear_calls();
    }
    return calls;
}

void expect_equal(SessionTally const& a, SessionTally const& b) {
    EXPECT_EQ(a.meters, b.meters);
    EXPECT_EQ(a.at_risk, b.at_risk);
    EXPECT_EQ(a.duration, b.duration);
    EXPECT_EQ(a.calls, b.calls);
    EXPECT_EQ(a.attempts, b.attempts);
    EXPECT_EQ(a.turns, b.turns);
    EXPECT_EQ(a.harmed, b.harmed);
}

double total(SessionTally const& tally, Meter m) {
    double sum = 0;
    for (auto const& meters : tally.meters) sum += meters[static_cast<std::size_t>(m)];
    return sum;
}

Sample const sample{.seed = 7, .world = 0, .feature = FeatureId{0}, .sessions = 1};

TEST(SessionEvents, AnswersFromOutsideThatTakeAsLongGiveTheSameSession) {
    auto c = of_known_latency();
    Bound const by_law{c};
    c.target(planner).pool = c.target(answerer).pool = c.target(embedder).pool = true;
    Bound const by_pool{c};
    std::vector<RoleTokens> lengths(role_count);
    Machine law{by_law.bound, sample}, pool{by_pool.bound, sample};
    std::size_t calls = 0;
    for (std::uint64_t number = 0; number < 300; ++number) {
        auto const tally = law.run(number, lengths);
        calls += drive(pool, number, lengths, after_known_latency);
        SCOPED_TRACE(number);
        expect_equal(pool.tally(), tally);
    }
    EXPECT_GT(calls, 3000U);
}

TEST(SessionEvents, ManySessionsMayBeUnderWayAtOnce) {
    auto c = of_known_latency();
    c.target(planner).pool = true;
    Bound const bound{c};
    std::vector<RoleTokens> lengths(role_count);
    Machine alone{bound.bound, sample};
    std::vector<std::unique_ptr<Machine>> together;
    for (std::uint64_t n = 0; n < 20; ++n) {
        together.push_back(std::make_unique<Machine>(bound.bound, sample));
        together.back()->begin(n, lengths);
    }
    // One step of each by turns, answers as soon as they are due.
    std::vector<std::vector<Reply>> replies(together.size());
    bool any = true;
    while (any) {
        any = false;
        for (std::size_t n = 0; n < together.size(); ++n) {
            auto& m = *together[n];
            if (m.done()) continue;
            any = true;
            std::sort(replies[n].begin(), replies[n].end(), [](Reply const& a, Reply const& b) { return a.at > b.at; });
            if (!replies[n].empty() && replies[n].back().at <= m.next()) {
                m.answer(replies[n].back().strand, replies[n].back().at, true);
                replies[n].pop_back();
                continue;
            }
            auto const now = m.next();
            m.advance();
            for (auto const& call : m.calls()) {
                m.taken(call.strand);
                replies[n].push_back(after_known_latency(call, now));
            }
            m.clear_calls();
        }
    }
    for (std::uint64_t n = 0; n < together.size(); ++n) {
        SCOPED_TRACE(n);
        drive(alone, n, lengths, after_known_latency);
        expect_equal(together[n]->tally(), alone.tally());
    }
}

TEST(SessionEvents, WhatFailsOutsideIsTriedAgainAndThenFallsBack) {
    Case c{steps(call_with_user(planner, 10, 20))};
    c.gateway.retry = up_to(3);
    c.gateway.retry.backoff_s = Number{2};
    c.gateway.retry.jitter = Number{0};
    c.gateway.retry.factor = Number{1};
    c.gateway.retry.longest_s = Number{2};
    c.target(planner).pool = true;
    Bound const bound{c};
    std::vector<RoleTokens> lengths(role_count);
    Machine m{bound.bound, sample};
    auto const failing = [](int failures) {
        return [failures, asked = 0](Machine::PoolCall const& call, Instant at) mutable {
            return Reply{after(at, from_seconds(1)), call.strand, ++asked > failures};
        };
    };
    EXPECT_EQ(drive(m, 0, lengths, failing(2)), 3U);
    EXPECT_FALSE(m.tally().harmed);
    EXPECT_EQ(total(m.tally(), Meter::requests), 1);
    EXPECT_EQ(total(m.tally(), Meter::failed), 2);
    EXPECT_EQ(total(m.tally(), Meter::output), 20);
    EXPECT_EQ(m.tally().duration, from_seconds(1 + 2 + 1 + 2 + 1));
    EXPECT_EQ(drive(m, 0, lengths, failing(3)), 3U);
    EXPECT_TRUE(m.tally().harmed);
    EXPECT_EQ(m.tally().attempts, 3);
}

TEST(SessionEvents, EndWhenTheirLastAnswerComesAndNotBefore) {
    // The pool answers at once, what follows takes ten calls of 30 s by law.
    Case c{steps(call(planner, 20), repeat(10, steps(call(answerer, 20))))};
    c.target(answerer).ttft_s = exactly(30);
    c.target(planner).pool = true;
    Bound const bound{c};
    std::vector<RoleTokens> lengths(role_count);
    Machine m{bound.bound, sample};
    Instant last{};
    m.begin(0, lengths);
    while (!m.done()) {
        last = m.next();
        m.advance();
        for (auto const& call : m.calls()) {
            m.taken(call.strand);
            m.answer(call.strand, last, true);
        }
        m.clear_calls();
    }
    EXPECT_EQ(last, Instant{from_seconds(300)});
    EXPECT_EQ(m.tally().duration, from_seconds(300));
}

/// Whether the calls of a case say that their output goes on with the prompt, in the order in which they are made.
std::vector<bool> going_on(Case c) {
    for (auto& target : c.targets) target.pool = true;
    Bound const bound{c};
    std::vector<RoleTokens> lengths(role_count);
    Machine m{bound.bound, sample};
    std::vector<bool> joins;
    drive(m, 0, lengths, [&](Machine::PoolCall const& call, Instant at) {
        joins.push_back(call.joins);
        return after_known_latency(call, at);
    });
    return joins;
}

TEST(SessionEvents, OutputsGoOnWithTheirPromptWhereNobodyElseDoes) {
    using Goes = std::vector<bool>;
    auto thinks = call_with_user(planner, 10, 20);
    EXPECT_EQ(going_on(Case{steps(thinks, call(answerer, 20))}), (Goes{true, true}));
    EXPECT_EQ(going_on(Case{steps(call(planner, 20), call(answerer, 20))}), (Goes{false, true}))
        << "a shared beginning";
    thinks.reasoning = exactly(50);
    EXPECT_EQ(going_on(Case{steps(thinks, call(answerer, 20))}), (Goes{false, true})) << "reasoning is left out";
    ParallelStep const fork{{steps(call(answerer, 30), call(answerer, 40)), steps(call(embedder, 50))}};
    EXPECT_EQ(going_on(Case{steps(call_with_user(planner, 10, 20), fork)}), (Goes{true, false, false, true}))
        << "branches ask from one place";
    Case cascade{steps(call_with_user(planner, 10, 20))};
    cascade.option.routes[planner.index()] = Cascade{TargetId{0}, Number{0}, TargetId{1}};
    EXPECT_EQ(going_on(cascade), (Goes{false, false})) << "one of two answers is left out";
}

TEST(SessionEvents, CallsSayWhatThePoolHasToDo) {
    Case c{steps(call_with_user(planner, 100, 40), call(planner, 60))};
    c.workflow.context.system = Number{1000};
    c.target(planner).pool = true;
    c.target(planner).tokenizer = 1.5;
    Bound const bound{c};
    std::vector<RoleTokens> lengths(role_count);
    Machine m{bound.bound, sample};
    std::vector<std::pair<std::int64_t, std::int64_t>> asked;
    drive(m, 0, lengths, [&](Machine::PoolCall const& call, Instant at) {
        asked.emplace_back(call.prompt_tokens, call.output_tokens);
        return after_known_latency(call, at);
    });
    EXPECT_EQ(asked, (std::vector<std::pair<std::int64_t, std::int64_t>>{{1650, 60}, {1710, 90}}));
}

}  // namespace
}  // namespace runrate
