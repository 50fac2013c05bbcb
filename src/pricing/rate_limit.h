#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/date.h"
#include "core/money.h"

namespace runrate {

/// What may be asked per minute. Each is a token bucket: it refills continuously and holds one minute's worth.
struct RateLimits {
    std::optional<double> requests, input, output, tokens;  ///< output includes reasoning; tokens are both together
    bool counts_reads = true;                               ///< prompt tokens read from a cache count as input
    double retry_after_s = 0;                               ///< what a refusal asks to wait before the next attempt

    friend bool operator==(RateLimits const&, RateLimits const&) = default;
};

/// Limits that some models of a vendor share.
struct SharedLimits {
    std::vector<std::string> models;  ///< `vendor/model`
    RateLimits per_minute;

    friend bool operator==(SharedLimits const&, SharedLimits const&) = default;
};

/// What a vendor publishes for accounts of one tier.
struct LimitTier {
    std::string name;
    Date as_of{};
    std::string source;
    std::optional<Money> spend;  ///< the most per month
    std::vector<SharedLimits> limits;

    friend bool operator==(LimitTier const&, LimitTier const&) = default;
};

}  // namespace runrate
