// What is asked of pools is answered, turned away or under way, whatever fails on the way.

#include <gtest/gtest.h>

#include "engine/build.h"
#include "events/event_run.h"
#include "serving/everything.h"

namespace runrate {
namespace {

Instant at_hour(double hours) { return Instant{from_seconds(3600 * hours)}; }

double count_of(EventFeatureResult const& r, Meter m) {
    double sum = 0;
    for (auto const& meters : r.meters) sum += meters[static_cast<std::size_t>(m)];
    return sum;
}

/// Sessions of three turns of one call, which is tried twice.
Case chats() {
    Case c{steps(call_with_user(planner, 200, 300))};
    c.session.turns = exactly(3);
    c.session.think = exactly(20);
    c.gateway.retry = up_to(2);
    c.gateway.retry.backoff_s = Number{5};
    c.target(planner).pool = true;
    return c;
}

/// A pool that is too small, whose replicas fail and are repaired, and that has a place for few who wait.
PoolSettings in_trouble(std::uint64_t seed, bool scales) {
    PoolSettings pool{.replica = small_replica(), .parameters = {}, .replicas = 2, .seed = seed};
    pool.replica.prefix_cache = true;
    pool.router = Router::session_affinity;
    pool.admission = {.in_flight = 4, .queue = static_cast<std::int64_t>(seed % 3)};
    pool.failures = {.mean_hours_between = 0.3, .repair_s = Sampler{Constant{120}}};
    pool.cold_start_s = Sampler{Uniform{10, 60}};
    if (scales)
        pool.autoscale = AutoscaleRule{
            .in_flight = 3, .every = from_seconds(30), .stabilise = from_seconds(120), .least = 1, .most = 4};
    return pool;
}

TEST(EventsInTrouble, AnswerOrTurnAwayEveryAttempt) {
    Bound const b{chats()};
    std::int64_t failures = 0, restarts = 0, shed = 0, harmed = 0;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        EventFeature f{.bound = &b.bound, .sample = {.seed = seed, .world = 0, .feature = FeatureId{0}}};
        f.per_hour = {1500, 4000};
        for (auto const& target : b.program->targets)
            f.pools.push_back(target.pool ? std::optional{0UL} : std::nullopt);
        auto const run = run_events({f}, {in_trouble(seed, seed % 2 == 0)}, {at_hour(0), at_hour(30)});
        auto const& r = run.features[0];
        auto const& p = run.pools[0];
        ASSERT_EQ(r.under_way, 0);
        ASSERT_EQ(r.started, r.finished);
        // Attempts = answered + turned away; each answer and each refusal is metered once.
        ASSERT_EQ(r.attempts, static_cast<double>(p.totals.requests + p.refused)) << seed;
        ASSERT_EQ(p.refused, p.totals.shed);
        ASSERT_EQ(count_of(r, Meter::requests), static_cast<double>(p.totals.requests));
        ASSERT_EQ(count_of(r, Meter::failed), static_cast<double>(p.totals.shed));
        ASSERT_EQ(p.ttft.sketch.count(), static_cast<std::uint64_t>(p.totals.requests));
        // Tokens: the pool has written what sessions are billed, restarts included once.
        ASSERT_EQ(count_of(r, Meter::output), 300.0 * static_cast<double>(p.totals.requests));
        ASSERT_GE(p.engines.cached_tokens + p.engines.computed_tokens, p.engines.prompt_tokens) << "none from nowhere";
        ASSERT_LE(p.totals.ready_hours, p.totals.paid_hours * (1 + 1e-12));
        failures += p.totals.failures;
        restarts += p.totals.restarts;
        shed += p.totals.shed;
        harmed += r.harmed;
    }
    EXPECT_GT(failures, 10);
    EXPECT_GT(restarts, 10);
    EXPECT_GT(shed, 100);
    EXPECT_GT(harmed, 10);
}

}  // namespace
}  // namespace runrate
