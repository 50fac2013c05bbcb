#include "report/cost_table.h"

#include <cmath>

#include <fmt/format.h>

#include "report/figures.h"

namespace runrate {
namespace {

/// Student's t, 97.5 %, 7 degrees of freedom: the means of 8 scramble groups.
constexpr double t_of_8_groups = 2.365;

std::string or_dash(Dollars amount, std::string const& currency) { return amount ? money(*amount, currency) : "-"; }

/// Half the interval of the mean, relative to it. A partial run has fewer groups and gives its standard error alone.
std::string half_width(CostRow const& row, Result const& result) {
    if (!row.se || !row.mean) return "";
    double const factor = result.status == Status::complete ? t_of_8_groups : 1;
    double const half = factor * static_cast<double>(row.se->millionths);
    if (row.mean->millionths <= 0) return "±" + money({std::llround(half)}, result.currency);
    return "±" + percent(half / static_cast<double>(row.mean->millionths));
}

std::vector<std::string> cost_cells(CostRow const* row, Result const& result) {
    if (!row) return {"-", "", "", ""};
    auto const& currency = result.currency;
    auto const range =
        row->p5 && row->p95 ? fmt::format("[{} .. {}]", money(*row->p5, currency), money(*row->p95, currency)) : "";
    return {or_dash(row->p50, currency), range, or_dash(row->mean, currency), half_width(*row, result)};
}

std::string months(std::int64_t n) { return fmt::format("{} month{}", n, n == 1 ? "" : "s"); }

/// What a period is; one that is not whole is the months of it that are inside the horizon.
std::string kind_text(ShownPeriod const& period) {
    if (period.kind == "fiscal_year" || period.kind == "horizon") return months(period.months_in);
    if (period.kind == "quarter" || period.kind == "fiscal_quarter") {
        return period.months_in < 3 ? months(period.months_in) : "quarter";
    }
    return period.kind;
}

}  // namespace

OptionTable cost_table(Result const& result, Selection const& shown) {
    OptionTable table{shown.options, 2, 4, {}};
    for (auto const& period : shown.periods) {
        for (std::size_t i = 0; i < shown.scales.size(); ++i) {
            auto const label = i == 0 ? period.name : i == 1 ? kind_text(period) : "";
            OptionTable::Row row{{label, times_text(shown.scales[i])}, {}};
            for (auto const& option : shown.options) {
                row.cells.push_back(cost_cells(find_total(result, option, shown.scales[i], period.name), result));
            }
            table.rows.push_back(row);
        }
    }
    return table;
}

std::string cost_conventions(Result const& result) {
    return fmt::format("median [P5 .. P95], mean ± {} (k thousand, M million; 10x: 10 times the {})",
                       result.status == Status::complete ? "95% interval" : "standard error",
                       result.scenario.scale_multiplies);
}

}  // namespace runrate
