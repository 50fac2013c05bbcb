#include <algorithm>

#include <fmt/format.h>

#include "report/figures.h"
#include "report/screen.h"

namespace runrate {
namespace {

/// A unit of a feature.
struct Unit {
    std::string feature, unit;
    bool earns = false;  ///< at any option and scale
};

UnitCostRow const* find_unit(Screen const& screen, std::string_view option, double scale, Unit const& unit) {
    auto const& rows = screen.result.unit_costs;
    auto const found = std::find_if(rows.begin(), rows.end(), [&](UnitCostRow const& row) {
        return row.option == option && row.scale == scale && row.period == screen.shown.period &&
               row.feature == unit.feature && row.unit == unit.unit;
    });
    return found == rows.end() ? nullptr : &*found;
}

/// The units worth a line, by feature as the result orders them.
std::vector<Unit> units_of(Screen const& screen) {
    std::vector<Unit> units;
    for (auto const& row : screen.result.unit_costs) {
        if (row.period != screen.shown.period || !row.feature || is_detail(row.unit)) continue;
        auto const same = [&](Unit const& u) { return u.feature == *row.feature && u.unit == row.unit; };
        auto found = std::find_if(units.begin(), units.end(), same);
        if (found == units.end()) found = units.insert(units.end(), {*row.feature, row.unit});
        found->earns |= row.margin.has_value();
    }
    return units;
}

std::vector<std::string> cost_cells(UnitCostRow const* row, std::string const& currency) {
    if (!row || !row->mean) return {"-", ""};
    auto const range =
        row->p5 && row->p95 ? fmt::format("[{} .. {}]", money(*row->p5, currency), money(*row->p95, currency)) : "";
    return {money(*row->mean, currency), range};
}

/// `48%, 49%, 49%`: the margin at every scale; `-` when no revenue is stated.
std::string margins(Screen const& screen, std::string const& option, Unit const& unit) {
    std::string text;
    for (double scale : screen.shown.scales) {
        auto const* const row = find_unit(screen, option, scale, unit);
        if (!row || !row->margin) return "-";
        text += (text.empty() ? "" : ", ") + percent(*row->margin);
    }
    return text;
}

std::vector<std::string> blank(OptionTable const& table) { return std::vector<std::string>(table.group_columns); }

void add_cost_row(OptionTable& table, Screen const& screen, Unit const& unit) {
    bool const with_failures = unit.unit.ends_with(", failures paid");
    OptionTable::Row row{{"  " + (with_failures ? "with failures paid" : unit.unit)}, {}};
    for (auto const& option : table.options) {
        row.cells.push_back(cost_cells(find_unit(screen, option, screen.shown.scale, unit), screen.result.currency));
    }
    table.rows.push_back(row);
}

/// What is left of the revenue, below the unit's cost.
void add_margin_row(OptionTable& table, Screen const& screen, Unit const& unit) {
    std::string scales;
    for (double scale : screen.shown.scales) scales += (scales.empty() ? "" : ", ") + times_text(scale);
    OptionTable::Row row{{"    margin at " + scales}, {}};
    for (auto const& option : table.options) row.cells.push_back({"", margins(screen, option, unit)});
    table.rows.push_back(row);
}

/// A visit of a feature with named successes earns through them: its margin is the success's.
bool shows_margin(std::vector<Unit> const& units, std::size_t i) {
    bool const first = i == 0 || units[i - 1].feature != units[i].feature;
    bool const more = i + 1 < units.size() && units[i + 1].feature == units[i].feature;
    return units[i].earns && !(first && more);
}

OptionTable unit_table(Screen const& screen, std::vector<Unit> const& units) {
    OptionTable table{screen.shown.options, 1, 2, {}};
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (i == 0 || units[i - 1].feature != units[i].feature) {
            table.rows.push_back({{units[i].feature}, std::vector(table.options.size(), blank(table))});
        }
        add_cost_row(table, screen, units[i]);
        if (shows_margin(units, i)) add_margin_row(table, screen, units[i]);
    }
    return table;
}

}  // namespace

bool is_detail(std::string_view unit) {
    return unit == "turn" || unit == "call" || unit.ends_with("customer and month");
}

void add_unit_costs(Screen& screen) {
    auto const units = units_of(screen);
    if (units.empty()) return;
    add_title(screen, "Per unit: " + screen.shown.period + at_scale(screen) + ", mean [P5 .. P95]");
    add_table(screen, unit_table(screen, units));
}

}  // namespace runrate
