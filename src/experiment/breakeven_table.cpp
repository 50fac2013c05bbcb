#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "decide/breakeven.h"
#include "experiment/quantities.h"
#include "experiment/tables.h"
#include "experiment/unit_costs.h"

namespace runrate {
namespace {

/// What one option costs in the reference month, by scale and draw, dollars.
using CostsByScale = std::vector<std::vector<double>>;

std::size_t reference_month(Findings const& f) { return static_cast<std::size_t>(f.scenario().reference_month()); }

CostsByScale bills(Findings const& f, std::size_t option) {
    CostsByScale costs;
    for (std::size_t s = 0; s < f.layout().scales; ++s)
        costs.push_back(month_series(f.totals, option, s, false)[reference_month(f)].expected);
    return costs;
}

/// The bills with what failed sessions cost besides.
CostsByScale with_failures(Findings const& f, std::size_t option, CostsByScale costs) {
    for (std::size_t s = 0; s < f.layout().scales; ++s) {
        for (std::size_t x = 0; x < f.layout().features; ++x) {
            auto const samples = feature_samples(f, {option, x, s, f.reference()});
            for (std::size_t k = 0; k < samples.size(); ++k) costs[s][k] += samples[k].failure_cost;
        }
    }
    return costs;
}

double mean_of(std::vector<double> const& values) {
    double sum = 0;
    for (double const v : values) sum += v;
    return sum / static_cast<double>(values.size());
}

/// Sessions of visitors in the reference month at scale 1 (of a scenario with jobs alone: items), and tokens of all
/// features for each of them, as the baseline counts them.
struct Volume {
    double sessions = 0, tokens_per_session = 0;
};

Volume volume_of(Findings const& f, std::size_t baseline) {
    double visits = 0, items = 0, tokens = 0;
    auto const cell = f.layout().cell(0, reference_month(f));
    for (auto const& world : f.totals.worlds) {
        for (std::size_t x = 0; x < f.layout().features; ++x) {
            double const sessions = world.sessions[x][reference_month(f)];
            bool const visit = std::holds_alternative<SessionRate>(f.scenario().features[x].traffic.volume);
            (visit ? visits : items) += sessions;
            for (auto const& meters : meters_at(world, baseline, x, cell)) {
                for (auto const meter : {Meter::input, Meter::cache_read, Meter::cache_write_5m, Meter::cache_write_1h,
                                         Meter::output, Meter::reasoning})
                    tokens += sessions * meters[static_cast<std::size_t>(meter)];
            }
        }
    }
    double const sessions = visits > 0 ? visits : items;
    return {sessions / static_cast<double>(f.totals.worlds.size()), sessions > 0 ? tokens / sessions : 0};
}

/// Replicas of an option's pools together, on average over worlds; nothing without pools.
Real replicas_of(Findings const& f, std::size_t option, std::size_t scale) {
    if (f.experiment().plans[option].pools.empty()) return std::nullopt;
    auto const cell = f.layout().cell(scale, reference_month(f));
    double const hours = f.scenario().calendar.hours_in(f.scenario().reference_month());
    double sum = 0;
    for (auto const& world : f.totals.worlds)
        for (auto const& pool : world.options[option].pools) sum += pool.paid_hours[cell] / hours;
    return sum / static_cast<double>(f.totals.worlds.size());
}

/// One comparison: a challenger, as bought or with its failures.
struct Comparing {
    Findings const& f;
    std::size_t baseline, challenger;
    std::string quality;
    CostsByScale costs;
    CostsByScale const& of_baseline;
    Volume volume;

    [[nodiscard]] Differences differences() const {
        Differences d{f.experiment().scales, {}, sample_groups(f.totals)};
        for (std::size_t s = 0; s < costs.size(); ++s) {
            auto& samples = d.samples.emplace_back();
            for (std::size_t k = 0; k < costs[s].size(); ++k) samples.push_back(costs[s][k] - of_baseline[s][k]);
        }
        return d;
    }
    void add_rows(Result&) const;

private:
    void add_curve(std::vector<CheaperAt> const&, Result&) const;
    [[nodiscard]] BreakevenRow row_of(Differences const&) const;
};

void Comparing::add_curve(std::vector<CheaperAt> const& curve, Result& result) const {
    for (std::size_t s = 0; s < curve.size(); ++s) {
        BreakevenCurveRow row;
        row.baseline = f.option(baseline).name;
        row.challenger = f.option(challenger).name;
        row.quality = quality;
        row.mix = "reference";
        row.multiplier = curve[s].volume;
        row.sessions = volume.sessions * curve[s].volume;
        row.tokens = *row.sessions * volume.tokens_per_session;
        row.cost_baseline = amount_of(mean_of(of_baseline[s]));
        row.cost_challenger = amount_of(mean_of(costs[s]));
        row.p_cheaper = curve[s].probability;
        row.p_cheaper_se = curve[s].standard_error;
        row.replicas = replicas_of(f, challenger, s);
        result.breakeven_curve.push_back(std::move(row));
    }
}

BreakevenRow Comparing::row_of(Differences const& d) const {
    BreakevenRow row;
    row.baseline = f.option(baseline).name;
    row.challenger = f.option(challenger).name;
    row.view = "accrual";
    row.quality = quality;
    row.gpu_price_basis = "as planned";
    row.mix = "reference";
    row.reference = f.reference().name;
    row.tokens_per_session = volume.tokens_per_session;
    row.range_from = d.volumes.front();
    row.range_to = d.volumes.back();
    auto const half = safe_volume(d, 0.5), most = safe_volume(d, 0.8);
    constexpr std::array words{"crosses", "always", "never"};
    row.status = words[static_cast<std::size_t>(half.kind)];
    auto const sessions = [&](SafeVolume const& v) {
        return v.kind == SafeVolume::Kind::from ? Real{v.volume * volume.sessions} : std::nullopt;
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
    constexpr double months = 12;
    auto const at_one = std::min_element(d.volumes.begin(), d.volumes.end(),
                                         [](double a, double b) { return std::abs(a - 1) < std::abs(b - 1); });
    auto const wrong = regret(d.samples[static_cast<std::size_t>(at_one - d.volumes.begin())]);
    row.regret_challenger = amount_of(months * wrong.challenger);
    row.regret_baseline = amount_of(months * wrong.baseline);
    return row;
}

void Comparing::add_rows(Result& result) const {
    auto const d = differences();
    auto const curve = cheaper_at(d);
    result.breakeven.push_back(row_of(d));
    add_curve(curve, result);
    auto const intervals = cheaper_intervals(curve);
    for (auto const& i : intervals)
        result.breakeven_intervals.push_back({f.option(baseline).name, f.option(challenger).name, quality, "reference",
                                              i.from, i.to, f.option(challenger).name});
}

}  // namespace

void add_breakeven(Findings const& f, std::string const& name, Result& result) {
    auto const options = f.experiment().plans.size();
    std::size_t baseline = 0;
    while (!name.empty() && baseline < options && f.option(baseline).name != name) ++baseline;
    if (baseline == options)
        throw std::invalid_argument(fmt::format("the baseline '{}' is not among the options", name));
    auto const volume = volume_of(f, baseline);
    auto const bought = bills(f, baseline);
    auto const adjusted = with_failures(f, baseline, bought);
    for (std::size_t o = 0; o < options; ++o) {
        if (o == baseline) continue;
        auto const costs = bills(f, o);
        Comparing{f, baseline, o, "as_bought", costs, bought, volume}.add_rows(result);
        Comparing{f, baseline, o, "adjusted", with_failures(f, o, costs), adjusted, volume}.add_rows(result);
    }
}

}  // namespace runrate
