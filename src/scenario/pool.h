#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "calibration/speed.h"
#include "core/date.h"
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

/// Replicas that are paid for whether they are needed or not.
struct ReservedReplicas {
    int replicas = 1;
    std::optional<Month> from{};  ///< first month; nothing: the scenario's
    std::optional<int> months{};  ///< term; nothing: to the end of the horizon
    Number usd{0};                ///< per GPU-hour, as agreed: it does not drift

    [[nodiscard]] bool in_force(Month month, Month start) const {
        auto const first = from.value_or(start);
        return first <= month && (!months || month < first + std::chrono::months{*months});
    }
};

/// How many replicas of a pool are decided on beforehand: the same in every world.
struct PoolPlan {
    std::string pool;
    int at_least = 1;  ///< that serve, whatever is asked; 0: none while nothing is asked
    std::vector<ReservedReplicas> reserve{};
    std::optional<Number> on_demand_usd;  ///< per GPU-hour, of all that is not reserved; at the scenario's start
};

}  // namespace runrate
