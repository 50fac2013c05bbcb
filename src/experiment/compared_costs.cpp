#include "experiment/compared_costs.h"

#include <algorithm>

#include "experiment/quantities.h"

namespace runrate {
namespace {

/// Adds to each draw what failed sessions cost in a cell. \param worth  of a dollar, by draw; empty: 1
void add_failures(Findings const& f, std::size_t option, std::size_t cell, std::vector<double> const& worth,
                  std::vector<double>& costs) {
    std::size_t k = 0;
    for (auto const& world : f.totals.worlds) {
        for (std::size_t d = 0; d < f.layout().draws; ++d, ++k)
            for (std::size_t x = 0; x < f.layout().features; ++x)
                costs[k] += failure_cost_at(f, world, option, d, x, cell) * (worth.empty() ? 1 : worth[k]);
    }
}

/// What a dollar at the end of a month is worth, by draw.
std::vector<double> worth_of(Findings const& f, std::size_t month) {
    std::vector<double> worth;
    for (auto const& world : f.totals.worlds)
        for (auto const& draw : world.beliefs) worth.push_back(present_value(f.scenario(), draw, month));
    return worth;
}

}  // namespace

std::vector<double> costs_of(Findings const& f, std::size_t option, std::size_t cell, Quality quality,
                             GpuPriceBasis basis) {
    auto costs = cell_series(f.totals, option, cell).expected;
    auto const& e = f.experiment();
    std::size_t k = 0;
    for (auto const& world : f.totals.worlds)
        for (auto const& draw : world.beliefs)
            costs[k++] += dearer_than_planned(e, e.plans[option], world.options[option], cell, draw, basis);
    if (quality == Quality::adjusted) add_failures(f, option, cell, {}, costs);
    return costs;
}

std::vector<std::vector<double>> payments_of(Findings const& f, std::size_t option, std::size_t scale,
                                             Quality quality) {
    std::vector<std::vector<double>> payments;
    auto months = month_series(f.totals, option, scale, true);
    for (std::size_t m = 0; m < months.size(); ++m) {
        auto& paid = payments.emplace_back(std::move(months[m].expected));
        if (quality == Quality::adjusted) add_failures(f, option, f.layout().cell(scale, m), worth_of(f, m), paid);
    }
    return payments;
}

std::vector<VolumeCell> volume_cells(Findings const& f) {
    auto const& e = f.experiment();
    auto const& layout = e.layout;
    auto const& range = e.comparison->range;
    std::vector<VolumeCell> cells;
    for (std::size_t s = 0; s < layout.scales; ++s)
        if (e.scales[s] >= range.from && e.scales[s] <= range.to)
            cells.push_back({e.scales[s], layout.cell(s, layout.compared_month)});
    for (std::size_t v = 0; v < layout.volumes; ++v) cells.push_back({e.volumes[v], layout.volume_cell(v)});
    std::sort(cells.begin(), cells.end(),
              [](VolumeCell const& a, VolumeCell const& b) { return a.multiple < b.multiple; });
    return cells;
}

std::vector<Mix> other_mixes(Findings const& f) {
    auto const& layout = f.layout();
    if (layout.features < 2) return {};
    auto const baseline = f.experiment().comparison->baseline;
    Period const compared = f.periods[layout.compared_month];
    std::vector<double> costs(layout.features, -1);
    for (std::size_t x = 0; x < layout.features; ++x) {
        if (!counts_sessions(f.scenario(), x)) continue;
        costs[x] = 0;
        for (auto const& world : f.totals.worlds)
            costs[x] += direct_cost_in(f, world, baseline, 0, x, 0, compared) +
                        agreement_cost_in(f, world, baseline, 0, x, 0, compared);
    }
    auto const largest = static_cast<std::size_t>(std::max_element(costs.begin(), costs.end()) - costs.begin());
    std::vector<Mix> mixes{{Mix::Kind::alone, largest, layout.compared_month}};
    if (layout.compared_month + 1 < layout.months) mixes.push_back({Mix::Kind::of_month, 0, layout.months - 1});
    return mixes;
}

std::optional<std::size_t> scale_of_one(Findings const& f) {
    auto const& scales = f.experiment().scales;
    auto const one = std::find(scales.begin(), scales.end(), 1);
    if (one == scales.end()) return std::nullopt;
    return static_cast<std::size_t>(one - scales.begin());
}

}  // namespace runrate
