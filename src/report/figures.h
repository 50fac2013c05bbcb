#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runrate/result.h"

/// Numbers as text: exact for machines, three significant digits for people.
namespace runrate {

/// The amount with exactly six places, from its integer: `12.340000`.
std::string decimal(Amount);

/// The shortest text that reads back as the same double, or nothing when it is not finite.
std::string shortest(double);

/// Three significant digits in a currency: `$12.4k`, `€0.253`, `CHF 1.20M`; k thousand, M million, B billion,
/// T trillion. Rounded half to even from the integer.
std::string money(Amount, std::string_view currency);

/// `money` with its sign, also a plus.
std::string signed_money(Amount, std::string_view currency);

/// Three significant digits of a count or a measure: `210`, `8.41k`, `0.0123`; `-` when not finite.
std::string figure(double);

/// A share as percent: one decimal under 10 %, two under 1 %, none above.
std::string percent(double share);

/// A latency: `1.20 s`, `405 ms`.
std::string seconds_text(double seconds);

/// A scale: `10x`.
std::string times_text(double scale);

/// Parts of a whole in percent that sum to 100 exactly (largest remainder).
/// Parts may be negative (credits); where they do not sum to something positive there are no shares: empty.
std::vector<int> percentages(std::span<Amount const> parts);

}  // namespace runrate
