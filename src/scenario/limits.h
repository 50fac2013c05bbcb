#pragma once

#include <string>
#include <vector>

#include "core/id.h"
#include "pricing/rate_limit.h"

namespace runrate {

/// What an option may ask of some targets per minute.
struct TargetLimits {
    std::string name;               ///< the first target, and how many share its limits
    std::vector<TargetId> targets;  ///< of the scenario
    RateLimits per_minute;
    std::string source;  ///< of a published tier; empty: stated in the scenario
    Date as_of{};
};

/// What a vendor lets an account spend in a calendar month.
struct SpendCeiling {
    std::string vendor, tier;
    double per_month = 0;  ///< in the currency of the result
};

/// The limits under which an option works.
struct OptionLimits {
    std::vector<TargetLimits> targets;  ///< no target twice
    std::vector<SpendCeiling> spend;
    std::vector<std::string> unlimited;  ///< targets of a vendor whose tier says nothing of them
};

}  // namespace runrate
