#include "report/markdown_table.h"

#include <fmt/format.h>

#include "core/contract.h"
#include "core/overloaded.h"
#include "report/csv.h"
#include "report/figures.h"
#include "report/markdown.h"
#include "report/utf8.h"

namespace runrate {

std::string markdown_figure(std::string_view text) {
    std::string out;
    for (char c : on_one_line(text)) {
        switch (c) {
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '&': out += "&amp;"; break;
            default:
                if (std::string_view{"\\|`*_[]~#$!"}.find(c) != std::string_view::npos) out += '\\';
                out += c;
        }
    }
    return out;
}

std::string markdown_text(std::string_view text) { return markdown_figure(defused(text)); }

std::string markdown_cell(std::string_view column, Cell const& cell, std::string_view currency) {
    bool const share = column == "share" || column == "margin";
    return std::visit(Overloaded{
                          [](std::monostate) { return std::string{}; },
                          [](std::string_view text) { return markdown_text(text); },
                          [&](double number) { return share ? percent(number) : figure(number); },
                          [](std::int64_t count) { return fmt::format("{}", count); },
                          [](bool flag) -> std::string { return flag ? "yes" : "no"; },
                          [&](Amount amount) { return markdown_figure(money(amount, currency)); },
                      },
                      cell);
}

std::string section(std::string_view title, MarkdownTable const& table) {
    if (table.rows.empty()) return "";
    std::vector<char> used(table.heads.size());
    for (auto const& row : table.rows) {
        RUNRATE_EXPECT(row.size() == table.heads.size());
        for (std::size_t i = 0; i < row.size(); ++i) used[i] |= !row[i].empty();
    }
    auto out = fmt::format("\n## {}\n\n", title);
    auto const add_line = [&](auto const& cell) {
        out += "|";
        for (std::size_t i = 0; i < used.size(); ++i)
            if (used[i]) out += fmt::format(" {} |", cell(i));
        out += "\n";
    };
    add_line([&](std::size_t i) { return table.heads[i].name; });
    add_line([&](std::size_t i) { return table.heads[i].align == Align::right ? "---:" : "---"; });
    for (auto const& row : table.rows) add_line([&](std::size_t i) { return row[i]; });
    return out;
}

}  // namespace runrate
