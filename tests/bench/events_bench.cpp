// Calls per second of the whole simulation on one core: conversations, their replicas behind a router, and what is in
// between, event by event.
//
// The profile is flat: sessions, engines and the pool take a fifth to a quarter each, what is due in the loop a sixth,
// prefix caches a tenth where there are some, and no function more than a twelfth.

#include <benchmark/benchmark.h>

#include "engine/build.h"
#include "events/event_run.h"
#include "serving/build.h"

namespace runrate {
namespace {

/// Conversations of five turns on eight replicas of Llama 3.1 8B, with their contexts in the prefix cache or computed.
void conversations(benchmark::State& state, bool prefix_cache) {
    auto answer = call_with_user(planner, 60, 220);
    answer.output = law(Family::lognormal, {{Parameter::mean, 220}, {Parameter::cv, 0.7}});
    Case c{steps(answer)};
    c.session.turns = law(Family::geometric, {{Parameter::mean, 5}}, 1);
    c.session.think = law(Family::lognormal, {{Parameter::mean, 40}, {Parameter::cv, 1}});
    c.workflow.context.system = Number{900};
    c.workflow.context.history = History::full;
    c.target(planner).pool = true;
    auto const program = lower(c.session, c.workflow, c.option, c.gateway, c.targets, role_names);
    auto const bound = bind(*program, {});
    EventFeature feature{.bound = &bound, .sample = {.seed = 1, .world = 0, .feature = FeatureId{0}}};
    feature.per_hour = std::vector<double>(2, 18'000);
    for (auto const& target : program->targets)
        feature.pools.push_back(target.pool ? std::optional<std::size_t>{0} : std::nullopt);
    PoolSettings pool{.replica = small_replica(), .parameters = {}, .router = Router::session_affinity, .replicas = 8};
    pool.replica.prefix_cache = prefix_cache;
    double calls = 0;
    for (auto _ : state) {
        auto const run = run_events({feature}, {pool}, {Instant{}, Instant{from_seconds(7200)}});
        calls += static_cast<double>(run.pools[0].totals.requests);
        state.counters["in flight"] = run.pools[0].totals.in_flight_hours / 2;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(calls));
}

void event_calls(benchmark::State& state) { conversations(state, false); }
BENCHMARK(event_calls)->Unit(benchmark::kMillisecond);
void event_calls_prefix_cache(benchmark::State& state) { conversations(state, true); }
BENCHMARK(event_calls_prefix_cache)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace runrate
