#include <fmt/format.h>

#include "experiment/tables.h"

namespace runrate {
namespace {

/// A figure that a gate bounds, and the half-width of its 95 % interval (0 where it is not known to err).
struct Figure {
    double value = 0, half_width = 0;
};

double usd(Dollars const& amount) { return amount ? static_cast<double>(amount->millionths) * 1e-6 : 0; }

/// The mean, or the percentile that the gate asks for; a row has the fields of both kinds.
template <class Row>
double picked(Gate const& gate, Row const& row) {
    if (!gate.percentile) return usd(row.mean);
    if (*gate.percentile < 0.1) return usd(row.p5);
    return usd(*gate.percentile > 0.9 ? row.p95 : row.p50);
}

constexpr double t_of_eight_groups = 2.364624;

double half_width(Gate const& gate, CostRow const& row) {
    if (!gate.percentile) return t_of_eight_groups * usd(row.se);
    return usd(*gate.percentile < 0.1 ? row.p5_half : row.p95_half);
}

template <class Row>
bool concerns(Gate const& gate, Row const& row) {
    return row.option == gate.option && row.scale == gate.scale && row.period == gate.period;
}

std::optional<Figure> total(Gate const& gate, Result const& result) {
    for (auto const& row : result.cost) {
        if (concerns(gate, row) && row.view == "accrual") return Figure{picked(gate, row), half_width(gate, row)};
    }
    return std::nullopt;
}

std::optional<Figure> unit_figure(Gate const& gate, Result const& result) {
    for (auto const& row : result.unit_costs) {
        bool const feature = gate.feature.empty() || row.feature == gate.feature;
        if (!concerns(gate, row) || !feature || row.unit != gate.unit) continue;
        if (gate.of == GateOf::unit_cost) return Figure{picked(gate, row), 0};
        if (row.margin) return Figure{*row.margin, 0};
    }
    return std::nullopt;
}

std::string name_of(Gate const& gate) {
    auto const where = fmt::format("{} at {:g}x in {}", gate.option, gate.scale, gate.period);
    auto const percentile = gate.percentile ? fmt::format(", P{:.0f}", *gate.percentile * 100) : "";
    auto const side = gate.above ? "above" : "below";
    if (gate.of == GateOf::total) return fmt::format("total of {}{} {} {:g}", where, percentile, side, gate.bound);
    auto const* what = gate.of == GateOf::margin ? "margin" : "cost";
    return fmt::format("{} per {} of {}{} {} {:g}", what, gate.unit, where, percentile, side, gate.bound);
}

/// Undecided while the interval holds the bound.
std::string verdict_of(Gate const& gate, Figure const& figure) {
    double const room = gate.above ? figure.value - gate.bound : gate.bound - figure.value;
    if (room > figure.half_width || (room == 0 && figure.half_width == 0)) return "pass";
    return room < -figure.half_width ? "breach" : "inconclusive";
}

}  // namespace

std::vector<GateRow> gates_table(Findings const& f, Result const& result) {
    std::vector<GateRow> rows;
    for (auto const& gate : f.scenario().gates) {
        GateRow row{name_of(gate), {}, gate.bound, "inconclusive"};
        auto const figure = gate.of == GateOf::total ? total(gate, result) : unit_figure(gate, result);
        if (figure) {
            row.value = figure->value;
            row.verdict = verdict_of(gate, *figure);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace runrate
