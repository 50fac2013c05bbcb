#include "cost/meter_price.h"

namespace runrate {
namespace {

/// A fee per call in the pico-dollars of token prices.
TokenPrice per_piece(std::optional<Money> fee) { return TokenPrice{fee ? fee->count() * 1000 : 0}; }

}  // namespace

TokenPrice price_of(Meter meter, PriceRow const& row, RequestClass const& of) {
    auto const& rates = rates_of(row, of.lane, of.prompt, of.hours);
    switch (meter) {
        case Meter::requests: return per_piece(row.per_request);
        case Meter::input: return rates.input;
        case Meter::cache_read: return rates.cache_read.value_or(rates.input);
        case Meter::cache_write_5m: return rates.cache_write_5m.value_or(rates.input);
        case Meter::cache_write_1h: return rates.cache_write_1h.value_or(rates.cache_write_5m.value_or(rates.input));
        case Meter::output:
        case Meter::reasoning: return rates.output;
        case Meter::searches: return per_piece(row.per_search);
        case Meter::failed: return TokenPrice{0};
        case Meter::cache_storage: return TokenPrice{row.storage ? row.storage->count() : 0};
    }
    return TokenPrice{0};
}

double factor_of(Meter meter, PriceRow const& row, RequestClass const& of, std::string const& region) {
    if (!counts_tokens(meter)) return 1;
    auto const* lane = lane_of(row, of.lane);
    bool const standard = !lane || lane == &row.standard;  // an unsold lane costs as standard
    return region_factor(row, region) * (of.hours && standard ? of.hours->factor : 1);
}

Money bill(TokenPrice each, std::int64_t pieces) { return each * Tokens{pieces}; }

bool billable(Meter meter) { return meter != Meter::failed; }

bool counts_tokens(Meter meter) { return unit_of(meter) == "tokens"; }

std::string_view unit_of(Meter meter) {
    switch (meter) {
        case Meter::requests:
        case Meter::failed: return "requests";
        case Meter::searches: return "searches";
        case Meter::cache_storage: return "token-hours";
        default: return "tokens";
    }
}

}  // namespace runrate
