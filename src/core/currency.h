#pragma once

#include <cstdint>
#include <string_view>

#include "core/money.h"

namespace runrate {

/// Whether it is the code of a currency in ISO 4217, such as `EUR`.
bool is_currency(std::string_view code);

/// What a dollar is in another currency: `units` of it are worth `usd` dollars. Exact, whichever way it is quoted.
struct ExchangeRate {
    std::int64_t units = 1, usd = 1;  ///< above 0

    [[nodiscard]] double per_dollar() const { return static_cast<double>(units) / static_cast<double>(usd); }
    friend bool operator==(ExchangeRate, ExchangeRate) = default;
};

/// An amount in dollars as nano-units of the other currency; rounded once, half to even.
/// \throws std::overflow_error beyond 9.2 billion units
Money exchanged(Money usd, ExchangeRate);

}  // namespace runrate
