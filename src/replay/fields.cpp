#include "replay/fields.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "core/date.h"

namespace runrate {
namespace {

constexpr std::int64_t nano = 1'000'000'000;

std::string found(std::string_view text) { return fmt::format("found '{}'", shown(text)); }

/// `120.000` as `120`.
std::string_view without_zeros(std::string_view text) {
    auto const point = text.find('.');
    bool const whole = point != std::string_view::npos && point > 0 && point + 1 < text.size() &&
                       text.find_first_not_of('0', point + 1) == std::string_view::npos;
    return whole ? text.substr(0, point) : text;
}

std::optional<int> digits(std::string_view text) {
    int value = 0;
    if (text.size() > 9 || !all_digits(text)) return std::nullopt;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// `.1234567` in nanoseconds, more than nine digits cut.
std::optional<std::int64_t> fraction(std::string_view text) {
    if (text.empty()) return 0;
    if (text[0] != '.' || !all_digits(text.substr(1))) return std::nullopt;
    std::int64_t value = 0;
    for (std::size_t i = 1; i <= 9; ++i) value = 10 * value + (i < text.size() ? text[i] - '0' : 0);
    return value;
}

/// `Z`, `+02`, `+0200`, `-02:30` in minutes.
std::optional<int> offset_minutes(std::string_view text) {
    if (text.empty() || text == "Z" || text == "z") return 0;
    std::string compact;
    for (char c : text.substr(1)) {
        if (c != ':') compact += c;
    }
    if (compact.size() == 2) compact += "00";
    auto const value = digits(compact);
    if (compact.size() != 4 || !value || *value % 100 > 59 || *value > 1500) return std::nullopt;
    int const minutes = *value / 100 * 60 + *value % 100;
    if (text[0] == '+') return minutes;
    return text[0] == '-' ? std::optional{-minutes} : std::nullopt;
}

/// Seconds, minutes and hours of `10:00:59`, with 60 for a leap second.
std::optional<std::int64_t> second_of_day(std::string_view text) {
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
    auto const h = digits(text.substr(0, 2)), m = digits(text.substr(3, 2)), s = digits(text.substr(6, 2));
    if (!h || !m || !s || *h > 23 || *m > 59 || *s > 60) return std::nullopt;
    return *h * 3600 + *m * 60 + *s;
}

}  // namespace

Tokens checked_tokens(std::string_view name, std::int64_t number, std::optional<RowFault>& fault) {
    if (number < 0) fault = RowFault{fmt::format("'{}' is negative", name), fmt::format("found {}", number)};
    if (number > most_tokens)
        fault = RowFault{fmt::format("'{}' is beyond a billion tokens", name), fmt::format("found {}", number)};
    return fault ? Tokens{} : Tokens{number};
}

Tokens read_tokens(std::string_view name, std::string_view text, std::optional<RowFault>& fault) {
    if (text.empty()) return fault = RowFault{fmt::format("'{}' is empty", name), ""}, Tokens{};
    auto const whole = without_zeros(text);
    std::int64_t value = 0;
    auto const [end, wrong] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
    bool const huge = wrong == std::errc::result_out_of_range && end == whole.data() + whole.size();
    if (huge) return fault = RowFault{fmt::format("'{}' is beyond a billion tokens", name), found(text)}, Tokens{};
    if (wrong != std::errc{} || end != whole.data() + whole.size())
        return fault = RowFault{fmt::format("'{}' is no whole number", name), found(text)}, Tokens{};
    return checked_tokens(name, value, fault);
}

std::optional<TraceTime> parse_time(std::string_view text) {
    if (text.size() < 19 || (text[10] != ' ' && text[10] != 'T')) return std::nullopt;
    auto const date = parse_date(text.substr(0, 10));
    auto const second = second_of_day(text.substr(11, 8));
    auto const rest = text.substr(19);
    auto const zone = std::min(rest.find_first_of("Zz+-"), rest.size());
    auto const nanos = fraction(rest.substr(0, zone));
    auto const offset = offset_minutes(rest.substr(zone));
    if (!date || !second || !nanos || !offset || *date < Date{std::chrono::days{0}}) return std::nullopt;
    if (*date > Date{std::chrono::year{2200} / 1 / 1}) return std::nullopt;
    return TraceTime{*date} + std::chrono::seconds{*second} + std::chrono::nanoseconds{*nanos} -
           std::chrono::minutes{*offset};
}

std::optional<Money> parse_dollars(std::string_view text) {
    double value = 0;
    auto const [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool const number = wrong == std::errc{} && end == text.data() + text.size() && std::abs(value) < 9e9;
    return number ? std::optional{from_dollars(value)} : std::nullopt;
}

/// The time, or nothing with what is wrong with it.
std::optional<TraceTime> NumericTimes::checked(std::int64_t whole, std::int64_t billionths, std::string_view& wrong) {
    if (whole < 0) return wrong = "is negative", std::nullopt;
    auto const longest = std::chrono::nanoseconds{std::chrono::seconds{7'258'118'400}} / unit_;  // 2200-01-01
    if (whole > longest) return wrong = "is beyond the year 2200", std::nullopt;
    TraceTime const time{whole * unit_ + billionths * unit_ / nano};
    bool const relative = time.time_since_epoch() < std::chrono::seconds{1'000'000'000};
    if (!relative_) relative_ = relative;
    if (relative && !*relative_) return wrong = "counts from zero where the first is a date", std::nullopt;
    if (!relative && *relative_) return wrong = "is a date where the first counts from zero", std::nullopt;
    return time;
}

std::optional<TraceTime> NumericTimes::read(std::string_view name, std::int64_t number,
                                            std::optional<RowFault>& fault) {
    std::string_view wrong;
    auto const time = checked(number, 0, wrong);
    if (!time) fault = RowFault{fmt::format("'{}' {}", name, wrong), fmt::format("found {}", number)};
    return time;
}

std::optional<TraceTime> NumericTimes::read(std::string_view name, std::string_view text,
                                            std::optional<RowFault>& fault) {
    auto const point = std::min(text.find('.'), text.size());
    std::int64_t whole = 0;
    auto const [end, bad] = std::from_chars(text.data(), text.data() + point, whole);
    auto const billionths = fraction(text.substr(point));
    std::string_view wrong = "is no time";
    std::optional<TraceTime> time;
    bool const number = end == text.data() + point && bad != std::errc::invalid_argument && billionths;
    if (number && bad == std::errc{}) time = checked(whole, *billionths, wrong);
    if (number && bad == std::errc::result_out_of_range)
        wrong = text[0] == '-' ? "is negative" : "is beyond the year 2200";
    if (!time) fault = RowFault{fmt::format("'{}' {}", name, wrong), found(text)};
    return time;
}

}  // namespace runrate
