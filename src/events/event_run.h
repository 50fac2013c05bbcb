#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "fleet/replica_pool.h"
#include "serving/bound.h"
#include "serving/simulate.h"
#include "stat/sketch.h"

namespace runrate {

/// Sessions of one feature under one option in one world.
struct EventFeature {
    BoundProgram const* bound = nullptr;
    Sample sample{};                 ///< whose sessions: seed, world, feature
    std::vector<double> per_hour{};  ///< expected starts of each hour, from zero on
    double gaps_cv = 1;
    std::vector<std::optional<std::size_t>> pools{};  ///< by TargetId: which pool serves it; those that `pool` says
};

/// What is simulated, and of what the result is.
struct EventWindow {
    Instant from{};   ///< what happens before warms up
    Instant until{};  ///< the end
};

/// What sessions of a feature counted that ended within the window.
struct EventFeatureResult {
    std::int64_t started = 0, finished = 0;  ///< within the window
    std::int64_t under_way = 0;              ///< at its end
    std::vector<Meters> meters;              ///< by usage key
    double calls = 0, attempts = 0, duration_s = 0;
    std::int64_t harmed = 0;
};

/// A duration over requests.
struct EventDuration {
    LogSketch sketch;
    double sum_s = 0;
};

/// What a pool did within the window.
struct EventPoolResult {
    PoolTotals totals;              ///< of the window
    EngineTotals engines;           ///< of the whole run
    EventDuration ttft, tpot, e2e;  ///< of requests that came within the window, with what the front end adds
    std::int64_t refused = 0;       ///< that no replica could ever take, and that were shed
};

struct EventResult {
    std::vector<EventFeatureResult> features;
    std::vector<EventPoolResult> pools;
};

/// Sessions, API targets and pools together, event by event: sessions start at their rates, calls to API targets take
/// what the targets' laws say, calls to pools take what their replicas make of it, and a session goes on when it is
/// answered. What a pool turns away fails, and is tried again as the workflow says. A function of its arguments alone.
/// \pre no feature shadows variants, ids of features differ, the window ends within 40 days
EventResult run_events(std::vector<EventFeature> const&, std::vector<PoolSettings> const&, EventWindow const&);

}  // namespace runrate
