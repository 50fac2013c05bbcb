#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/tables.h"

namespace runrate {

enum class Align { left, right };

/// A table being written. Names and cells are Markdown: text of a scenario goes through markdown_text(), a figure
/// through markdown_figure().
struct MarkdownTable {
    struct Head {
        std::string name;
        Align align = Align::left;
    };
    std::vector<Head> heads;
    std::vector<std::vector<std::string>> rows;
};

/// One line without markup. A figure may begin with its sign, so it is no formula to defuse.
std::string markdown_figure(std::string_view);

/// A cell of a result's row; an empty one for what does not exist.
std::string markdown_cell(std::string_view column, Cell const&, std::string_view currency);

/// A section: the title, which is Markdown, and the table, without columns that are empty in every row. Nothing without
/// rows.
std::string section(std::string_view title, MarkdownTable const&);

/// The rows of a result with the columns of the contract.
template <class Row>
MarkdownTable markdown_table(std::vector<Row> const& rows, std::string_view currency) {
    MarkdownTable table;
    for_each_name<Row>([&](std::string_view name) { table.heads.push_back({std::string{name}}); });
    for (Row const& row : rows) {
        std::vector<std::string> cells;
        for_each_cell(row, [&](std::string_view name, Cell const& cell) {
            bool const number = !std::holds_alternative<std::string_view>(cell) && cell.index() != 0;
            if (number) table.heads[cells.size()].align = Align::right;
            cells.push_back(markdown_cell(name, cell, currency));
        });
        table.rows.push_back(std::move(cells));
    }
    return table;
}

}  // namespace runrate
