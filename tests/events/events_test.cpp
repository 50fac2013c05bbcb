#include <numeric>

#include <gtest/gtest.h>

#include "engine/build.h"
#include "events/event_run.h"
#include "events/session_starts.h"
#include "serving/everything.h"
#include "serving/session.h"
#include "stat/interval.h"

namespace runrate {
namespace {

Instant at_hour(double hours) { return Instant{from_seconds(3600 * hours)}; }

std::vector<double> gaps_s(SessionStarts starts) {
    std::vector<double> gaps;
    Instant last{};
    while (auto const at = starts.next()) {
        gaps.push_back(to_seconds(*at - last));
        last = *at;
    }
    return gaps;
}

TEST(SessionStarts, KeepTheirRateAndTheSpreadOfTheirGaps) {
    for (double const cv : {1.0, 0.5, 1.8}) {
        std::vector<double> means, cvs;
        for (std::uint32_t group = 0; group < 12; ++group) {
            auto const gaps = gaps_s({std::vector<double>(20, 1000.0), cv, {.seed = 3, .world = group}});
            double sum = 0, squares = 0;
            for (double const g : gaps) sum += g, squares += g * g;
            auto const n = static_cast<double>(gaps.size());
            means.push_back(n / 20);
            cvs.push_back(std::sqrt(squares / n - sum / n * sum / n) / (sum / n));
        }
        auto const rate = estimate(means), spread = estimate(cvs);
        EXPECT_NEAR(rate.mean, 1000, 2 * rate.half_width) << cv;
        EXPECT_NEAR(spread.mean, cv, 2 * spread.half_width) << cv;
        EXPECT_LT(rate.half_width, 20);
    }
}

TEST(SessionStarts, FollowTheHours) {
    SessionStarts starts{{0, 500, 0, 2000, 0}, 1, {.seed = 5}};
    std::vector<int> by_hour(5);
    while (auto const at = starts.next()) ++by_hour[static_cast<std::size_t>(to_seconds(*at - Instant{}) / 3600)];
    EXPECT_EQ(by_hour[0] + by_hour[2] + by_hour[4], 0);
    EXPECT_NEAR(by_hour[1], 500, 5 * std::sqrt(500));
    EXPECT_NEAR(by_hour[3], 2000, 5 * std::sqrt(2000));
}

EventFeature feature_of(Bound const& b, std::vector<double> per_hour, std::optional<std::size_t> pool) {
    EventFeature f{.bound = &b.bound, .sample = {.seed = 7, .world = 0, .feature = FeatureId{0}}};
    f.per_hour = std::move(per_hour);
    for (auto const& target : b.program->targets) f.pools.push_back(target.pool ? pool : std::nullopt);
    return f;
}

PoolSettings plain_pool(int replicas) { return {.replica = small_replica(), .parameters = {}, .replicas = replicas}; }

double count_of(EventFeatureResult const& r, Meter m) {
    double sum = 0;
    for (auto const& meters : r.meters) sum += meters[static_cast<std::size_t>(m)];
    return sum;
}

TEST(Events, CountWhatTheirSessionsCountAlone) {
    auto c = everything();
    for (auto& target : c.targets) target.cache = {};  // vendors' caches would depend on time
    c.target(planner).pool = c.target(answerer).pool = true;
    Bound const b{c};
    // All start in the first hours and end before the last.
    auto const run = run_events({feature_of(b, {30, 40}, 0)}, {plain_pool(2)}, {at_hour(0), at_hour(900)});
    auto const& r = run.features[0];
    ASSERT_EQ(r.under_way, 0);
    ASSERT_EQ(r.started, r.finished);
    ASSERT_GT(r.finished, 40);
    std::vector<RoleTokens> lengths(role_count);
    SessionMachine alone{b.bound, {.seed = 7, .world = 0, .feature = FeatureId{0}}};
    std::vector<Meters> meters(r.meters.size());
    double calls = 0;
    for (std::uint64_t n = 0; n < static_cast<std::uint64_t>(r.finished); ++n) {
        // Pools answer at once here: without caches what is counted does not depend on time.
        alone.begin(n, lengths);
        while (!alone.done()) {
            auto const now = alone.next();
            alone.advance();
            auto const asked = alone.calls();
            alone.clear_calls();
            for (auto const& call : asked) {
                alone.taken(call.strand);
                alone.answer(call.strand, now, true);
            }
        }
        for (std::size_t k = 0; k < meters.size(); ++k)
            for (std::size_t m = 0; m < meter_count; ++m) meters[k][m] += alone.tally().meters[k][m];
        calls += alone.tally().calls;
    }
    EXPECT_EQ(r.calls, calls);
    for (std::size_t k = 0; k < meters.size(); ++k)
        for (std::size_t m = 0; m < meter_count; ++m) EXPECT_NEAR(r.meters[k][m], meters[k][m], 1e-9 * meters[k][m]);
}

TEST(Events, LoseNoCall) {
    auto c = everything();
    c.target(planner).pool = c.target(answerer).pool = true;
    Bound const b{c};
    auto pool = plain_pool(1);
    pool.autoscale =
        AutoscaleRule{.in_flight = 4, .every = from_seconds(30), .stabilise = from_seconds(300), .most = 5};
    pool.cold_start_s = Sampler{Uniform{60, 200}};
    pool.failures = {.mean_hours_between = 2, .repair_s = Sampler{Constant{600}}};
    pool.seed = 4;
    auto const run = run_events({feature_of(b, std::vector<double>(4, 200), 0)}, {pool}, {at_hour(0), at_hour(900)});
    auto const& p = run.pools[0];
    auto const& r = run.features[0];
    EXPECT_EQ(r.under_way, 0);
    EXPECT_EQ(r.harmed, 0);
    EXPECT_EQ(p.refused, 0);
    EXPECT_EQ(p.ttft.sketch.count(), static_cast<std::uint64_t>(p.totals.requests));
    double asked = 0;
    for (auto const role : {planner, answerer})
        for (std::size_t k = 0; k < b.program->keys.size(); ++k)
            if (b.program->keys[k].role == role) asked += r.meters[k][static_cast<std::size_t>(Meter::requests)];
    EXPECT_EQ(asked, static_cast<double>(p.totals.requests));
    EXPECT_GT(p.totals.failures, 0);
    EXPECT_GT(p.totals.peak_replicas, 1);
}

/// Little, for sessions that never wait: under way are as many as start in the time that one takes.
TEST(Events, SessionsUnderWayAreTheRateTimesTheirTime) {
    Case c{steps(call_with_user(planner, 10, 20))};
    c.session.turns = exactly(5);
    c.session.think = exactly(300);
    c.target(planner).pool = true;
    Bound const b{c};
    std::vector<double> under_way, durations;
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        auto f = feature_of(b, std::vector<double>(10, 1000), 0);
        f.sample.seed = seed;
        auto const run = run_events({f}, {plain_pool(4)}, {at_hour(2), at_hour(8)});
        auto const& r = run.features[0];
        under_way.push_back(static_cast<double>(r.under_way));
        durations.push_back(r.duration_s / static_cast<double>(r.finished));
        EXPECT_EQ(r.meters[0][static_cast<std::size_t>(Meter::requests)], 5.0 * static_cast<double>(r.finished));
    }
    auto const e = estimate(under_way);
    double const expected = 1000.0 / 3600 * estimate(durations).mean;
    EXPECT_GT(expected, 4 * 300 / 3.6);
    EXPECT_NEAR(e.mean, expected, 2 * e.half_width);
    EXPECT_LT(e.half_width, 0.05 * expected);
}

TEST(Events, PromptsFindWhatTheirSessionLeftInTheCache) {
    Case c{steps(call_with_user(planner, 100, 60))};
    c.session.turns = exactly(8);
    c.session.think = exactly(20);
    c.workflow.context.system = Number{640};
    c.workflow.context.history = History::full;
    c.target(planner).pool = true;
    Bound const b{c};
    auto const cached = [&](Router router) {
        auto pool = plain_pool(4);
        pool.replica.prefix_cache = true;
        pool.router = router;
        auto const run = run_events({feature_of(b, {400, 400}, 0)}, {pool}, {at_hour(0), at_hour(9)});
        auto const& t = run.pools[0].engines;
        return static_cast<double>(t.cached_tokens) / static_cast<double>(t.prompt_tokens);
    };
    // A turn adds 160 tokens to 740 and finds all before them, in whole blocks of 16: of turn n the 640 + 160 (n - 1).
    double found = 640, all = 740;  // the system prompt is shared
    for (int n = 1; n < 8; ++n) {
        found += 640 + 160 * n - 1 - (640 + 160 * n - 1) % 16;
        all += 740 + 160 * n;
    }
    EXPECT_NEAR(cached(Router::session_affinity), found / all, 0.005);
    EXPECT_LT(cached(Router::least_load), 0.97 * found / all);
}

TEST(Events, ReasoningThatIsLeftOutIsNotFound) {
    auto asks = call_with_user(planner, 100, 60);
    Case c{steps(asks)};
    asks.reasoning = exactly(320);
    Case thinks{steps(asks)};
    auto const cached = [](Case each) {
        each.session.turns = exactly(8);
        each.session.think = exactly(20);
        each.workflow.context.system = Number{640};
        each.workflow.context.history = History::full;
        each.target(planner).pool = true;
        Bound const b{each};
        auto pool = plain_pool(1);
        pool.replica.prefix_cache = true;
        auto const run = run_events({feature_of(b, {400}, 0)}, {pool}, {at_hour(0), at_hour(9)});
        return static_cast<double>(run.pools[0].engines.cached_tokens) / static_cast<double>(run.features[0].calls);
    };
    // The visible answer stands elsewhere than it was written: what a turn finds ends with the prompt before it.
    EXPECT_NEAR(cached(c) - cached(thinks), 60 * 7 / 8.0, 16);
}

TEST(Events, WhatIsShedIsAFailedAttemptThatIsTriedAgain) {
    Case c{steps(call_with_user(planner, 10, 20))};
    c.gateway.retry = up_to(4);
    c.gateway.retry.backoff_s = Number{5};
    c.target(planner).pool = true;
    Bound const b{c};
    auto pool = plain_pool(1);
    pool.admission = {.in_flight = 1, .queue = 0};
    auto const run = run_events({feature_of(b, std::vector<double>(2, 12'000), 0)}, {pool}, {at_hour(0), at_hour(4)});
    auto const& r = run.features[0];
    auto const& t = run.pools[0].totals;
    EXPECT_GT(t.shed, 100);
    EXPECT_EQ(count_of(r, Meter::requests), static_cast<double>(t.requests));
    EXPECT_EQ(count_of(r, Meter::failed), static_cast<double>(t.shed));
    EXPECT_EQ(run.pools[0].refused, t.shed);
    EXPECT_EQ(r.attempts, static_cast<double>(t.requests + t.shed));
}

TEST(Events, WhatAPoolSheddsFallsBackToAnApi) {
    Case c{steps(call_with_user(planner, 10, 20))};
    c.target(planner).pool = true;
    c.option.fallbacks = {{TargetId{planner.index()}, TargetId{answerer.index()}}};
    Bound const b{c};
    auto pool = plain_pool(1);
    pool.admission = {.in_flight = 1, .queue = 0};
    auto const run = run_events({feature_of(b, std::vector<double>(2, 12'000), 0)}, {pool}, {at_hour(0), at_hour(4)});
    auto const& r = run.features[0];
    EXPECT_EQ(r.harmed, 0);
    EXPECT_EQ(count_of(r, Meter::requests), static_cast<double>(r.finished));
    EXPECT_EQ(static_cast<double>(run.pools[0].totals.requests + run.pools[0].totals.shed),
              static_cast<double>(r.finished));
}

TEST(Events, WhatFindsAPoolFullIsAnsweredElsewhere) {
    auto c = everything();
    c.target(planner).pool = true;
    c.option.overflow = Overflow{3, std::vector<std::optional<TargetId>>(role_count)};
    c.option.overflow->to[planner.index()] = TargetId{spare.index()};
    c.target(spare).errors = Number{0};
    Bound const b{c};
    auto pool = plain_pool(2);
    pool.overflow_above = 3;
    pool.failures = {.mean_hours_between = 2, .repair_s = Sampler{Constant{600}}};
    auto const run = run_events({feature_of(b, std::vector<double>(3, 500), 0)}, {pool}, {at_hour(0), at_hour(900)});
    auto const& r = run.features[0];
    auto const& t = run.pools[0].totals;
    EXPECT_EQ(r.under_way, 0);
    EXPECT_GT(t.overflowed, 100);
    EXPECT_GT(t.requests, t.overflowed);
    EXPECT_GT(t.failures, 0);
    EXPECT_EQ(t.shed, 0);
    double here = 0, elsewhere = 0;
    for (std::size_t k = 0; k < b.program->keys.size(); ++k) {
        auto const& key = b.program->keys[k];
        if (key.role != planner) continue;
        (key.target == TargetId{spare.index()} ? elsewhere : here) +=
            r.meters[k][static_cast<std::size_t>(Meter::requests)] +
            r.meters[k][static_cast<std::size_t>(Meter::failed)];
    }
    EXPECT_EQ(here, static_cast<double>(t.requests));
    EXPECT_EQ(elsewhere, static_cast<double>(t.overflowed));
    EXPECT_LE(t.in_flight_hours, 6 * 900) << "at most three for each replica, but for what failures take back";
}

TEST(Events, FeaturesInAnotherOrderGiveTheSame) {
    auto c = everything();
    c.target(planner).pool = c.target(answerer).pool = true;
    Bound const b{c};
    auto first = feature_of(b, {60, 60}, 0), second = feature_of(b, {20, 90}, 1);
    second.sample.feature = FeatureId{1};
    auto const window = EventWindow{at_hour(0), at_hour(4)};
    auto pool = plain_pool(2);
    pool.replica.prefix_cache = true;
    auto const one = run_events({first, second}, {pool, plain_pool(1)}, window);
    auto const other = run_events({second, first}, {pool, plain_pool(1)}, window);
    EXPECT_EQ(one.features[0].meters, other.features[1].meters);
    EXPECT_EQ(one.features[1].duration_s, other.features[0].duration_s);
    for (std::size_t p = 0; p < 2; ++p) {
        EXPECT_EQ(one.pools[p].totals.busy_hours, other.pools[p].totals.busy_hours);
        EXPECT_EQ(one.pools[p].engines.cached_tokens, other.pools[p].engines.cached_tokens);
        EXPECT_EQ(one.pools[p].ttft.sum_s, other.pools[p].ttft.sum_s);
    }
}

TEST(Events, AreAFunctionOfTheirArguments) {
    auto c = everything();
    c.target(planner).pool = true;
    Bound const b{c};
    auto const once = run_events({feature_of(b, {50, 80}, 0)}, {plain_pool(2)}, {at_hour(0.5), at_hour(3)});
    auto const again = run_events({feature_of(b, {50, 80}, 0)}, {plain_pool(2)}, {at_hour(0.5), at_hour(3)});
    EXPECT_EQ(once.features[0].meters, again.features[0].meters);
    EXPECT_EQ(once.pools[0].totals.busy_hours, again.pools[0].totals.busy_hours);
    EXPECT_EQ(once.pools[0].ttft.sum_s, again.pools[0].ttft.sum_s);
}

TEST(Events, HoursOfAPoolAreThoseOfTheWindow) {
    Case c{steps(call_with_user(planner, 10, 20))};
    c.target(planner).pool = true;
    Bound const b{c};
    auto const run = run_events({feature_of(b, {100, 100, 100, 100}, 0)}, {plain_pool(3)}, {at_hour(1), at_hour(3.5)});
    EXPECT_NEAR(run.pools[0].totals.paid_hours, 3 * 2.5, 1e-9);
    EXPECT_NEAR(count_of(run.features[0], Meter::requests), static_cast<double>(run.pools[0].totals.requests), 3);
}

}  // namespace
}  // namespace runrate
