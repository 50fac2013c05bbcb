#pragma once

#include <chrono>
#include <cstdint>

namespace runrate {

/// The clock of the simulated world. It has no `now()`: only the simulation of one session or fleet knows what time
/// it is. A tick is 2^-10 ns, so 64 bits hold 104 days and sums of equal steps are exact.
struct SimClock {
    using rep = std::int64_t;
    using period = std::ratio<1, 1'024'000'000'000>;
    using duration = std::chrono::duration<rep, period>;
    using time_point = std::chrono::time_point<SimClock>;
    static constexpr bool is_steady = true;
};

using Duration = SimClock::duration;   ///< how long; adds to itself
using Instant = SimClock::time_point;  ///< when; two instants subtract, never add

/// Rounds to the nearest tick and stops at +-50 days. The one way from model arithmetic (double seconds) to the clock
/// (integers), so that the order of events never depends on how a sum of doubles was associated.
Duration from_seconds(double seconds);

constexpr double to_seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

}  // namespace runrate
