#include "core/date.h"

#include <fmt/format.h>

namespace runrate {
namespace {

/// `count` decimal digits at `at`, nothing where anything else stands there.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return std::nullopt;
    int value = 0;
    for (char c : text.substr(at, count)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = 10 * value + (c - '0');
    }
    return value;
}

}  // namespace

std::optional<Month> parse_month(std::string_view text) {
    auto const year = digits(text, 0, 4);
    auto const month = digits(text, 5, 2);
    if (text.size() != 7 || text[4] != '-' || !year || !month) return std::nullopt;
    Month const result{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)}};
    if (!result.ok()) return std::nullopt;
    return result;
}

std::optional<Date> parse_date(std::string_view text) {
    if (text.size() != 10 || text[7] != '-') return std::nullopt;
    auto const month = parse_month(text.substr(0, 7));
    auto const day = digits(text, 8, 2);
    if (!month || !day) return std::nullopt;
    auto const date = *month / *day;
    if (!date.ok()) return std::nullopt;
    return Date{date};
}

std::string to_string(Date date) {
    std::chrono::year_month_day const d{date};
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                       static_cast<unsigned>(d.day()));
}

std::string to_string(Month m) {
    return fmt::format("{:04}-{:02}", static_cast<int>(m.year()), static_cast<unsigned>(m.month()));
}

Date first_day(Month m) { return Date{m / 1}; }

int days_in(Month m) { return static_cast<int>((first_day(m + std::chrono::months{1}) - first_day(m)).count()); }

int months_between(Month a, Month b) { return static_cast<int>((b - a).count()); }

int weekday_index(Date date) { return static_cast<int>(Weekday{date}.iso_encoding()) - 1; }

}  // namespace runrate
