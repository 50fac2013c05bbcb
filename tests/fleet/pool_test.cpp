#include <algorithm>
#include <map>
#include <set>

#include "engine/random_workload.h"
#include "fleet/pool_support.h"

namespace runrate {
namespace {

TEST(Pool, OfOneReplicaIsItsEngine) {
    for (std::uint64_t i = 0; i < 300; ++i) {
        auto const w = random_workload(i);
        auto const alone = serve(w.requests, w.replica, {});
        auto const pooled = serve_by({.replica = w.replica, .parameters = {}}, numbered(w.requests));
        std::size_t refused = 0;
        for (auto const& o : pooled.outcomes) ASSERT_TRUE(o.served == alone[o.served.request]) << i;
        for (auto const& o : alone) refused += o.refusal != Refusal::none;
        ASSERT_EQ(pooled.refused.size(), refused);
        ASSERT_EQ(pooled.outcomes.size(), alone.size() - refused);
    }
}

/// What may be set of a pool, at random.
PoolSettings random_settings(std::uint64_t number, Replica const& replica) {
    Stream s{{.seed = 19, .item = number}};
    auto const upto = [&](int n) { return static_cast<int>(s.uniform() * n); };
    PoolSettings p{.replica = replica, .parameters = {}};
    p.router = static_cast<Router>(upto(3));
    p.replicas = 1 + upto(4);
    p.seed = number;
    p.cold_start_s = Sampler{Uniform{0.5, 20}};
    if (upto(2) == 0)
        p.autoscale = AutoscaleRule{.in_flight = 1.0 + upto(6),
                                    .every = from_seconds(0.5 + upto(5)),
                                    .stabilise = from_seconds(upto(10)),
                                    .least = upto(2),
                                    .most = 1 + upto(6),
                                    .surge = 1 + upto(3)};
    if (p.autoscale) p.replicas = std::min(p.replicas - 1, p.autoscale->most);
    if (upto(2) == 0) p.admission.in_flight = 1 + upto(8);
    if (p.admission.in_flight && upto(2) == 0) p.admission.queue = upto(20);
    if (upto(2) == 0) p.failures = {.mean_hours_between = (1 + upto(20)) / 3600.0, .repair_s = Sampler{Constant{3}}};
    return p;
}

TEST(Pool, LosesNoRequestAndNoToken) {
    std::int64_t failures = 0, restarts = 0, shed = 0, starts = 0;
    for (std::uint64_t i = 0; i < 600; ++i) {
        auto const w = random_workload(i);
        auto const p = random_settings(i, w.replica);
        auto const served = serve_by(p, numbered(w.requests));
        std::set<std::uint64_t> numbers;
        for (auto const& o : served.outcomes) {
            ASSERT_TRUE(numbers.insert(o.served.request).second) << "twice";
            auto const& r = w.requests[o.served.request];
            ASSERT_EQ(o.served.prompt_tokens, r.prompt_tokens);
            ASSERT_EQ(o.served.output_tokens, r.output_tokens);
            ASSERT_EQ(o.served.arrival, r.arrival);
            ASSERT_LE(r.arrival, o.served.admitted);
            ASSERT_LT(o.served.admitted, o.served.finished);
        }
        for (auto const& r : served.refused) ASSERT_TRUE(numbers.insert(r.first).second) << "twice";
        ASSERT_EQ(numbers.size(), w.requests.size()) << i;
        ASSERT_EQ(served.totals.requests, std::ssize(served.outcomes));
        failures += served.totals.failures;
        restarts += served.totals.restarts;
        shed += served.totals.shed;
        starts += served.totals.starts;
    }
    EXPECT_GT(failures, 100);
    EXPECT_GT(restarts, 100);
    EXPECT_GT(shed, 100);
    EXPECT_GT(starts, 100);
}

TEST(Pool, HoursAddUp) {
    for (std::uint64_t i = 0; i < 200; ++i) {
        auto const w = random_workload(i);
        auto const p = random_settings(i, w.replica);
        auto const t = serve_by(p, numbered(w.requests)).totals;
        ASSERT_LE(t.ready_hours, t.paid_hours * (1 + 1e-12));
        ASSERT_LE(t.busy_hours, t.paid_hours * (1 + 1e-9)) << i;
        ASSERT_LE(t.peak_replicas, (p.autoscale ? p.autoscale->most : p.replicas) + t.stops) << i;
        if (!p.autoscale) { ASSERT_LE(t.peak_replicas, p.replicas); }
    }
}

TEST(Pool, SameSeedSameOutcomes) {
    auto const w = random_workload(5);
    auto const p = random_settings(4, w.replica);
    auto const once = serve_by(p, numbered(w.requests)), again = serve_by(p, numbered(w.requests));
    ASSERT_EQ(once.outcomes.size(), again.outcomes.size());
    for (std::size_t i = 0; i < once.outcomes.size(); ++i) {
        EXPECT_TRUE(once.outcomes[i].served == again.outcomes[i].served);
        EXPECT_EQ(once.outcomes[i].replica, again.outcomes[i].replica);
    }
    EXPECT_EQ(once.totals.paid_hours, again.totals.paid_hours);
}

/// So many requests at an instant that each take so many seconds.
std::vector<PoolRequest> burst(double at, int count, double takes_s) {
    EngineRequest const one{.arrival = seconds(at), .prompt_tokens = 1, .output_tokens = std::llround(takes_s / 1e-3)};
    return numbered(std::vector<EngineRequest>(static_cast<std::size_t>(count), one));
}

PoolSettings scaled(AutoscaleRule rule, int replicas) {
    auto p = servers(replicas);
    p.replica = queue_replica(1000);
    p.admission = {};
    p.autoscale = rule;
    p.cold_start_s = Sampler{Constant{60}};
    return p;
}

TEST(PoolThatScales, AddsReplicasAtLooksAndPaysFromThere) {
    // 50 requests of 100 s arrive after 10 s. The look at 30 s wants five replicas; the four new ones are paid from
    // there.
    auto const p = scaled({.in_flight = 10, .every = from_seconds(30), .least = 1, .most = 20}, 1);
    auto const served = serve_by(p, burst(10, 50, 100));
    EXPECT_NEAR(to_seconds(served.end.time_since_epoch()), 110, 0.01);
    EXPECT_EQ(served.totals.starts, 4);
    EXPECT_EQ(served.totals.peak_replicas, 5);
    EXPECT_NEAR(served.totals.paid_hours * 3600, 110 + 4 * 80, 0.05);
    EXPECT_NEAR(served.totals.ready_hours * 3600, 110 + 4 * 20, 0.05);
}

TEST(PoolThatScales, TakesReplicasAwayWhenTheWindowHasPassed) {
    auto const p =
        scaled({.in_flight = 10, .every = from_seconds(30), .stabilise = from_seconds(120), .least = 1, .most = 20}, 1);
    ReplicaPool pool{p};
    auto requests = burst(10, 50, 100);
    auto later = burst(1000, 1, 1).front();
    later.number = 50;
    requests.push_back(later);
    auto const served = serve_by(pool, requests);
    // Looks at 30 to 90 s wanted five; 110 s is the end; the look at 240 s is the first that none of those bind.
    EXPECT_EQ(served.totals.stops, 4);
    EXPECT_NEAR(served.totals.paid_hours * 3600, 1001 + 4 * (240 - 30), 0.1);
    EXPECT_EQ(pool.paid_replicas(), 1);
}

TEST(PoolThatScales, DoesNotGrowForABurstThatIsOver) {
    // 200 requests of 20 s are over before the look at 60 s: the one at 30 s has added what the surge allows.
    auto const p =
        scaled({.in_flight = 10, .every = from_seconds(30), .stabilise = from_seconds(300), .least = 1, .most = 50}, 1);
    auto requests = burst(15, 200, 20);
    auto later = burst(200, 1, 1).front();
    later.number = 200;
    requests.push_back(later);
    auto const served = serve_by(p, requests);
    EXPECT_EQ(served.totals.peak_replicas, 5);
    EXPECT_EQ(served.totals.starts, 4);
}

TEST(PoolThatScales, ToZeroLetsTheFirstWaitForAColdStart) {
    auto const p = scaled({.in_flight = 10, .every = from_seconds(30), .least = 0, .most = 4}, 0);
    auto const served = serve_by(p, burst(40, 1, 1));
    ASSERT_EQ(served.outcomes.size(), 1U);
    EXPECT_NEAR(wait_s(served.outcomes[0].served), 20 + 60, 1e-6);
    EXPECT_EQ(served.totals.peak_queue, 1);
    EXPECT_NEAR(served.totals.paid_hours * 3600, 61, 0.01);
}

TEST(PoolThatScales, DrainingReplicasFinishWhatTheyHave) {
    // Two replicas with two requests of 300 s each; nothing but the first look wants two.
    auto const p = scaled({.in_flight = 100, .every = from_seconds(30), .least = 1, .most = 4}, 2);
    auto const served = serve_by(p, burst(1, 4, 300));
    EXPECT_EQ(served.outcomes.size(), 4U);
    EXPECT_EQ(served.totals.stops, 1);
    EXPECT_NEAR(served.totals.paid_hours * 3600, 2 * 301, 0.1) << "paid until its last request is done";
}

TEST(PoolThatFails, RestartsElsewhereWhatWasInFlight) {
    auto p = servers(2);
    p.admission = {};
    p.replica = queue_replica(100);
    p.failures = {.mean_hours_between = 200.0 / 3600, .repair_s = Sampler{Constant{30}}};
    p.cold_start_s = Sampler{Constant{10}};
    std::int64_t restarted = 0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        p.seed = seed;
        auto const served = serve_by(p, burst(0, 10, 100));
        ASSERT_EQ(served.outcomes.size(), 10U);
        for (auto const& o : served.outcomes) {
            restarted += o.restarts;
            // Started again from nothing: the whole time of the last go is there.
            EXPECT_GE(to_seconds(o.served.finished - o.served.admitted), 99.9);
        }
        EXPECT_LE(served.totals.paid_hours * 3600, 2 * to_seconds(served.end.time_since_epoch()) + 1e-6);
    }
    EXPECT_GT(restarted, 50);
}

TEST(PoolThatFails, IsBusyUntilItFails) {
    auto p = servers(1);
    p.failures = {.mean_hours_between = 50.0 / 3600, .repair_s = Sampler{Constant{30}}};
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        p.seed = seed;
        auto const t = serve_by(p, burst(0, 1, 100)).totals;
        // One request, always in flight: the replica is busy whenever it serves.
        EXPECT_NEAR(t.busy_hours, t.ready_hours, 1e-9) << seed;
    }
}

TEST(PoolThatFails, PutsWhatItHadInTheQueue) {
    auto p = servers(1);
    p.admission = {};
    p.replica = queue_replica(100);
    p.failures = {.mean_hours_between = 50.0 / 3600, .repair_s = Sampler{Constant{30}}};
    auto const served = serve_by(p, burst(0, 10, 100));
    ASSERT_GT(served.totals.failures, 0);
    EXPECT_EQ(served.totals.peak_queue, 10);
}

TEST(PoolWithAffinity, SendsASessionToItsReplica) {
    PoolSettings p{.replica = small_replica(), .parameters = {}, .router = Router::session_affinity, .replicas = 4};
    std::vector<PoolRequest> requests;
    for (std::uint64_t i = 0; i < 200; ++i)
        requests.push_back(
            {{.arrival = seconds(0.05 * static_cast<double>(i)), .prompt_tokens = 100, .output_tokens = 20},
             i,
             i % 10});
    std::map<std::uint64_t, std::set<std::uint32_t>> replicas;
    for (auto const& o : serve_by(p, requests).outcomes) replicas[o.served.request % 10].insert(o.replica);
    for (auto const& [session, used] : replicas) EXPECT_EQ(used.size(), 1U) << session;
    std::set<std::uint32_t> all;
    for (auto const& [session, used] : replicas) all.insert(used.begin(), used.end());
    EXPECT_EQ(all.size(), 4U);
}

TEST(PoolThatIsCacheAware, HitsMoreThanByLeastLoad) {
    auto replica = small_replica();
    replica.prefix_cache = true;
    auto const cached = [&](Router router) {
        PoolSettings const p{.replica = replica, .parameters = {}, .router = router, .replicas = 4};
        std::vector<PoolRequest> requests;
        std::vector<std::vector<Extent>> extents(300);
        for (std::uint64_t i = 0; i < extents.size(); ++i) {
            auto const session = i % 17;
            auto const tokens = static_cast<std::int64_t>(500 + 100 * (i / 17));
            extents[i] = {{session + 1, tokens}};
            requests.push_back({{.arrival = seconds(0.05 * static_cast<double>(i)),
                                 .prompt_tokens = tokens,
                                 .output_tokens = 100,
                                 .extents = extents[i]},
                                i,
                                session});
        }
        return serve_by(p, requests).engines.cached_tokens;
    };
    EXPECT_GT(cached(Router::cache_aware), 1.2 * static_cast<double>(cached(Router::least_load)));
    EXPECT_GT(cached(Router::session_affinity), 1.2 * static_cast<double>(cached(Router::least_load)));
}

}  // namespace
}  // namespace runrate
