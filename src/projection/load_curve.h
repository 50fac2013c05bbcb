#pragma once

#include <cstdint>
#include <vector>

#include "fleet/pool_settings.h"
#include "projection/call_sample.h"
#include "stat/sketch.h"

namespace runrate {

/// Calls of one feature to a pool, and how many of them there are of all.
struct CallMix {
    CallSample const* sample = nullptr;
    double calls = 0;  ///< per second at some usual time: a weight
};

/// What a replica does with so many requests in flight.
struct LoadLevel {
    double in_flight = 0;             ///< per replica
    std::vector<double> sojourn_s{};  ///< of a call, by feature: as its session sees it, front end included
    double calls_per_s = 0;           ///< that it completes
    double output_per_s = 0;          ///< tokens
    double cached = 0;                ///< share of prompt tokens that its prefix cache has
    LogSketch ttft{}, tpot{};         ///< seconds
};

/// A replica over its whole load range.
struct LoadCurve {
    std::vector<LoadLevel> levels;  ///< rising

    /// Between levels linear; below the first as there, above the last so that throughput stays.
    [[nodiscard]] double sojourn_s(std::size_t feature, double in_flight) const;

    /// Calls that it completes per second: between levels linear; below the first in proportion, above the last as
    /// there; 0 without levels.
    [[nodiscard]] double calls_per_s(double in_flight) const;

    /// The most that it completes per second at any level.
    [[nodiscard]] double saturated_calls_per_s() const;
};

/// Runs a replica with a constant number in flight, level by level, on sampled calls in their mix. Prefixes are in its
/// cache where room for what has been used since is left: least recently used goes first, and sessions that are under
/// way and fresh tokens compete (Che's approximation: a content is found if it was used within the time that it takes
/// to fill the cache).
/// \param replicas  among which a router without affinity spreads the calls of a session; 1 where it keeps them
/// together
/// \param calls     that each level is run on at least
LoadCurve load_curve(PoolSettings const&, std::vector<CallMix> const&, double replicas, std::int64_t calls = 240);

}  // namespace runrate
