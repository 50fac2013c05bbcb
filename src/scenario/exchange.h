#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/currency.h"
#include "units/unit.h"
#include "yaml/node.h"

namespace runrate {

/// The currency of a scenario's results, into which its amounts are converted when they are read.
struct Exchange {
    std::string currency = "USD";
    ExchangeRate rate{};
    bool known = true;  ///< else `money` has a mistake, which is reported there
};

/// `0.92 EUR per USD` or `1.087 USD per EUR`; nothing where it is no rate of that currency.
std::optional<ExchangeRate> parse_rate(std::string_view text, std::string_view currency);

/// What `money` of a scenario says, before it is read: amounts stand in sections before it too. Reports nothing.
Exchange exchange_of(Node const& scenario);

/// The value in the scenario's currency; or why it cannot be. Dollars are converted, what is no money stays as it is.
/// \param text  as written, for the message
std::variant<Value, std::string> in_currency(Value, std::string_view text, Exchange const&);

}  // namespace runrate
