#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "replay/request.h"

namespace runrate {

/// A token count; whole numbers as `120` or, as data frames write them, `120.0`. Sets `fault` where it is none,
/// negative or beyond most_tokens.
Tokens read_tokens(std::string_view name, std::string_view text, std::optional<RowFault>& fault);

/// The same of a JSON number.
Tokens checked_tokens(std::string_view name, std::int64_t number, std::optional<RowFault>& fault);

/// `2026-07-25T10:00:00.123Z`, with a space for the T, with an offset from UTC (none: UTC), up to nanoseconds.
std::optional<TraceTime> parse_time(std::string_view text);

/// Dollars as decimal text to the nano-dollar, `0.0123` or `1.2e-05`; nothing beyond 9 billion or where it is no
/// number.
std::optional<Money> parse_dollars(std::string_view text);

/// Reads numbers as times: since 1970 where the first is after 2001, else since the zero of the trace.
class NumericTimes {
public:
    explicit NumericTimes(std::chrono::nanoseconds unit) : unit_{unit} {}

    /// Sets `fault` where it is no number, negative, beyond the year 2200, or of the other kind than the first.
    std::optional<TraceTime> read(std::string_view name, std::string_view text, std::optional<RowFault>& fault);
    std::optional<TraceTime> read(std::string_view name, std::int64_t number, std::optional<RowFault>& fault);

    [[nodiscard]] bool relative() const { return relative_.value_or(false); }

private:
    std::optional<TraceTime> checked(std::int64_t whole, std::int64_t billionths, std::string_view& wrong);

    std::chrono::nanoseconds unit_;
    std::optional<bool> relative_;
};

}  // namespace runrate
