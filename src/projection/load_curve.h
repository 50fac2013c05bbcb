#pragma once

#include <cstdint>
#include <vector>

#include "fleet/pool_settings.h"
#include "projection/cache_reuse.h"
#include "stat/sketch.h"

namespace runrate {

/// What a replica does with so many requests in flight on average.
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

/// Of a replica whose throughput is stated: up to `full_at` in flight a call takes as long as its tokens at that part
/// of the throughput, beyond it longer. \param with_prompts  whether tokens of prompts count too
LoadCurve stated_curve(std::vector<CallMix> const&, bool with_prompts, double tokens_per_s, double full_at);

/// Requests in flight of a replica.
struct LoadRange {
    double from = 1, to = 1e9;
};

/// Runs a replica, level by level, on sampled calls in their mix. They come from callers that wait for an answer and
/// then ask others of the pool for a while, so that requests come at any time and as many are in flight here as of all
/// those at its replicas chance sends here. Prefixes are in its cache where room for what has been used since is left:
/// least recently used goes first, and sessions that are under way and fresh tokens compete (Che's approximation: a
/// content is found if it was used within the time that it takes to fill the cache).
/// \param replicas  that the pool usually has. Without affinity they share the calls of a session; with it a session
/// moves where its own has far more than its share, and finds nothing there
/// \param calls     that each level is run on at least
/// \param range     of requests in flight that matters
LoadCurve load_curve(PoolSettings const&, std::vector<CallMix> const&, double replicas, std::int64_t calls = 240,
                     LoadRange range = {});

}  // namespace runrate
