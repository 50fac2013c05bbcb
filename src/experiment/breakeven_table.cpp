#include <algorithm>
#include <array>
#include <cmath>

#include "decide/breakeven.h"
#include "decide/payback.h"
#include "experiment/compared_costs.h"
#include "experiment/overload.h"
#include "experiment/quantities.h"
#include "experiment/turning_points.h"

namespace runrate {
namespace {

double mean_of(std::vector<double> const& values) {
    double sum = 0;
    for (double const v : values) sum += v;
    return sum / static_cast<double>(values.size());
}

/// Sessions of visitors in the compared month at scale 1 (of a scenario with jobs alone: items), and tokens of all
/// features for each of them, as the baseline counts them.
struct Volume {
    double sessions = 0, tokens_per_session = 0;
};

Volume volume_of(Findings const& f, std::size_t baseline) {
    double counted = 0, tokens = 0;
    auto const month = f.layout().compared_month;
    auto const cell = f.layout().cell(0, month);
    for (auto const& world : f.totals.worlds) {
        for (std::size_t x = 0; x < f.layout().features; ++x) {
            double const sessions = world.sessions[x][month];
            counted += counts_sessions(f.scenario(), x) ? sessions : 0;
            for (auto const& meters : meters_at(world, baseline, x, cell)) {
                for (auto const meter : {Meter::input, Meter::cache_read, Meter::cache_write_5m, Meter::cache_write_1h,
                                         Meter::output, Meter::reasoning})
                    tokens += sessions * meters[static_cast<std::size_t>(meter)];
            }
        }
    }
    return {counted / static_cast<double>(f.totals.worlds.size()), counted > 0 ? tokens / counted : 0};
}

/// Replicas of an option's pools together, on average over worlds; nothing without pools.
Real replicas_of(Findings const& f, std::size_t option, std::size_t cell) {
    if (f.experiment().plans[option].pools.empty()) return std::nullopt;
    double const hours = f.scenario().calendar.hours_in(f.scenario().compared_month());
    double sum = 0;
    for (auto const& world : f.totals.worlds)
        for (auto const& pool : world.options[option].pools) sum += pool.paid_hours[cell] / hours;
    return sum / static_cast<double>(f.totals.worlds.size());
}

/// What an option costs at every volume, [volume][draw].
using CostsByVolume = std::vector<std::vector<double>>;

CostsByVolume costs_by_volume(Findings const& f, std::size_t option, std::vector<VolumeCell> const& cells,
                              Quality quality, GpuPriceBasis basis) {
    CostsByVolume costs;
    for (auto const& at : cells) costs.push_back(costs_of(f, option, at.cell, quality, basis));
    return costs;
}

/// [i][draw] of one less [i][draw] of another.
std::vector<std::vector<double>> difference(std::vector<std::vector<double>> a,
                                            std::vector<std::vector<double>> const& b) {
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t k = 0; k < a[i].size(); ++k) a[i][k] -= b[i][k];
    return a;
}

/// A baseline, and what a comparison with it counts.
struct Side {
    Findings const& f;
    std::size_t option;
    Quality quality;
    GpuPriceBasis basis;
    std::vector<VolumeCell> cells;
    Volume volume;
    CostsByVolume costs;

    [[nodiscard]] std::string const& name() const { return f.option(option).name; }
    [[nodiscard]] char const* quality_name() const { return quality_names[static_cast<std::size_t>(quality)]; }
};

void add_curve(Side const& baseline, std::size_t challenger, CostsByVolume const& costs,
               std::vector<CheaperAt> const& curve, Result& result) {
    auto const& f = baseline.f;
    for (std::size_t i = 0; i < curve.size(); ++i) {
        BreakevenCurveRow row;
        row.baseline = baseline.name();
        row.challenger = f.option(challenger).name;
        row.quality = baseline.quality_name();
        row.mix = name_of(f.experiment().mix, f.scenario());
        row.multiplier = curve[i].volume;
        row.sessions = baseline.volume.sessions * curve[i].volume;
        row.tokens = *row.sessions * baseline.volume.tokens_per_session;
        row.cost_baseline = amount_of(mean_of(baseline.costs[i]));
        row.cost_challenger = amount_of(mean_of(costs[i]));
        row.p_cheaper = curve[i].probability;
        row.p_cheaper_se = curve[i].standard_error;
        row.replicas = replicas_of(f, challenger, baseline.cells[i].cell);
        result.breakeven_curve.push_back(std::move(row));
    }
}

/// Volumes in sessions and tokens, and how far single draws differ.
void fill_volumes(Differences const& d, Volume const& volume, BreakevenRow& row) {
    row.tokens_per_session = volume.tokens_per_session;
    row.range_from = d.volumes.front();
    row.range_to = d.volumes.back();
    auto const half = safe_volume(d, 0.5), most = safe_volume(d, 0.8);
    constexpr std::array words{"crosses", "always", "never"};
    row.status = words[static_cast<std::size_t>(half.kind)];
    auto const sessions = [&](SafeVolume const& v) -> Real {
        if (v.kind == SafeVolume::Kind::never) return std::nullopt;
        return volume.sessions * (v.kind == SafeVolume::Kind::always ? d.volumes.front() : v.volume);
    };
    auto const tokens = [&](Real const& of) { return of ? Real{*of * volume.tokens_per_session} : std::nullopt; };
    row.safe50_sessions = sessions(half);
    row.safe80_sessions = sessions(most);
    row.safe50_tokens = tokens(row.safe50_sessions);
    row.safe80_tokens = tokens(row.safe80_sessions);
    auto const worlds = crossings(d);
    auto const crossing = [&](std::optional<double> const& v) { return v ? Real{*v * volume.sessions} : std::nullopt; };
    row.world_p5 = crossing(worlds.p5);
    row.world_p50 = crossing(worlds.p50);
    row.world_p95 = crossing(worlds.p95);
    row.p_never = worlds.never;
    row.p_always = worlds.always;
}

/// What a wrong choice costs in a year like the compared month, at volume 1 where that is compared.
void fill_regret(Differences const& d, BreakevenRow& row) {
    constexpr double months = 12;
    auto const at_one = std::find(d.volumes.begin(), d.volumes.end(), 1);
    if (at_one == d.volumes.end()) return;
    auto const wrong = regret(d.samples[static_cast<std::size_t>(at_one - d.volumes.begin())]);
    row.regret_challenger = amount_of(months * wrong.challenger);
    row.regret_baseline = amount_of(months * wrong.baseline);
}

/// When the challenger is cheaper as traffic is expected to go, at scale 1.
void fill_dates(Side const& baseline, std::size_t challenger, BreakevenRow& row) {
    auto const& f = baseline.f;
    auto const one = scale_of_one(f);
    if (!one) return;
    MonthlyDifferences months;
    for (std::size_t m = 0; m < f.layout().months; ++m) {
        auto const cell = f.layout().cell(*one, m);
        auto const costs = costs_of(f, challenger, cell, baseline.quality);
        auto const of_baseline = costs_of(f, baseline.option, cell, baseline.quality);
        auto& here = months.emplace_back();
        for (std::size_t k = 0; k < costs.size(); ++k) here.push_back(costs[k] - of_baseline[k]);
    }
    auto const month = [&](std::optional<std::size_t> m) { return m ? Text{f.periods[*m].name} : std::nullopt; };
    row.month_p50 = month(cheaper_for_good(months));
    row.payback_p50 = month(paid_back(difference(payments_of(f, challenger, *one, baseline.quality),
                                                 payments_of(f, baseline.option, *one, baseline.quality))));
}

/// What would have to be for the challenger to cost as much as the baseline.
void fill_turning_points(Side const& baseline, std::size_t challenger, BreakevenRow& row) {
    auto const points = turning_points(baseline.f, baseline.option, challenger, baseline.quality);
    row.api_price = dollars_of(points.api_usd_per_mtok);
    row.gpu_price = dollars_of(points.gpu_usd_per_hour);
    row.fte = points.fte;
    row.success = points.success;
}

/// Whether the comparison has pools, and the rates of all of them.
bool has_basis(Findings const& f, std::size_t baseline, std::size_t challenger, GpuPriceBasis basis) {
    auto const& plans = f.experiment().plans;
    bool const pools = !plans[baseline].pools.empty() || !plans[challenger].pools.empty();
    return basis == GpuPriceBasis::as_planned || (pools && knows_rate(f.scenario(), plans[baseline], basis) &&
                                                  knows_rate(f.scenario(), plans[challenger], basis));
}

/// Those below the first at which a pool of either option is too small.
std::vector<VolumeCell> served(Findings const& f, std::size_t baseline, std::size_t challenger,
                               std::vector<VolumeCell> cells) {
    auto const small = [&](VolumeCell const& at) {
        return !keeps_up(f, baseline, at.cell) || !keeps_up(f, challenger, at.cell);
    };
    cells.erase(std::find_if(cells.begin(), cells.end(), small), cells.end());
    return cells;
}

/// The curve is of the plan alone, dates and turning points of it at the reference's mix.
void add_challenger(Side baseline, std::size_t challenger, Result& result) {
    auto const& f = baseline.f;
    if (!has_basis(f, baseline.option, challenger, baseline.basis)) return;
    baseline.cells = served(f, baseline.option, challenger, std::move(baseline.cells));
    if (baseline.cells.size() < 2) return;
    baseline.costs.resize(baseline.cells.size());
    auto const costs = costs_by_volume(f, challenger, baseline.cells, baseline.quality, baseline.basis);
    Differences d{{}, difference(costs, baseline.costs), sample_groups(f.totals)};
    for (auto const& at : baseline.cells) d.volumes.push_back(at.multiple);
    BreakevenRow row;
    row.baseline = baseline.name();
    row.challenger = f.option(challenger).name;
    row.view = "accrual";
    row.quality = baseline.quality_name();
    row.gpu_price_basis = gpu_price_basis_names[static_cast<std::size_t>(baseline.basis)];
    row.mix = name_of(f.experiment().mix, f.scenario());
    row.reference = f.periods[f.layout().compared_month].name;
    fill_volumes(d, baseline.volume, row);
    fill_regret(d, row);
    if (baseline.basis == GpuPriceBasis::as_planned) {
        if (f.experiment().mix.kind == Mix::Kind::reference) {
            fill_dates(baseline, challenger, row);
            fill_turning_points(baseline, challenger, row);
        }
        auto const curve = cheaper_at(d);
        add_curve(baseline, challenger, costs, curve, result);
        for (auto const& i : cheaper_intervals(curve))
            result.breakeven_intervals.push_back(
                {row.baseline, row.challenger, row.quality, *row.mix, i.from, i.to, row.challenger});
    }
    result.breakeven.push_back(std::move(row));
}

}  // namespace

void add_breakeven(Findings const& f, Result& result) {
    auto const& comparison = f.experiment().comparison;
    if (!comparison) return;
    auto const cells = volume_cells(f);
    auto const volume = volume_of(f, comparison->baseline);
    auto const& baseline = f.experiment().plans[comparison->baseline];
    bool const of_reference = f.experiment().mix.kind == Mix::Kind::reference;
    std::vector<Side> sides;
    for (auto const quality : {Quality::as_bought, Quality::adjusted})
        for (auto const basis : {GpuPriceBasis::as_planned, GpuPriceBasis::on_demand, GpuPriceBasis::reserved})
            if (knows_rate(f.scenario(), baseline, basis) && (of_reference || basis == GpuPriceBasis::as_planned))
                sides.push_back({f, comparison->baseline, quality, basis, cells, volume,
                                 costs_by_volume(f, comparison->baseline, cells, quality, basis)});
    for (auto const challenger : comparison->challengers)
        for (auto const& side : sides) add_challenger(side, challenger, result);
}

void mark_dependent(Result& result) {
    constexpr double far = 0.25;
    auto const moved = [](BreakevenRow const& row, BreakevenRow const& other) {
        if (!row.safe50_sessions || !other.safe50_sessions) return row.status != other.status;
        return std::abs(*other.safe50_sessions / *row.safe50_sessions - 1) > far;
    };
    std::vector<std::size_t> dependent;
    for (std::size_t i = 0; i < result.breakeven.size(); ++i) {
        auto const& row = result.breakeven[i];
        bool const depends =
            std::any_of(result.breakeven.begin(), result.breakeven.end(), [&](BreakevenRow const& other) {
                return row.mix == Text{"reference"} && other.mix != row.mix && other.challenger == row.challenger &&
                       other.quality == row.quality && other.gpu_price_basis == row.gpu_price_basis &&
                       moved(row, other);
            });
        if (depends) dependent.push_back(i);
    }
    for (auto const i : dependent) result.breakeven[i].status = "depends";
}

}  // namespace runrate
