#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runrate/result.h"

namespace runrate {

/// A period of the cost table.
struct ShownPeriod {
    std::string name, kind;
    std::int64_t months_in = 0;
};

/// Every period of the cost rows, in their order.
std::vector<ShownPeriod> all_periods(Result const&);

/// What of a result a page for people shows.
struct Selection {
    std::vector<std::string> options;  ///< in the scenario's order
    std::vector<double> scales;        ///< ascending
    std::vector<ShownPeriod> periods;  ///< the reference month, its quarter, each whole fiscal year or else the horizon
    std::string period;                ///< whose bill is taken apart
    double scale = 1;                  ///< at which it is taken apart: the middle one
};

/// Chooses what to show; with a period asked for, that one alone. A reference that is no month of the result gives the
/// first month. \pre `period` is one of period_names()
Selection select(Result const&, std::optional<std::string> const& period);

/// Every period of the cost table, in its order.
std::vector<std::string> period_names(Result const&);

/// The total of a bill in the accrual view, if the result has it.
CostRow const* find_total(Result const&, std::string_view option, double scale, std::string_view period);

}  // namespace runrate
