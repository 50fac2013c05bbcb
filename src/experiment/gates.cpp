#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "experiment/unit_costs.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

/// A figure that a gate bounds, and the half-width of its 95 % interval (0 where it is not known to err).
struct Figure {
    double value = 0, half_width = 0;
};

double usd(Dollars const& amount) { return amount ? static_cast<double>(amount->millionths) * 1e-6 : 0; }

/// Where the gate's option and scale are among those that are run: `--option` and `--scale` leave some out.
struct GatePlace {
    std::size_t option, scale;
};

std::optional<GatePlace> place_of(Findings const& f, Gate const& gate) {
    auto const& scales = f.experiment().scales;
    auto const plans = f.experiment().plans.size();
    std::size_t option = 0, scale = 0;
    while (option < plans && f.option(option).name != gate.option) ++option;
    while (scale < scales.size() && scales[scale] != gate.scale) ++scale;
    if (option == plans || scale == scales.size()) return std::nullopt;
    return GatePlace{option, scale};
}

std::optional<Figure> quantile_of_total(Findings const& f, Gate const& gate, GatePlace const& at) {
    auto const period = find_period(f.periods, gate.period);
    if (!period) return std::nullopt;
    auto const first = static_cast<std::size_t>(f.periods[*period].first);
    auto const months = month_series(f.totals, at.option, at.scale, false);
    auto const sum = sum_of(std::span{months}.subspan(first, static_cast<std::size_t>(f.periods[*period].months)));
    auto const q = quantiles(sum.drawn, sample_groups(f.totals), std::array{*gate.percentile});
    return Figure{q[0].value, q[0].half_width.value_or(0)};
}

std::optional<Figure> total(Findings const& f, Gate const& gate, GatePlace const& at, Result const& result) {
    if (gate.percentile) return quantile_of_total(f, gate, at);
    auto const groups = f.totals.worlds.back().id.group + 1;  // a stopped run has fewer than eight
    double const t = real::student_quantile(0.975, static_cast<int>(groups) - 1);
    for (auto const& row : result.cost) {
        bool const concerned = row.option == gate.option && row.scale == gate.scale && row.period == gate.period;
        if (concerned && row.view == "accrual") return Figure{usd(row.mean), t * usd(row.se)};
    }
    return std::nullopt;
}

/// The feature whose unit the gate bounds: the one it names, else the only one that has the unit.
std::optional<std::pair<std::size_t, UnitOf>> unit_of(Gate const& gate, Scenario const& s) {
    for (std::size_t x = 0; x < s.features.size(); ++x) {
        if (!gate.feature.empty() && gate.feature != s.features[x].name) continue;
        for (auto const& unit : cost_units(s.features[x])) {
            if (gate.unit.empty() || gate.unit == unit.name) return std::pair{x, unit.of};
        }
    }
    return std::nullopt;
}

std::optional<Figure> figure_of(Gate const& gate, UnitSamples const& samples) {
    if (samples.units.empty()) return std::nullopt;
    if (gate.of == GateOf::margin) {
        bool const earns = std::any_of(samples.revenue.begin(), samples.revenue.end(), [](double r) { return r > 0; });
        if (!earns) return std::nullopt;
        auto const margin = margin_of(samples);
        return Figure{margin.mean, margin.half_width};
    }
    auto const mean = cost_per_unit(samples);
    if (!gate.percentile) return Figure{mean.mean, mean.half_width};
    auto const q = quantiles(costs_by_sample(samples), samples.group, std::array{*gate.percentile});
    return Figure{q[0].value, q[0].half_width.value_or(0)};
}

std::optional<Figure> unit_figure(Findings const& f, Gate const& gate, GatePlace const& at) {
    auto const period = find_period(f.periods, gate.period);
    auto const unit = unit_of(gate, f.scenario());
    if (!period || !unit) return std::nullopt;
    UnitPlace const place{at.option, unit->first, at.scale, f.periods[*period]};
    return figure_of(gate, unit_samples(feature_samples(f, place), unit->second));
}

std::string name_of(Gate const& gate, std::string const& currency) {
    auto const where = fmt::format("{} at {:g}x in {}", gate.option, gate.scale, gate.period);
    auto const percentile = gate.percentile ? fmt::format(", P{:.0f}", *gate.percentile * 100) : "";
    auto const bound = gate.of == GateOf::margin ? fmt::format("{:g} %", gate.bound * 100)
                                                 : fmt::format("{:.10g} {}", gate.bound, currency);
    auto const side = fmt::format("{} {}", gate.above ? "above" : "below", bound);
    if (gate.of == GateOf::total) return fmt::format("total of {}{} {}", where, percentile, side);
    auto const* what = gate.of == GateOf::margin ? "margin" : "cost";
    auto const unit = gate.unit.empty() ? "" : " per " + gate.unit;
    return fmt::format("{}{} of {}{} {}", what, unit, where, percentile, side);
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
        auto const place = place_of(f, gate);
        if (!place) continue;
        GateRow row{name_of(gate, f.scenario().money.currency), {}, gate.bound, "inconclusive"};
        auto const figure = gate.of == GateOf::total ? total(f, gate, *place, result) : unit_figure(f, gate, *place);
        if (figure) {
            row.value = figure->value;
            row.verdict = verdict_of(gate, *figure);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace runrate
