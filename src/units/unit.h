#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace runrate {

/// The units that values of a scenario carry, each in its base: seconds, tokens, dollars, shares (0.3 for 30 %).
enum class Unit {
    none,                    ///< `12`, `50k`
    percent,                 ///< `30%`: a share or a spread, as the key says
    change_per_month,        ///< `4% per month`
    change_per_year,         ///< `-30% per year`
    times,                   ///< `1.5x`
    tokens,                  ///< `200k tokens`
    seconds,                 ///< `45 s`, `800 ms`, `5 min`, `6 h`, `90 days`
    months,                  ///< `36 months`: calendar months
    tokens_per_second,       ///< `70 tokens/s`
    per_minute,              ///< `4k per minute`: requests
    tokens_per_minute,       ///< `2M tokens per minute`
    tokens_per_month,        ///< `20M tokens per month`
    fte,                     ///< `0.25 FTE`
    dollars,                 ///< `$0.50`, `$40k`
    dollars_per_month,       ///< `$300 per month`
    dollars_per_year,        ///< `$220k per year`
    dollars_per_token,       ///< `$3/M tokens`
    dollars_per_token_hour,  ///< `$4.50/M tokens per hour`
    dollars_per_call,        ///< `$0.01 per request`, `$2 per 1k searches`
    dollars_per_unit_hour,   ///< `$1/unit-h`: of provisioned throughput
    dollars_per_gpu_hour,    ///< `$2.95/GPU-h`: of a GPU that is rented or owned
    dollars_per_kwh,         ///< `$0.10/kWh`
    dollars_per_byte,        ///< `$0.09/GB`: of traffic
    dollars_per_kw_month,    ///< `$200/kW-month`: of power that a site is laid out for
    dollars_per_unit_month,  ///< `$260 per unit per month`
    bytes,                   ///< `80 GiB`, `192 GB`
    bytes_per_second,        ///< `3.35 TB/s`
    flops,                   ///< `989 TFLOP/s`
    watts,                   ///< `700 W`
};

/// How a unit is spelt in messages and results: `tokens`, `s`, `% per month`.
std::string_view spelling(Unit);

struct Value {
    double number = 0;  ///< in the base of its unit
    Unit unit = Unit::none;
    std::string currency{};  ///< of money, as a code: the units in dollars stand for any currency; else empty
};

/// One end to the other: the 5th to the 95th percentile of a belief.
struct Range {
    Value low, high;
};

/// `45 s`, `$2 per 1k searches`, `€40k`, `4 CHF per month`, `50k`; or why it is none. Infinite and not-a-number values
/// are refused.
std::variant<Value, std::string> parse_value(std::string_view text);

/// `300 to 600`, `3% to 9% per month`, `$40k to $90k`: what the low end leaves out it takes from the high one.
std::variant<Range, std::string> parse_range(std::string_view text);

/// Whether the text has the form of a range: `... to ...`.
bool looks_like_range(std::string_view text);

/// What a key accepts: which units, how they become its base, and which numbers are possible.
struct Dimension {
    std::string_view wanted;  ///< completes "expected ...": `a duration such as 45 s`
    std::vector<Unit> units;
    double low = 0, high = 0;  ///< the closed range of possible numbers
    bool whole = false;        ///< no fractions
    bool low_open = false;     ///< `low` itself is not possible
    bool high_open = false;    ///< `high` is the last number below a bound, to 4 digits

    [[nodiscard]] bool accepts(Unit) const;
    /// Why the number is not possible (`must be at least 1`), or nothing.
    [[nodiscard]] std::optional<std::string> fault(double number) const;
};

namespace dimension {
extern Dimension const count, positive, whole_count, few, share, share_below_one, spread, growth, change_per_year,
    factor, positive_factor, tokens, duration, spread_months, speed, throughput, fte, money, money_per_month,
    money_per_year, token_price, storage_price, fee, plain, age, requests_per_minute, tokens_per_minute,
    tokens_per_month, unit_price, gpu_price, energy_price, power_price, traffic_price, share_per_year, memory,
    bandwidth, compute, power, site_power;
}  // namespace dimension

}  // namespace runrate
