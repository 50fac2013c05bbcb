#pragma once

#include <string>
#include <variant>

#include "calibration/speed.h"
#include "runrate/replica.h"
#include "scenario/belief.h"
#include "scenario/fleet_terms.h"

namespace runrate {

/// Throughput that is stated of a replica instead of measured: no latency is known then.
struct StatedCapacity {
    enum class Of { output, total } of = Of::output;  ///< which tokens count: written ones, or prompts too
    Number tokens_per_s;
};

/// Step times that measurements say.
struct CalibratedSpeed {
    std::string calibration;  ///< name of the set
    EngineSpeed speed;
};

/// Identical replicas of a model on one's own GPUs.
struct Pool {
    std::string name;
    Replica replica;
    std::string engine;  ///< class by which calibrations know it
    std::variant<CalibratedSpeed, StatedCapacity> speed{};
    FleetTerms fleet{};
};

/// How many replicas of a pool are decided on beforehand: the same in every world.
struct PoolPlan {
    std::string pool;
    int at_least = 1;  ///< that serve, whatever is asked; 0: none while nothing is asked
};

}  // namespace runrate
