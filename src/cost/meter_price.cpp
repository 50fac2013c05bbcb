#include "cost/meter_price.h"

namespace runrate {
namespace {

/// A fee per call in the pico-dollars of token prices.
TokenPrice per_piece(std::optional<Money> fee) { return TokenPrice{fee ? fee->count() * 1000 : 0}; }

}  // namespace

TokenPrice price_of(Meter meter, PriceRow const& row) {
    switch (meter) {
        case Meter::requests: return per_piece(row.per_request);
        case Meter::input: return row.input;
        case Meter::cache_read: return row.cache_read.value_or(row.input);
        case Meter::cache_write_5m: return row.cache_write_5m.value_or(row.input);
        case Meter::cache_write_1h: return row.cache_write_1h.value_or(row.cache_write_5m.value_or(row.input));
        case Meter::output:
        case Meter::reasoning: return row.output;
        case Meter::searches: return per_piece(row.per_search);
        case Meter::failed: return TokenPrice{0};
    }
    return TokenPrice{0};
}

Money bill(TokenPrice each, std::int64_t pieces) { return each * Tokens{pieces}; }

bool billable(Meter meter) { return meter != Meter::failed; }

std::string_view unit_of(Meter meter) {
    switch (meter) {
        case Meter::requests:
        case Meter::failed: return "requests";
        case Meter::searches: return "searches";
        default: return "tokens";
    }
}

}  // namespace runrate
