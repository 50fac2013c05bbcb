#include <algorithm>

#include <fmt/format.h>

#include "report/figures.h"
#include "report/screen.h"

namespace runrate {
namespace {

constexpr std::size_t units_shown = 8;

/// A unit of a feature, or of all features together.
struct Unit {
    Text feature;
    std::string unit;
    friend bool operator==(Unit const&, Unit const&) = default;
};

/// The feature that all units are of, when there is only one: it goes into the title.
Text common_feature(std::vector<Unit> const& units) {
    bool const same =
        std::all_of(units.begin(), units.end(), [&](Unit const& u) { return u.feature == units[0].feature; });
    return same ? units[0].feature : std::nullopt;
}

std::string label_of(Unit const& unit, Text const& common) {
    return !unit.feature || common ? unit.unit : *unit.feature + ": " + unit.unit;
}

UnitCostRow const* find_unit(Screen const& screen, std::string_view option, double scale, Unit const& unit) {
    auto const& rows = screen.result.unit_costs;
    auto const found = std::find_if(rows.begin(), rows.end(), [&](UnitCostRow const& row) {
        return row.option == option && row.scale == scale && row.period == screen.shown.period &&
               row.feature == unit.feature && row.unit == unit.unit;
    });
    return found == rows.end() ? nullptr : &*found;
}

std::vector<Unit> units_of(Screen const& screen) {
    std::vector<Unit> units;
    for (auto const& row : screen.result.unit_costs) {
        Unit const unit{row.feature, row.unit};
        if (row.period == screen.shown.period && std::find(units.begin(), units.end(), unit) == units.end()) {
            units.push_back(unit);
        }
    }
    return units;
}

std::vector<std::string> cost_cells(UnitCostRow const* row, std::string const& currency) {
    if (!row || !row->mean) return {"-", ""};
    auto const range =
        row->p5 && row->p95 ? fmt::format("[{} .. {}]", money(*row->p5, currency), money(*row->p95, currency)) : "";
    return {money(*row->mean, currency), range};
}

/// `48%, 49%, 49%`: the margin at every scale; empty when no revenue is stated.
std::string margins(Screen const& screen, std::string const& option, Unit const& unit) {
    std::string text;
    for (double scale : screen.shown.scales) {
        auto const* const row = find_unit(screen, option, scale, unit);
        if (!row || !row->margin) return "";
        text += (text.empty() ? "" : ", ") + percent(*row->margin);
    }
    return text;
}

std::string revenue_text(Screen const& screen, std::string const& option, Unit const& unit) {
    auto const* const row = find_unit(screen, option, screen.shown.scale, unit);
    return row && row->revenue ? money(*row->revenue, screen.result.currency) : "";
}

void add_margin_row(OptionTable& table, Screen const& screen, Unit const& unit) {
    std::string scales;
    for (double scale : screen.shown.scales) scales += (scales.empty() ? "" : ", ") + times_text(scale);
    OptionTable::Row row{{"  revenue; margin at " + scales}, {}};
    bool known = false;
    for (auto const& option : table.options) {
        auto const margin = margins(screen, option, unit);
        known |= !margin.empty();
        row.cells.push_back({margin.empty() ? "-" : revenue_text(screen, option, unit), margin});
    }
    if (known) table.rows.push_back(row);
}

}  // namespace

void add_unit_costs(Screen& screen) {
    auto const units = units_of(screen);
    if (units.empty()) return;
    auto const common = common_feature(units);
    OptionTable table{screen.shown.options, 1, 2, {}};
    for (std::size_t i = 0; i < std::min(units.size(), units_shown); ++i) {
        OptionTable::Row row{{label_of(units[i], common)}, {}};
        for (auto const& option : table.options) {
            row.cells.push_back(
                cost_cells(find_unit(screen, option, screen.shown.scale, units[i]), screen.result.currency));
        }
        table.rows.push_back(row);
        add_margin_row(table, screen, units[i]);
    }
    add_title(screen, "Per unit" + (common ? " of " + *common : "") + ": " + screen.shown.period + at_scale(screen) +
                          ", mean [P5 .. P95]");
    add_table(screen, table);
    if (units.size() > units_shown) {
        add_line(screen, fmt::format("and {} more in --format json", units.size() - units_shown), Paint::dim);
    }
}

}  // namespace runrate
