#include "report/markdown.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/overloaded.h"
#include "report/cost_table.h"
#include "report/csv.h"
#include "report/figures.h"
#include "report/screen.h"
#include "report/tables.h"
#include "report/utf8.h"

namespace runrate {
namespace {

/// One line without markup; a figure may begin with its sign.
std::string escaped(std::string_view text) {
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

std::string markdown_value(std::string_view name, Cell const& cell, std::string const& currency) {
    bool const share = name == "share" || name == "margin";
    return std::visit(Overloaded{
                          [](std::monostate) { return std::string{}; },
                          [](std::string_view text) { return markdown_text(text); },
                          [&](double number) { return share ? percent(number) : figure(number); },
                          [](std::int64_t count) { return fmt::format("{}", count); },
                          [](bool flag) -> std::string { return flag ? "yes" : "no"; },
                          [&](Amount amount) { return escaped(money(amount, currency)); },
                      },
                      cell);
}

/// A table of cells with names and alignments; columns without a value in any row are left out.
struct Grid {
    std::vector<std::string> names;
    std::vector<char> numeric, used;
    std::vector<std::vector<std::string>> rows;
};

/// The title of a section states the one scale and period that all its rows have.
void leave_out_titled(Grid& grid) {
    for (std::size_t i = 0; i < grid.names.size(); ++i) {
        auto const same = [&](auto const& row) { return row[i] == grid.rows.front()[i]; };
        bool const titled = grid.names[i] == "scale" || grid.names[i] == "period";
        if (titled && std::all_of(grid.rows.begin(), grid.rows.end(), same)) grid.used[i] = 0;
    }
}

template <class Row>
Grid grid_of(std::vector<Row> const& rows, std::string const& currency) {
    Grid grid;
    for_each_name<Row>([&](std::string_view name) { grid.names.emplace_back(name); });
    grid.numeric.assign(grid.names.size(), 0);
    grid.used.assign(grid.names.size(), 0);
    for (Row const& row : rows) {
        std::vector<std::string> cells;
        for_each_cell(row, [&](std::string_view name, Cell const& cell) {
            auto const i = cells.size();
            grid.numeric[i] |= !std::holds_alternative<std::string_view>(cell) && cell.index() != 0;
            grid.used[i] |= cell.index() != 0;
            cells.push_back(markdown_value(name, cell, currency));
        });
        grid.rows.push_back(std::move(cells));
    }
    leave_out_titled(grid);
    return grid;
}

std::string grid_text(Grid const& grid) {
    auto const line = [&](auto const& cell) {
        std::string text = "|";
        for (std::size_t i = 0; i < grid.names.size(); ++i) {
            if (grid.used[i]) text += fmt::format(" {} |", cell(i));
        }
        return text + "\n";
    };
    auto out = line([&](std::size_t i) { return grid.names[i]; });
    out += line([&](std::size_t i) { return std::string{grid.numeric[i] ? "---:" : "---"}; });
    for (auto const& row : grid.rows) out += line([&](std::size_t i) { return row[i]; });
    return out;
}

/// A section with the rows that `wanted` picks; nothing without rows.
template <class Row, class Wanted>
std::string section(std::string const& title, Result const& result, std::vector<Row> const& rows, Wanted wanted) {
    std::vector<Row> shown;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(shown), wanted);
    if (shown.empty()) return "";
    return "\n## " + title + "\n\n" + grid_text(grid_of(shown, result.currency));
}

Grid grid_of(OptionTable const& table, Selection const& shown) {
    Grid grid{{"period", "scale"}, {0, 1}, {}, {}};
    for (auto const& option : table.options) {
        for (auto const* part : {" median", " P5 .. P95", " mean", " ±"}) {
            grid.names.push_back(markdown_text(option) + part);
            grid.numeric.push_back(1);
        }
    }
    grid.used.assign(grid.names.size(), 1);
    for (auto const& row : table.rows) {
        auto cells = row.labels;
        cells[0] = shown.periods[grid.rows.size() / shown.scales.size()].name;
        for (auto const& group : row.cells) cells.insert(cells.end(), group.begin(), group.end());
        for (auto& cell : cells) cell = escaped(cell);
        grid.rows.push_back(std::move(cells));
    }
    return grid;
}

std::string header(Result const& result) {
    auto const& scenario = result.scenario;
    auto text = fmt::format(
        "# {}\n\n{} months from {}; {} worlds x {} price draws, seed {}; scales multiply {}; money in {}.\n",
        markdown_text(scenario.name), scenario.months, markdown_text(scenario.start), result.worlds, result.price_draws,
        result.seed, markdown_text(scenario.scale_multiplies), markdown_text(result.currency));
    if (result.status == Status::partial)
        text += "\n**Partial: stopped early; only the worlds that had finished are counted.**\n";
    return text;
}

}  // namespace

std::string markdown_text(std::string_view text) { return escaped(defused(text)); }

std::string to_markdown(Result const& result) {
    auto const shown = select(result, std::nullopt);
    auto const at = fmt::format(": {} at {} {}", markdown_text(shown.period), times_text(shown.scale),
                                markdown_text(result.scenario.scale_multiplies));
    auto const taken_apart = [&](auto const& row) { return row.scale == shown.scale && row.period == shown.period; };
    auto const every = [](auto const&) { return true; };
    auto out = header(result);
    out += "\n## Cost: " + markdown_text(cost_conventions(result)) + "\n\n" +
           grid_text(grid_of(cost_table(result, shown), shown));
    out += section("Per unit" + at, result, result.unit_costs, taken_apart);
    out += section("Lines" + at, result, result.cost_lines, taken_apart);
    out += section("Against the bill at the first scale, scaled up: " + markdown_text(shown.period), result,
                   result.nonlinearity, [&](auto const& row) { return row.period == shown.period; });
    out += section("Ratios" + at, result, result.ratios, taken_apart);
    out += section("Gates", result, result.gates, every);
    out += section("Warnings", result, result.warnings, every);
    out += "\n## How far to trust it\n\n";
    for (auto const& sentence : trust_sentences(result, shown)) out += "- " + markdown_text(sentence) + "\n";
    out += section("Published claims", result, result.claims, every);
    out += section("Beliefs", result, result.beliefs, every);
    out += section("Provenance", result, result.provenance, every);
    out += section("Inputs", result, result.inputs, every);
    return out;
}

}  // namespace runrate
