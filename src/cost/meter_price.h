#pragma once

#include <cstdint>
#include <string_view>

#include "core/money.h"
#include "pricing/price_book.h"
#include "serving/usage.h"

namespace runrate {

/// What decides the rates of a request besides its date.
struct RequestClass {
    Lane lane = Lane::standard;
    Tokens prompt{0};                   ///< its whole prompt, cached tokens included
    DailyHours const* hours = nullptr;  ///< that it falls into
};

/// What one piece of a meter costs by a price row: a token for token meters, a call for fees, a token kept for an hour
/// for storage. Cache reads and writes that have no price of their own cost as input; reasoning costs as output; failed
/// attempts cost nothing.
TokenPrice price_of(Meter, PriceRow const&, RequestClass const& = {});

/// The factor that region and hours put on it: 1 on fees.
double factor_of(Meter, PriceRow const&, RequestClass const&, std::string const& region);

/// What `pieces` of a meter cost; rounded once, half to even.
Money bill(TokenPrice each, std::int64_t pieces);

/// Whether the meter can be on a bill at all.
bool billable(Meter);

/// Whether it counts tokens: regions and hours multiply their prices, but no fees.
bool counts_tokens(Meter);

/// `tokens`, `requests`, `searches` or `token-hours`.
std::string_view unit_of(Meter);

}  // namespace runrate
