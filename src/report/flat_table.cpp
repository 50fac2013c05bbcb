#include "report/flat_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/contract.h"
#include "core/overloaded.h"
#include "report/columns.h"
#include "report/csv.h"
#include "report/figures.h"
#include "report/json.h"
#include "report/markdown.h"
#include "runrate/version.h"

namespace runrate {
namespace {

/// A cell as text; what does not exist and numbers that are none as `missing`.
template <class Quote>
std::string text_of(FlatCell const& cell, char const* missing, Quote const& quote) {
    return std::visit(
        Overloaded{[&](std::monostate) { return std::string{missing}; },
                   [&](std::string const& text) { return quote(text); },
                   [&](double number) { return std::isfinite(number) ? shortest(number) : std::string{missing}; },
                   [](std::int64_t count) { return fmt::format("{}", count); },
                   [](bool flag) { return std::string{flag ? "true" : "false"}; },
                   [](Amount amount) { return decimal(amount); }},
        cell);
}

std::string json_rows(FlatTable const& table) {
    if (table.rows.empty()) return "[]";
    std::string out = "[";
    for (auto const& row : table.rows) {
        RUNRATE_EXPECT(row.size() == table.columns.size());
        out += out.size() > 1 ? ",\n  {" : "\n  {";
        for (std::size_t i = 0; i < row.size(); ++i)
            out += fmt::format("{}{}: {}", i > 0 ? ", " : "", json_string(table.columns[i]),
                               text_of(row[i], "null", [](std::string const& text) { return json_string(text); }));
        out += "}";
    }
    return out + "\n]";
}

FlatCell flat(Cell const& cell) {
    return std::visit(Overloaded{[](std::string_view text) { return text_cell(text); },
                                 [](auto value) {
                                     return FlatCell{std::in_place_type<decltype(value)>, value};
                                 }},
                      cell);
}

}  // namespace

FlatTable capacity_table(std::vector<CapacityRow> const& rows) {
    FlatTable table{"capacity", {}, {}};
    for_each_name<CapacityRow>([&](std::string_view column) { table.columns.emplace_back(column); });
    for (auto const& row : rows) {
        auto& cells = table.rows.emplace_back();
        for_each_cell(row, [&](std::string_view, Cell const& cell) { cells.push_back(flat(cell)); });
    }
    return table;
}

std::string to_json(std::string_view schema, std::string_view command, std::vector<FlatTable> const& tables,
                    std::string_view currency) {
    auto out = fmt::format("{{\n\"schema\": {},\n\"runrate_version\": {},\n\"command\": {},\n\"currency\": {}",
                           json_string(schema), json_string(version()), json_string(command), json_string(currency));
    for (auto const& table : tables) out += fmt::format(",\n{}: {}", json_string(table.name), json_rows(table));
    return out + "\n}\n";
}

std::string to_csv(FlatTable const& table) {
    auto out = fmt::format("{}\n", fmt::join(table.columns, ","));
    for (auto const& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            out += (i > 0 ? "," : "") + text_of(row[i], "", [](std::string const& text) { return csv_text(text); });
        out += '\n';
    }
    return out;
}

std::string to_markdown(FlatTable const& table, std::string_view title) {
    if (table.rows.empty()) return "";
    std::vector<char> used(table.columns.size()), numeric(table.columns.size());
    for (auto const& row : table.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            used[i] |= row[i].index() != 0;
            numeric[i] |= row[i].index() > 1 && !std::holds_alternative<bool>(row[i]);
        }
    }
    auto const line = [&](auto const& cell) {
        std::string text = "|";
        for (std::size_t i = 0; i < used.size(); ++i) {
            if (used[i]) text += fmt::format(" {} |", cell(i));
        }
        return text + "\n";
    };
    auto out = fmt::format("\n## {}\n\n", markdown_text(title));
    out += line([&](std::size_t i) { return table.columns[i]; });
    out += line([&](std::size_t i) { return std::string{numeric[i] ? "---:" : "---"}; });
    for (auto const& row : table.rows)
        out += line([&](std::size_t i) {
            return text_of(row[i], "", [](std::string const& text) { return markdown_text(text); });
        });
    return out;
}

std::string to_markdown(std::vector<FlatTable> const& tables) {
    std::string out;
    for (auto const& table : tables) {
        auto title = table.name;
        title[0] = static_cast<char>(title[0] - 'a' + 'A');
        out += to_markdown(table, title);
    }
    return out;
}

}  // namespace runrate
