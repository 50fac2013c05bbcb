#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runrate/result.h"

namespace runrate {

/// One value of a flat table; `std::monostate` is what does not exist. Unlike Cell it owns its text.
using FlatCell = std::variant<std::monostate, std::string, double, std::int64_t, bool, Amount>;

inline FlatCell text_cell(std::string_view text) { return FlatCell{std::in_place_type<std::string>, text}; }

template <class T>
FlatCell cell_of(std::optional<T> const& value) {
    return value ? FlatCell{*value} : FlatCell{};
}

/// A table of a verb other than `run`: its columns, and a cell for each of them in every row.
struct FlatTable {
    std::string name;
    std::vector<std::string> columns;
    std::vector<std::vector<FlatCell>> rows;
};

/// Plans of pools under the names that the public result has for them.
FlatTable capacity_table(std::vector<CapacityRow> const&);

/// A JSON object: `schema`, the program's version, `command`, `currency`, then every table as an array of rows, one a
/// line. The same bytes for the same tables, under the rules of to_json().
std::string to_json(std::string_view schema, std::string_view command, std::vector<FlatTable> const&,
                    std::string_view currency = "USD");

/// A table as CSV, under the rules of to_csv().
std::string to_csv(FlatTable const&);

/// A section of Markdown: the title and the rows; columns without a value in any row are left out. Nothing without
/// rows.
std::string to_markdown(FlatTable const&, std::string_view title);

/// All of them, each under its name.
std::string to_markdown(std::vector<FlatTable> const&);

}  // namespace runrate
