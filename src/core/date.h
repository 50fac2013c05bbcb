#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace runrate {

using Date = std::chrono::sys_days;     ///< a civil day; local midnight is the scenario's
using Month = std::chrono::year_month;  ///< a civil month
using Weekday = std::chrono::weekday;

/// `2026-01-31`; nothing for any other spelling or a day that does not exist.
std::optional<Date> parse_date(std::string_view text);

/// `2026-01`; nothing for any other spelling.
std::optional<Month> parse_month(std::string_view text);

std::string to_string(Date);   ///< `2026-01-31`
std::string to_string(Month);  ///< `2026-01`

Date first_day(Month);
int days_in(Month);

/// Whole months from `a` to `b`; negative when b is earlier.
int months_between(Month a, Month b);

/// 0 for Monday to 6 for Sunday.
int weekday_index(Date);

}  // namespace runrate
