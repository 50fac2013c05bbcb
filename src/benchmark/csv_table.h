#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rows/records.h"

namespace runrate {

/// A CSV file with a header, row by row, its cells by the names of their columns.
class CsvTable {
public:
    /// \throws InputError where the file cannot be read or has no header
    explicit CsvTable(std::filesystem::path const&);

    [[nodiscard]] bool has(std::string_view column) const { return columns_.find(column) != columns_.end(); }

    /// Moves to the next row that has as many cells as the header. \throws InputError for one that has not
    bool next();

    /// The text of a cell, empty where there is no such column.
    [[nodiscard]] std::string_view text(std::string_view column) const;
    /// Its number, where it is one and finite.
    [[nodiscard]] std::optional<double> number(std::string_view column) const;
    /// Its whole number, or what stands for an empty cell.
    [[nodiscard]] int whole(std::string_view column, int otherwise) const;

    [[nodiscard]] std::string where() const;  ///< `file:line`

private:
    Records records_;
    std::map<std::string, std::size_t, std::less<>> columns_;
    std::vector<std::string_view> cells_;
    std::string unquoted_, header_;
};

}  // namespace runrate
