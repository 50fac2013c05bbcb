#include <numeric>

#include "cost/meter_price.h"
#include "experiment/tables.h"

namespace runrate {
namespace {

CostLineRow row_of(Findings const& f, std::size_t option, std::size_t printed) {
    auto const& p = f.amounts[option].printed[printed];
    auto const& line = f.experiment().plans[option].lines[p.line];
    CostLineRow row;
    row.option = f.option(option).name;
    row.line = line.line;
    row.group = line.group;
    if (p.feature) row.feature = f.scenario().features[p.feature->index()].name;
    if (line.target) row.target = f.scenario().targets[line.target->index()].name;
    row.allocated = p.shared ? "shared" : "direct";
    if (line.meter) {
        row.meter = std::string{meter_names[static_cast<std::size_t>(*line.meter)]};
        row.unit = std::string{unit_of(*line.meter)};
    }
    if (!line.unit.empty()) row.unit = line.unit;
    return row;
}

void add_period(Findings const& f, std::size_t option, std::size_t scale, Period const& period,
                std::vector<CostLineRow>& rows) {
    auto const amounts = period_amounts(f.amounts[option], f.layout(), scale, period);
    auto const pieces = period_quantities(f.amounts[option], f.layout(), scale, period);
    auto const total = std::accumulate(amounts.begin(), amounts.end(), std::int64_t{0});
    for (std::size_t l = 0; l < amounts.size(); ++l) {
        if (amounts[l] == 0 && pieces[l] == 0) continue;
        auto row = row_of(f, option, l);
        row.scale = f.experiment().scales[scale];
        row.period = period.name;
        if (row.unit) row.quantity = pieces[l];
        row.mean = Amount{amounts[l]};
        if (total > 0) row.share = static_cast<double>(amounts[l]) / static_cast<double>(total);
        rows.push_back(std::move(row));
    }
}

/// Exact amounts of one cause over a period.
struct Causes {
    std::int64_t fixed = 0, direct = 0, agreed = 0, pools = 0;
};

Causes causes_of(Findings const& f, std::size_t option, std::size_t scale, Period const& period) {
    auto const amounts = period_amounts(f.amounts[option], f.layout(), scale, period);
    Causes causes;
    auto const agreements = f.experiment().plans[option].agreement_line;
    auto const pool_line = f.experiment().plans[option].pool_line;
    for (std::size_t l = 0; l < amounts.size(); ++l) {
        auto const& printed = f.amounts[option].printed[l];
        // A shortfall is the minimum that a commitment sets.
        bool const shortfall = printed.line >= agreements && printed.line < pool_line &&
                               (printed.line - agreements) % agreement_lines == shortfall_line;
        bool const pool = printed.line >= pool_line;
        bool const agreed = printed.line >= agreements && !shortfall;
        (pool ? causes.pools : agreed ? causes.agreed : printed.shared ? causes.fixed : causes.direct) += amounts[l];
    }
    return causes;
}

/// Mean over worlds of a part of a period's bill, dollars.
double strained(Findings const& f, std::size_t option, std::size_t scale, Period const& period,
                std::vector<double> Strain::*part) {
    double sum = 0;
    for (auto const& world : f.totals.worlds) {
        for (int m = period.first; m < period.first + period.months; ++m)
            sum += (world.options[option].strain.*part)[f.layout().cell(scale, static_cast<std::size_t>(m))];
    }
    return sum / static_cast<double>(f.totals.worlds.size());
}

}  // namespace

std::vector<CostLineRow> cost_lines_table(Findings const& f) {
    std::vector<CostLineRow> rows;
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        for (std::size_t s = 0; s < f.layout().scales; ++s) {
            for (auto const& period : f.periods) add_period(f, o, s, period, rows);
        }
    }
    return rows;
}

std::vector<NonlinearityRow> nonlinearity_table(Findings const& f) {
    std::vector<NonlinearityRow> rows;
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        for (std::size_t s = 0; s < f.layout().scales; ++s) {
            for (auto const& period : f.periods) {
                auto const base = causes_of(f, o, 0, period);
                auto const here = causes_of(f, o, s, period);
                double const factor = f.experiment().scales[s] / f.experiment().scales[0];
                double const linear_usd =
                    static_cast<double>(base.fixed + base.direct + base.agreed + base.pools) * 1e-6 * factor;
                if (!is_amount(linear_usd)) continue;  // of a scale so far from the first that this says nothing
                auto const linear = amount_of(linear_usd);
                auto const volume = amount_of(static_cast<double>(base.direct) * 1e-6 * factor);
                auto const agreed = amount_of(static_cast<double>(base.agreed) * 1e-6 * factor);
                auto const pools = amount_of(static_cast<double>(base.pools) * 1e-6 * factor);
                auto const add = [&](char const* cause, std::int64_t millionths) {
                    rows.push_back(
                        {f.option(o).name, f.experiment().scales[s], period.name, cause, Amount{millionths}});
                };
                add("volume", linear.millionths);
                if (base.agreed != 0 || here.agreed != 0) add("tier", here.agreed - agreed.millionths);
                auto const limit = strained(f, o, s, period, &Strain::by_limit) -
                                   factor * strained(f, o, 0, period, &Strain::by_limit);
                auto const covered = strained(f, o, s, period, &Strain::by_reservation) -
                                     factor * strained(f, o, 0, period, &Strain::by_reservation);
                auto const limited = amount_of(limit).millionths;
                auto const minimum = amount_of(covered).millionths;
                if (limited != 0) add("limit", limited);
                if (base.pools != 0 || here.pools != 0) add("pooling", here.pools - pools.millionths);
                add("minimum", here.fixed -
                                   (linear.millionths - volume.millionths - agreed.millionths - pools.millionths) +
                                   minimum);
                add("cache", here.direct - volume.millionths - limited - minimum);
            }
        }
    }
    return rows;
}

}  // namespace runrate
