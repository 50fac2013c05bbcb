#pragma once

#include <vector>

#include <gtest/gtest.h>

#include "engine/build.h"
#include "engine/queue.h"
#include "fleet/drive_pool.h"

namespace runrate {

/// What became of a list: outcomes by number, and who was turned away.
struct ServedList {
    std::vector<PoolOutcome> outcomes;  ///< in order of time
    std::vector<std::pair<std::uint64_t, Taken>> refused;
    PoolTotals totals;
    EngineTotals engines;
    Instant end;
};

inline ServedList serve_by(ReplicaPool& pool, std::vector<PoolRequest> const& requests) {
    ServedList served;
    std::size_t next = 0;
    auto const source = [&](PoolRequest& r) {
        if (next == requests.size()) return false;
        r = requests[next++];
        return true;
    };
    drive_pool(
        pool, source, [&](PoolOutcome const& o) { served.outcomes.push_back(o); },
        [&](PoolRequest const& r, Taken why) { served.refused.emplace_back(r.number, why); });
    served.end = pool.now();
    served.totals = pool.totals(served.end);
    served.engines = pool.engines();
    return served;
}

inline ServedList serve_by(PoolSettings const& settings, std::vector<PoolRequest> const& requests) {
    ReplicaPool pool{settings};
    return serve_by(pool, requests);
}

inline std::vector<PoolRequest> numbered(std::vector<EngineRequest> const& list) {
    std::vector<PoolRequest> requests;
    for (std::size_t i = 0; i < list.size(); ++i) requests.push_back({list[i], i, i});
    return requests;
}

/// One request at a time and replica, each token a step of a millisecond: servers of a queue.
inline PoolSettings servers(int replicas) {
    PoolSettings s{.replica = queue_replica(1), .parameters = limitless(), .replicas = replicas};
    s.parameters.step_s = 1e-3;
    s.admission.in_flight = 1;
    return s;
}

}  // namespace runrate
