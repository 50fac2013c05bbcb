#include "units/unit.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/currency.h"

namespace runrate {
namespace {

constexpr double no_limit = 1e18;

struct Spelling {
    std::string_view text;
    Unit unit;
    double scale;
    bool dollars = false;
};

constexpr std::array spellings{
    Spelling{"", Unit::none, 1},
    Spelling{"%", Unit::percent, 0.01},
    Spelling{"% per month", Unit::change_per_month, 0.01},
    Spelling{"% per year", Unit::change_per_year, 0.01},
    Spelling{"x", Unit::times, 1},
    Spelling{"tokens", Unit::tokens, 1},
    Spelling{"token", Unit::tokens, 1},
    Spelling{"s", Unit::seconds, 1},
    Spelling{"ms", Unit::seconds, 1e-3},
    Spelling{"min", Unit::seconds, 60},
    Spelling{"h", Unit::seconds, 3600},
    Spelling{"day", Unit::seconds, 86400},
    Spelling{"days", Unit::seconds, 86400},
    Spelling{"month", Unit::months, 1},
    Spelling{"months", Unit::months, 1},
    Spelling{"tokens/s", Unit::tokens_per_second, 1},
    Spelling{"per minute", Unit::per_minute, 1},
    Spelling{"requests per minute", Unit::per_minute, 1},
    Spelling{"tokens per minute", Unit::tokens_per_minute, 1},
    Spelling{"tokens/min", Unit::tokens_per_minute, 1},
    Spelling{"tokens per month", Unit::tokens_per_month, 1},
    Spelling{"FTE", Unit::fte, 1},
    Spelling{"", Unit::dollars, 1, true},
    Spelling{"per month", Unit::dollars_per_month, 1, true},
    Spelling{"/month", Unit::dollars_per_month, 1, true},
    Spelling{"per year", Unit::dollars_per_year, 1, true},
    Spelling{"/year", Unit::dollars_per_year, 1, true},
    Spelling{"/M tokens", Unit::dollars_per_token, 1e-6, true},
    Spelling{"per M tokens", Unit::dollars_per_token, 1e-6, true},
    Spelling{"/k tokens", Unit::dollars_per_token, 1e-3, true},
    Spelling{"per k tokens", Unit::dollars_per_token, 1e-3, true},
    Spelling{"/M tokens per hour", Unit::dollars_per_token_hour, 1e-6, true},
    Spelling{"per M tokens per hour", Unit::dollars_per_token_hour, 1e-6, true},
    Spelling{"per request", Unit::dollars_per_call, 1, true},
    Spelling{"per 1k requests", Unit::dollars_per_call, 1e-3, true},
    Spelling{"per search", Unit::dollars_per_call, 1, true},
    Spelling{"per 1k searches", Unit::dollars_per_call, 1e-3, true},
    Spelling{"/unit-h", Unit::dollars_per_unit_hour, 1, true},
    Spelling{"/GPU-h", Unit::dollars_per_gpu_hour, 1, true},
    Spelling{"/kWh", Unit::dollars_per_kwh, 1, true},
    Spelling{"/GB", Unit::dollars_per_byte, 1e-9, true},
    Spelling{"/kW-month", Unit::dollars_per_kw_month, 1, true},
    Spelling{"per unit per month", Unit::dollars_per_unit_month, 1, true},
    Spelling{"bytes", Unit::bytes, 1},
    Spelling{"MB", Unit::bytes, 1e6},
    Spelling{"GB", Unit::bytes, 1e9},
    Spelling{"TB", Unit::bytes, 1e12},
    Spelling{"MiB", Unit::bytes, 1024.0 * 1024},
    Spelling{"GiB", Unit::bytes, 1024.0 * 1024 * 1024},
    Spelling{"TiB", Unit::bytes, 1024.0 * 1024 * 1024 * 1024},
    Spelling{"MB/s", Unit::bytes_per_second, 1e6},
    Spelling{"GB/s", Unit::bytes_per_second, 1e9},
    Spelling{"TB/s", Unit::bytes_per_second, 1e12},
    Spelling{"GFLOP/s", Unit::flops, 1e9},
    Spelling{"TFLOP/s", Unit::flops, 1e12},
    Spelling{"PFLOP/s", Unit::flops, 1e15},
    Spelling{"W", Unit::watts, 1},
    Spelling{"kW", Unit::watts, 1e3},
};

std::string_view trim(std::string_view text) {
    auto const from = text.find_first_not_of(' ');
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(' ') - from + 1);
}

/// A number and what stands around it: `-$1.5k per month`.
struct Written {
    double number = 0;
    std::string_view currency;
    std::string_view suffix;
};

/// A currency by its sign before the number.
struct Sign {
    std::string_view text, currency;
};
constexpr std::array signs{Sign{"$", "USD"}, Sign{"€", "EUR"}, Sign{"£", "GBP"}, Sign{"¥", "JPY"}};

double magnitude(char c) {
    switch (c) {
        case 'k': return 1e3;
        case 'M': return 1e6;
        case 'B': return 1e9;
        default: return 0;
    }
}

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::optional<Written> split_number(std::string_view text) {
    Written w;
    text = trim(text);
    bool const negative = !text.empty() && text.front() == '-';
    if (negative) text.remove_prefix(1);
    for (auto const& sign : signs) {
        if (!text.starts_with(sign.text)) continue;
        w.currency = sign.currency;
        text.remove_prefix(sign.text.size());
        break;
    }
    if (text.empty() || !((text.front() >= '0' && text.front() <= '9') || text.front() == '.')) return std::nullopt;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), w.number);
    if (fault != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    bool const scaled = !text.empty() && magnitude(text[0]) > 0 && (text.size() == 1 || !letter(text[1]));
    if (scaled) {
        w.number *= magnitude(text[0]);
        text.remove_prefix(1);
    }
    if (negative) w.number = -w.number;
    w.suffix = trim(text);
    if (w.currency.empty() && is_currency(w.suffix.substr(0, 3)) && (w.suffix.size() == 3 || !letter(w.suffix[3]))) {
        w.currency = w.suffix.substr(0, 3);
        w.suffix = trim(w.suffix.substr(3));
    }
    return w;
}

std::optional<Spelling> find_spelling(Written const& w) {
    for (auto const& s : spellings) {
        if (s.text == w.suffix && s.dollars == !w.currency.empty()) return s;
    }
    return std::nullopt;
}

std::variant<Value, std::string> to_value(std::string_view text, Written const& w) {
    auto const unit = find_spelling(w);
    if (!unit) return fmt::format("unknown unit '{}' in '{}'", w.suffix, text);
    double const number = w.number * unit->scale;
    if (!std::isfinite(number) || std::abs(number) > no_limit) return fmt::format("'{}' is out of range", text);
    return Value{number, unit->unit, std::string{w.currency}};
}

std::size_t range_word(std::string_view text) { return text.find(" to "); }

}  // namespace

std::string_view spelling(Unit unit) {
    switch (unit) {
        case Unit::none: return "";
        case Unit::percent: return "share";
        case Unit::change_per_month: return "change per month";
        case Unit::change_per_year: return "change per year";
        case Unit::times: return "x";
        case Unit::tokens: return "tokens";
        case Unit::seconds: return "s";
        case Unit::months: return "months";
        case Unit::tokens_per_second: return "tokens/s";
        case Unit::per_minute: return "per minute";
        case Unit::tokens_per_minute: return "tokens per minute";
        case Unit::tokens_per_month: return "tokens per month";
        case Unit::fte: return "FTE";
        case Unit::dollars: return "$";
        case Unit::dollars_per_month: return "$ per month";
        case Unit::dollars_per_year: return "$ per year";
        case Unit::dollars_per_token: return "$ per token";
        case Unit::dollars_per_token_hour: return "$ per token and hour";
        case Unit::dollars_per_call: return "$ per call";
        case Unit::dollars_per_unit_hour: return "$ per unit-h";
        case Unit::dollars_per_gpu_hour: return "$ per GPU-h";
        case Unit::dollars_per_kwh: return "$ per kWh";
        case Unit::dollars_per_byte: return "$ per byte";
        case Unit::dollars_per_kw_month: return "$ per kW and month";
        case Unit::dollars_per_unit_month: return "$ per unit and month";
        case Unit::bytes: return "bytes";
        case Unit::bytes_per_second: return "bytes/s";
        case Unit::flops: return "FLOP/s";
        case Unit::watts: return "W";
    }
    return "";
}

bool looks_like_range(std::string_view text) { return range_word(text) != std::string_view::npos; }

std::variant<Value, std::string> parse_value(std::string_view text) {
    auto const w = split_number(text);
    if (!w) return fmt::format("'{}' is not a number", text);
    return to_value(text, *w);
}

std::variant<Range, std::string> parse_range(std::string_view text) {
    auto const word = range_word(text);
    auto low = split_number(text.substr(0, word));
    auto const high = split_number(text.substr(word + 4));
    if (!low || !high) return fmt::format("'{}' is not a range of two numbers", text);
    if (low->suffix.empty() && (low->currency.empty() || !high->currency.empty())) {
        low->suffix = high->suffix;
        if (low->currency.empty()) low->currency = high->currency;
    }
    if (low->suffix == "%" && high->suffix.starts_with("% per ")) low->suffix = high->suffix;
    auto const from = to_value(text, *low);
    auto const to = to_value(text, *high);
    if (auto const* fault = std::get_if<std::string>(&from)) return *fault;
    if (auto const* fault = std::get_if<std::string>(&to)) return *fault;
    Range const range{std::get<Value>(from), std::get<Value>(to)};
    if (range.low.unit != range.high.unit || range.low.currency != range.high.currency)
        return fmt::format("the ends of '{}' have different units (write both in one)", text);
    if (range.low.number > range.high.number) return fmt::format("'{}' goes down (write the smaller end first)", text);
    return range;
}

bool Dimension::accepts(Unit unit) const { return std::find(units.begin(), units.end(), unit) != units.end(); }

std::optional<std::string> Dimension::fault(double number) const {
    auto const unit = units.front();
    bool const in_percent = unit == Unit::percent || unit == Unit::change_per_month || unit == Unit::change_per_year;
    double const shown = in_percent ? 100 : 1;
    char const* const sign = in_percent ? "%" : "";
    if (number < low || (low_open && number == low)) {
        return fmt::format("must be {} {:g}{}", low_open ? "greater than" : "at least", low * shown, sign);
    }
    if (number > high)
        return fmt::format("must be {} {:.4g}{}", high_open ? "less than" : "at most", high * shown, sign);
    if (whole && number != std::floor(number)) return "must be a whole number";
    return std::nullopt;
}

namespace dimension {
Dimension const plain{"a number", {Unit::none}, -no_limit, no_limit};
Dimension const count{"a number such as 50k", {Unit::none}, 0, no_limit};
Dimension const positive{"a number above 0", {Unit::none}, 0, no_limit, false, true};
Dimension const whole_count{"a whole number", {Unit::none}, 0, no_limit, true};
Dimension const few{"a number such as 5", {Unit::none}, 0, 10'000};
Dimension const share{"a share such as 30%", {Unit::percent}, 0, 1};
Dimension const share_below_one{"a share below 100%, such as 30%", {Unit::percent}, 0, 0.999999, false, false, true};
Dimension const spread{"a spread such as 25%", {Unit::percent, Unit::none}, 0, 10};
Dimension const growth{
    "a change such as 4% per month", {Unit::change_per_month, Unit::change_per_year}, -1, 1e6, false, true};
Dimension const change_per_year{"a change such as -20% per year", {Unit::change_per_year}, -1, 1e6, false, true};
Dimension const factor{"a factor such as 1.5x", {Unit::times, Unit::none}, 0, 1e12};
Dimension const positive_factor{"a factor such as 1.5x", {Unit::times, Unit::none}, 0, 1e12, false, true};
Dimension const tokens{"tokens such as 200 tokens", {Unit::tokens}, 0, 1e12};
Dimension const duration{"a duration such as 45 s", {Unit::seconds}, 0, 50.0 * 86400};
Dimension const age{"an age such as 90 days", {Unit::seconds}, 0, 1e10};
Dimension const spread_months{"a number of months such as 24 months", {Unit::months}, 1, 1200, true};
Dimension const speed{"a speed such as 70 tokens/s", {Unit::tokens_per_second}, 0, 1e9};
Dimension const throughput{"a throughput such as 2800 tokens/s", {Unit::tokens_per_second}, 0, 1e9, false, true};
Dimension const requests_per_minute{
    "requests per minute such as 4k per minute", {Unit::per_minute}, 0, 1e12, false, true};
Dimension const tokens_per_minute{
    "tokens per minute such as 2M tokens per minute", {Unit::tokens_per_minute}, 0, 1e15, false, true};
Dimension const tokens_per_month{
    "tokens per month such as 20M tokens per month", {Unit::tokens_per_month}, 0, 1e15, false, true};
Dimension const unit_price{"a price such as $1/unit-h or $260 per unit per month",
                           {Unit::dollars_per_unit_hour, Unit::dollars_per_unit_month},
                           0,
                           1e9};
Dimension const gpu_price{"a price such as $2.95/GPU-h", {Unit::dollars_per_gpu_hour}, 0, 1e6};
Dimension const energy_price{"a price such as $0.10/kWh", {Unit::dollars_per_kwh}, 0, 1e3};
Dimension const traffic_price{"a price such as $0.09/GB", {Unit::dollars_per_byte}, 0, 1};
Dimension const power_price{"a price such as $200/kW-month", {Unit::dollars_per_kw_month}, 0, 1e6};
Dimension const share_per_year{"a share such as 4% per year", {Unit::change_per_year}, 0, 1};
Dimension const fte{"full-time equivalents such as 0.25 FTE", {Unit::fte}, 0, 1e6};
Dimension const money{"money such as $0.50", {Unit::dollars}, 0, 1e12};
Dimension const money_per_month{"money per month such as $300 per month", {Unit::dollars_per_month}, 0, 1e12};
Dimension const money_per_year{"money per year such as $220k per year", {Unit::dollars_per_year}, 0, 1e12};
Dimension const token_price{"a price such as $3/M tokens", {Unit::dollars_per_token}, 0, 1};
Dimension const storage_price{"a storage price such as $4.50/M tokens per hour", {Unit::dollars_per_token_hour}, 0, 1};
Dimension const fee{"a fee such as $2 per 1k searches", {Unit::dollars_per_call}, 0, 1e6};
Dimension const memory{"memory such as 80 GiB or 192 GB", {Unit::bytes}, 0, 1e15};
Dimension const bandwidth{"a bandwidth such as 3.35 TB/s", {Unit::bytes_per_second}, 0, 1e15, false, true};
Dimension const compute{"arithmetic such as 989 TFLOP/s", {Unit::flops}, 0, 1e18, false, true};
Dimension const power{"power such as 700 W", {Unit::watts}, 0, 1e6, false, true};
Dimension const site_power{"power such as 10.2 kW", {Unit::watts}, 0, 1e9, false, true};
}  // namespace dimension

}  // namespace runrate
