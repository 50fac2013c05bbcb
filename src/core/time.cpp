#include "core/time.h"

#include <algorithm>
#include <cmath>

#include "core/contract.h"

namespace runrate {

Duration from_seconds(double seconds) {
    RUNRATE_EXPECT(!std::isnan(seconds));
    constexpr double longest_s = 50.0 * 86400;
    return Duration{static_cast<std::int64_t>(std::nearbyint(std::clamp(seconds, -longest_s, longest_s) * 1.024e12))};
}

}  // namespace runrate
