#include "experiment/line_amounts.h"

#include <algorithm>
#include <numeric>

namespace runrate {
namespace {

std::vector<PrintedLine> printed_lines(Totals const& t, BillPlan const& plan) {
    std::vector<PrintedLine> printed;
    for (std::size_t l = 0; l < plan.direct_lines; ++l) printed.push_back({l, plan.lines[l].feature, false});
    for (std::size_t l = plan.direct_lines; l < plan.lines.size(); ++l) {
        for (std::size_t f = 0; f < t.layout().features; ++f) printed.push_back({l, FeatureId{f}, true});
    }
    return printed;
}

/// Direct cost by feature, for an agreement that with its vendor; equal weights where nothing is caused directly.
std::vector<double> weights_of(BillPlan const& plan, std::vector<std::int64_t> const& rounded, std::size_t features,
                               std::optional<std::size_t> agreement) {
    std::vector<double> weights(features, 0);
    for (std::size_t l = 0; l < plan.direct_lines; ++l) {
        if (!agreement || plan.lines[l].agreement == agreement)
            weights[plan.lines[l].feature->index()] += static_cast<double>(rounded[l]);
    }
    if (std::accumulate(weights.begin(), weights.end(), 0.0) <= 0) weights.assign(features, 1);
    return weights;
}

/// What a reservation takes off the bill of each feature; equal weights where it takes nothing.
std::vector<double> weights_of_reservation(Layout const& layout, OptionTotals const& totals, std::size_t reservation,
                                           std::size_t cell) {
    std::vector<double> weights;
    for (std::size_t f = 0; f < layout.features; ++f)
        weights.push_back(std::max(0.0, totals.covered[layout.reserved(reservation, cell, f)]));
    if (std::accumulate(weights.begin(), weights.end(), 0.0) <= 0) weights.assign(layout.features, 1);
    return weights;
}

/// How long calls of each feature are in flight at a pool; equal weights where none are.
std::vector<double> weights_of_pool(Layout const& layout, OptionTotals const& totals, std::size_t pool,
                                    std::size_t cell) {
    auto const first = totals.pool_load[pool].begin() + static_cast<std::ptrdiff_t>(cell * layout.features);
    std::vector<double> weights(first, first + static_cast<std::ptrdiff_t>(layout.features));
    if (std::accumulate(weights.begin(), weights.end(), 0.0) <= 0) weights.assign(layout.features, 1);
    return weights;
}

/// By what a line that no feature causes is divided among them.
std::vector<double> weights_of_shared(Totals const& t, std::size_t option, std::size_t line,
                                      std::vector<std::int64_t> const& rounded, std::size_t cell) {
    auto const& plan = t.experiment->plans[option];
    auto const& totals = t.options[option];
    if (auto const pool = plan.lines[line].pool) return weights_of_pool(t.layout(), totals, *pool, cell);
    auto const first = plan.one_off_line - plan.demand.reservations.size();
    if (plan.lines[line].group == provisioned_group)
        return weights_of_reservation(t.layout(), totals, line - first, cell);
    return weights_of(plan, rounded, t.layout().features, plan.lines[line].agreement);
}

}  // namespace

std::int64_t LineAmounts::total(std::size_t cell) const {
    return std::accumulate(cells[cell].begin(), cells[cell].end(), std::int64_t{0});
}

LineAmounts line_amounts(Totals const& t, std::size_t option) {
    auto const& plan = t.experiment->plans[option];
    auto const& totals = t.options[option];
    auto const& layout = t.layout();
    auto const lines = plan.lines.size();
    auto const samples = static_cast<std::int64_t>(t.samples());
    LineAmounts result{printed_lines(t, plan), {}, {}};
    for (std::size_t cell = 0; cell < layout.scale_cells(); ++cell) {
        std::vector<Wide> sums(lines, 0);
        for (auto const& group : totals.line_nano) {
            for (std::size_t l = 0; l < lines; ++l) sums[l] += group[cell * lines + l];
        }
        auto const rounded = round_to_sum(sums, samples * 1000);
        std::vector<std::int64_t> cells(rounded.begin(),
                                        rounded.begin() + static_cast<std::ptrdiff_t>(plan.direct_lines));
        std::vector<double> quantities;
        auto const quantity = [&](std::size_t l) {
            return totals.quantity[cell * lines + l] / static_cast<double>(t.worlds.size());
        };
        for (std::size_t l = 0; l < plan.direct_lines; ++l) quantities.push_back(quantity(l));
        for (std::size_t l = plan.direct_lines; l < lines; ++l) {
            auto const weights = weights_of_shared(t, option, l, rounded, cell);
            double const all = std::accumulate(weights.begin(), weights.end(), 0.0);
            auto const sign = rounded[l] < 0 ? -1 : 1;
            for (auto part : split(Money{sign * rounded[l]}, weights)) cells.push_back(sign * part.count());
            for (double const weight : weights) quantities.push_back(quantity(l) * weight / all);
        }
        result.cells.push_back(std::move(cells));
        result.quantities.push_back(std::move(quantities));
    }
    return result;
}

std::vector<std::int64_t> period_amounts(LineAmounts const& amounts, Layout const& layout, std::size_t scale,
                                         Period const& period) {
    std::vector<std::int64_t> sums(amounts.printed.size(), 0);
    for (int m = period.first; m < period.first + period.months; ++m) {
        auto const& cell = amounts.cells[layout.cell(scale, static_cast<std::size_t>(m))];
        for (std::size_t l = 0; l < sums.size(); ++l) sums[l] += cell[l];
    }
    return sums;
}

std::vector<double> period_quantities(LineAmounts const& amounts, Layout const& layout, std::size_t scale,
                                      Period const& period) {
    std::vector<double> sums(amounts.printed.size(), 0);
    for (int m = period.first; m < period.first + period.months; ++m) {
        auto const& cell = amounts.quantities[layout.cell(scale, static_cast<std::size_t>(m))];
        for (std::size_t l = 0; l < sums.size(); ++l) sums[l] += cell[l];
    }
    return sums;
}

std::vector<double> group_totals(Totals const& t, std::size_t option, std::size_t scale, Period const& period) {
    auto const lines = t.experiment->plans[option].lines.size();
    std::vector<double> worlds(group_count, 0);
    for (auto const& w : t.worlds) worlds[w.id.group] += 1;
    std::vector<double> means;
    for (std::size_t g = 0; g < group_count; ++g) {
        if (worlds[g] == 0) continue;
        Wide sum = 0;
        for (int m = period.first; m < period.first + period.months; ++m) {
            auto const cell = t.layout().cell(scale, static_cast<std::size_t>(m));
            for (std::size_t l = 0; l < lines; ++l) sum += t.options[option].line_nano[g][cell * lines + l];
        }
        means.push_back(static_cast<double>(sum) * 1e-9 / (worlds[g] * static_cast<double>(t.layout().draws)));
    }
    return means;
}

}  // namespace runrate
