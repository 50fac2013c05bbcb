#pragma once

#include <string>

#include "pricing/price_book.h"

namespace runrate {

/// What a vendor's tier allows for one model. It refers to the book.
struct ModelLimits {
    LimitTier const* tier;
    RateLimits const* per_minute;
};

/// \throws std::invalid_argument, naming the tiers that there are, for a tier that the model's vendor does not publish
/// or that does not limit the model, or whose refusals ask to wait for longer than a day
ModelLimits limits_of(PriceBook const&, std::string const& tier, std::string const& model);

}  // namespace runrate
