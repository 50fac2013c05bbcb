#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/date.h"

namespace runrate {

/// The horizon and how it is cut into periods. Local time is a fixed offset from UTC; days begin at local midnight.
struct Calendar {
    Month start{};
    int months = 12;
    std::chrono::month fiscal_year_starts{std::chrono::January};
    bool named_by_start = false;  ///< fiscal years are named by the year in which they start; else, end
    bool flat_months = false;     ///< `month: 730 h`: every month is 365/12 days of the mean week, without holidays
    int utc_offset_minutes = 0;
    std::optional<std::set<Date>> holidays{};  ///< days that behave as Sundays; nothing where none are stated

    [[nodiscard]] Month month(int i) const { return start + std::chrono::months{i}; }
    [[nodiscard]] double hours_in(int i) const { return flat_months ? 730 : 24.0 * days_in(month(i)); }
    [[nodiscard]] Date first() const { return first_day(start); }
    [[nodiscard]] Date end() const { return first_day(start + std::chrono::months{months}); }
    [[nodiscard]] bool holiday(Date d) const { return holidays && holidays->contains(d); }
};

enum class PeriodKind { month, quarter, fiscal_quarter, fiscal_year, horizon };

/// A span of whole months of the horizon.
struct Period {
    std::string name;  ///< `2026-01`, `2026-Q1`, `FY2026-Q1`, `FY2026`, `horizon`
    PeriodKind kind;
    int first = 0;   ///< month index
    int months = 0;  ///< inside the horizon
    int whole = 0;   ///< months of the whole period: 1, 3, 12; for the horizon its own length

    [[nodiscard]] bool complete() const { return months == whole; }
};

/// Months, then calendar quarters, fiscal quarters, fiscal years and the horizon, each in time order. Fiscal quarters
/// are left out where fiscal years start in January: they are the calendar quarters then.
std::vector<Period> periods(Calendar const&);

/// The period of that name, or nothing.
std::optional<std::size_t> find_period(std::vector<Period> const&, std::string_view name);

}  // namespace runrate
