#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiment/totals.h"
#include "workload/calendar.h"

namespace runrate {

/// A line as printed: a line of the bill, or a fixed line's part for one feature.
struct PrintedLine {
    std::size_t line = 0;  ///< of the plan
    std::optional<FeatureId> feature;
    bool shared = false;  ///< a part of a cost that no feature causes, divided by direct cost
};

/// Mean costs of an option in whole millionths, month by month, such that every sum of them is exact.
struct LineAmounts {
    std::vector<PrintedLine> printed;
    std::vector<std::vector<std::int64_t>> cells;  ///< [cell][printed line]
    std::vector<std::vector<double>> quantities;   ///< [cell][printed line], mean pieces

    [[nodiscard]] std::int64_t total(std::size_t cell) const;
};

/// Lines of a month are rounded by largest remainder to the month's rounded total. Fixed costs are divided among the
/// features in proportion to what each causes directly in that month.
LineAmounts line_amounts(Totals const&, std::size_t option);

/// Sum over the months of a period: one amount per printed line.
std::vector<std::int64_t> period_amounts(LineAmounts const&, Layout const&, std::size_t scale, Period const&);
std::vector<double> period_quantities(LineAmounts const&, Layout const&, std::size_t scale, Period const&);

/// Exact mean total of each scramble group in a period, dollars.
std::vector<double> group_totals(Totals const&, std::size_t option, std::size_t scale, Period const&);

}  // namespace runrate
