#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/quantity.h"

namespace runrate {

/// Sums of money and products of tokens and prices: 64 bits of nano-dollars end at 9.2 billion dollars.
__extension__ using Wide = __int128;

namespace unit {
struct NanoUsd {
    static constexpr std::string_view symbol = "nUSD";
};
struct PicoUsdPerToken {
    static constexpr std::string_view symbol = "pUSD/token";
};
struct PicoUsdPerTokenHour {
    static constexpr std::string_view symbol = "pUSD/token-hour";
};
}  // namespace unit

/// An amount on a ledger: whole nano-dollars, so that sums are exact and do not depend on order. Statistics over
/// amounts are taken in double dollars and never flow back into a ledger.
using Money = Quantity<unit::NanoUsd, std::int64_t>;

/// A price of the price book. One dollar per million tokens is 10^6 pUSD/token, so six decimals of "$/M" are exact.
using TokenPrice = Quantity<unit::PicoUsdPerToken, std::int64_t>;

/// What it costs to keep a token in a vendor's cache: $1 per million tokens and hour is 10^6 pUSD/token-hour.
using StoragePrice = Quantity<unit::PicoUsdPerTokenHour, std::int64_t>;

inline constexpr std::int64_t nano_per_dollar = 1'000'000'000;

constexpr Money operator""_usd(unsigned long long dollars) {
    return Money{static_cast<std::int64_t>(dollars) * nano_per_dollar};
}

/// The quotient rounded to the nearest integer, half to even. \pre by > 0
Wide divide_half_even(Wide value, Wide by);

/// Narrows an exact sum to 64 bits. \throws std::overflow_error beyond 9.2 billion dollars
Money narrow(Wide nano_usd);

/// What `n` tokens cost; rounded once, half to even. \pre neither is negative \throws std::overflow_error as narrow()
Money operator*(TokenPrice price, Tokens n);

/// What `n` pieces at `each` cost, exactly. \throws std::overflow_error as narrow()
Money times(Money each, std::int64_t n);

/// The nearest price to `price * factor`, half to even. \pre factor is finite and not negative
TokenPrice scaled(TokenPrice price, double factor);

/// The nearest amount to `money * factor`. \pre factor is finite
Money scaled(Money money, double factor);

/// Dollars, for statistics and display only.
constexpr double to_dollars(Money m) { return static_cast<double>(m.count()) / static_cast<double>(nano_per_dollar); }

/// The nearest whole nano-dollars. \pre |dollars| < 9e9
Money from_dollars(double dollars);

/// Divides `total` in proportion to `weights` (largest remainder, ties to the earlier part).
/// \pre  total >= 0; weights are finite, non-negative and not all zero
/// \post the parts sum to `total` exactly
std::vector<Money> split(Money total, std::span<double const> weights);

/// The amounts in whole steps such that the parts sum to the rounded total (largest remainder).
/// \pre step > 0 \throws std::overflow_error beyond 64 bits of steps
std::vector<std::int64_t> round_to_sum(std::span<Wide const> amounts, std::int64_t step);

}  // namespace runrate
