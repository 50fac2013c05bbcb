#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/money.h"

namespace runrate {

using ImportJson = nlohmann::ordered_json;

/// Dollars per `tokens` tokens, to the pico-dollar; nothing where it is no price (absent, null, no number, negative or
/// beyond a million dollars per million tokens).
inline std::optional<TokenPrice> token_price(ImportJson const& value, double tokens) {
    if (!value.is_number()) return std::nullopt;
    double const pico = value.get<double>() / tokens * 1e12;
    if (!(pico >= 0 && pico < 1e12)) return std::nullopt;
    return TokenPrice{static_cast<std::int64_t>(std::nearbyint(pico))};
}

/// A fee of one call in dollars.
inline std::optional<Money> call_fee(ImportJson const& value, double calls) {
    if (!value.is_number()) return std::nullopt;
    double const usd = value.get<double>() / calls;
    if (!(usd >= 0 && usd < 1e6)) return std::nullopt;
    return from_dollars(usd);
}

/// A model's name in the letters that price books allow; others become `-`.
inline std::string allowed_name(std::string name) {
    for (auto& c : name) {
        bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && std::string_view{"-_./:@+"}.find(c) == std::string_view::npos) c = '-';
    }
    return name;
}

}  // namespace runrate
