#include "report/figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "core/money.h"

namespace runrate {
namespace {

constexpr std::int64_t million = 1'000'000;

/// A value printed with `places` decimals in units of `unit`.
struct Step {
    std::int64_t unit;
    int places;
    char const* suffix;
};

/// Every way to print millionths with three digits, finest first.
constexpr std::array<Step, 19> steps{{
    {million, 6, ""},
    {million, 5, ""},
    {million, 4, ""},
    {million, 3, ""},
    {million, 2, ""},
    {million, 1, ""},
    {million, 0, ""},
    {million * 1000, 2, "k"},
    {million * 1000, 1, "k"},
    {million * 1000, 0, "k"},
    {million * million, 2, "M"},
    {million * million, 1, "M"},
    {million * million, 0, "M"},
    {million * million * 1000, 2, "B"},
    {million * million * 1000, 1, "B"},
    {million * million * 1000, 0, "B"},
    {million * million * million, 2, "T"},
    {million * million * million, 1, "T"},
    {million * million * million, 0, "T"},
}};

std::int64_t power_of_ten(int n) {
    std::int64_t power = 1;
    for (int i = 0; i < n; ++i) power *= 10;
    return power;
}

/// Integer `digits` with a point before its last `places`.
std::string with_point(std::int64_t digits, int places) {
    if (places == 0) return fmt::format("{}", digits);
    auto const one = power_of_ten(places);
    return fmt::format("{}.{:0{}}", digits / one, digits % one, places);
}

std::string three_digits(Wide millionths) {
    for (Step const& step : steps) {
        Wide const digits = divide_half_even(millionths * power_of_ten(step.places), step.unit);
        if (digits < 1000) return with_point(static_cast<std::int64_t>(digits), step.places) + step.suffix;
    }
    return fmt::format("{}T", static_cast<std::int64_t>(divide_half_even(millionths, steps.back().unit)));
}

std::string symbol(std::string_view currency) {
    if (currency == "USD") return "$";
    if (currency == "EUR") return "€";
    if (currency == "GBP") return "£";
    return std::string{currency} + " ";
}

std::string unsigned_money(Amount amount, std::string_view currency) {
    Wide const wide = amount.millionths;
    if (wide == 0) return symbol(currency) + "0";
    return symbol(currency) + three_digits(wide < 0 ? -wide : wide);
}

}  // namespace

std::string decimal(Amount amount) {
    bool const negative = amount.millionths < 0;
    auto const bits = static_cast<std::uint64_t>(amount.millionths);
    auto const magnitude = negative ? 0 - bits : bits;
    return fmt::format("{}{}.{:06}", negative ? "-" : "", magnitude / 1'000'000, magnitude % 1'000'000);
}

std::string shortest(double value) { return std::isfinite(value) ? fmt::format("{}", value) : std::string{}; }

std::string money(Amount amount, std::string_view currency) {
    return fmt::format("{}{}", amount.millionths < 0 ? "-" : "", unsigned_money(amount, currency));
}

std::string signed_money(Amount amount, std::string_view currency) {
    return fmt::format("{}{}", amount.millionths > 0 ? "+" : "", money(amount, currency));
}

std::string figure(double value) {
    if (!std::isfinite(value)) return "-";
    if (value < 0) return fmt::format("-{}", figure(-value));
    if (value < 1000 && value == std::floor(value)) return fmt::format("{}", value);
    if (value < 1) return fmt::format("{:.3g}", value);
    double unit = 1;
    for (char const* suffix : {"", "k", "M", "B"}) {
        double const scaled_value = value / unit;
        int const places = scaled_value < 9.995 ? 2 : scaled_value < 99.95 ? 1 : 0;
        if (scaled_value < 999.5) return fmt::format("{:.{}f}{}", scaled_value, places, suffix);
        unit *= 1000;
    }
    return fmt::format("{:.3g}T", value / unit);
}

std::string percent(double share) {
    if (!std::isfinite(share)) return "-";
    double const hundredths = share * 100, size = std::fabs(hundredths);
    int const places = size == 0 || size >= 9.95 ? 0 : size < 0.995 ? 2 : 1;
    return fmt::format("{:.{}f}%", hundredths, places);
}

std::string seconds_text(double seconds) {
    return seconds >= 0.9995 ? figure(seconds) + " s" : fmt::format("{} ms", figure(1000 * seconds));
}

std::string times_text(double scale) { return fmt::format("{}x", scale); }

std::vector<int> percentages(std::span<Amount const> parts) {
    Wide total = 0;
    for (Amount part : parts) total += part.millionths;
    if (total <= 0) return {};
    std::vector<int> percents;
    std::vector<Wide> remainders;
    for (Amount part : parts) {
        Wide const hundredfold = Wide{part.millionths} * 100;
        Wide const down = (hundredfold >= 0 ? hundredfold : hundredfold - total + 1) / total;
        percents.push_back(static_cast<int>(down));
        remainders.push_back(hundredfold - down * total);
    }
    for (int left = 100 - std::accumulate(percents.begin(), percents.end(), 0); left > 0; --left) {
        auto const largest = std::max_element(remainders.begin(), remainders.end());
        ++percents[static_cast<std::size_t>(largest - remainders.begin())];
        *largest = -1;
    }
    return percents;
}

}  // namespace runrate
