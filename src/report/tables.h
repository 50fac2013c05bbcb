#pragma once

#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "report/columns.h"
#include "report/decision_columns.h"

namespace runrate {

/// The tables of a Result, in the order of the contract. `scenario` is a single row.
inline constexpr auto tables = std::tuple{Column{"inputs", &Result::inputs},
                                          Column{"scenario", &Result::scenario},
                                          Column{"options", &Result::options},
                                          Column{"features", &Result::features},
                                          Column{"beliefs", &Result::beliefs},
                                          Column{"plan", &Result::plan},
                                          Column{"cost", &Result::cost},
                                          Column{"cost_lines", &Result::cost_lines},
                                          Column{"nonlinearity", &Result::nonlinearity},
                                          Column{"ratios", &Result::ratios},
                                          Column{"capacity", &Result::capacity},
                                          Column{"liabilities", &Result::liabilities},
                                          Column{"usage", &Result::usage},
                                          Column{"tokens", &Result::tokens},
                                          Column{"service", &Result::service},
                                          Column{"limits", &Result::limits},
                                          Column{"unit_costs", &Result::unit_costs},
                                          Column{"breakeven", &Result::breakeven},
                                          Column{"breakeven_curve", &Result::breakeven_curve},
                                          Column{"breakeven_intervals", &Result::breakeven_intervals},
                                          Column{"drivers", &Result::drivers},
                                          Column{"levers", &Result::levers},
                                          Column{"claims", &Result::claims},
                                          Column{"accuracy", &Result::accuracy},
                                          Column{"provenance", &Result::provenance},
                                          Column{"gates", &Result::gates},
                                          Column{"warnings", &Result::warnings}};

/// The rows of a table, whether it is a vector or a single row.
template <class Row>
std::span<Row const> rows_of(std::vector<Row> const& rows) {
    return rows;
}
template <class Row>
std::span<Row const> rows_of(Row const& row) {
    return {&row, 1};
}

/// Calls `use(name, table)` for each table of a result, in order; a table is a vector of rows, or one row.
template <class Use>
void for_each_table(Result const& result, Use&& use) {
    std::apply([&](auto const&... table) { (use(table.name, result.*table.member), ...); }, tables);
}

/// Names of all tables, in order.
inline std::vector<std::string_view> table_names() {
    std::vector<std::string_view> names;
    std::apply([&](auto const&... table) { (names.push_back(table.name), ...); }, tables);
    return names;
}

}  // namespace runrate
