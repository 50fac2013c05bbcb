#pragma once

#include <cstdint>
#include <optional>

#include "fleet/autoscaler.h"
#include "fleet/router.h"
#include "runrate/engine.h"
#include "stat/sampler.h"

namespace runrate {

/// Which requests wait before the pool's replicas, and which are turned away.
struct AdmissionRule {
    std::optional<std::int64_t> in_flight{};  ///< of a replica at most; the others wait in one queue, first come first
    std::optional<std::int64_t> queue{};      ///< of that queue at most; the others are shed
};

/// How replicas fail. What they had in flight starts again on others.
struct FailureRule {
    double mean_hours_between = 0;  ///< of one replica that serves; 0: never. Exponential
    Sampler repair_s{};
};

/// A pool of identical replicas behind a router.
struct PoolSettings {
    Replica replica;
    StepParameters parameters;
    Router router = Router::least_load;
    int replicas = 1;                          ///< that serve from the start
    std::optional<AutoscaleRule> autoscale{};  ///< without: there are as many as at the start
    Sampler cold_start_s{};                    ///< from the decision to the first request that is taken; paid
    AdmissionRule admission{};
    std::optional<double> overflow_above{};  ///< in flight per replica: others are to go elsewhere
    FailureRule failures{};
    std::uint64_t seed = 0;  ///< of cold starts and failures
    std::uint32_t world = 0;
    std::uint64_t entity = 0;  ///< which pool
};

}  // namespace runrate
