#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runrate {

/// A table for the terminal that shows options side by side: label columns, then for each option a group of columns.
///
/// Widths follow from the cells. Options that do not fit beside each other go below, under repeated labels. Text is
/// made printable on one line.
struct OptionTable {
    struct Row {
        std::vector<std::string> labels;
        std::vector<std::vector<std::string>> cells;  ///< by option, then column of its group
    };
    std::vector<std::string> options;
    std::size_t label_columns = 1;
    std::size_t group_columns = 1;
    std::vector<Row> rows;
};

/// The lines of a table, none wider than `width` unless the cells of one option alone are. Labels are cut to fit.
/// \pre every row has the columns that the table states
std::vector<std::string> lines_of(OptionTable const&, std::size_t width);

/// The text broken at spaces into lines of at most `width` columns; a longer word (an address) stands alone, whole.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// The text with spaces up to `width`, before or after it.
std::string left_in(std::string_view text, std::size_t width);
std::string right_in(std::string_view text, std::size_t width);

}  // namespace runrate
