#include "experiment/turning_points.h"

#include "experiment/quantities.h"

namespace runrate {
namespace {

/// Mean dollars of an option's month, by what moves them.
struct Parts {
    double api = 0, gpu = 0, staff = 0, rest = 0, failures = 0;
    [[nodiscard]] double all() const { return api + gpu + staff + rest + failures; }
};

bool is_api(BillLine const& line) { return line.group == "API tokens" || line.group == "API fees"; }

/// Whether all that is agreed on is a share off every bill.
bool proportional(BillPlan const& plan) {
    auto const none = [](Number const& n) { return !n.uncertain() && n.value == 0; };
    for (auto const& a : plan.agreements) {
        if (a.credit) return false;
        if (!a.contract) continue;
        bool const tiers =
            a.contract->tiers.size() > 1 || (!a.contract->tiers.empty() && !none(a.contract->tiers[0].above));
        if (tiers || !none(a.contract->commitment_usd)) return false;
    }
    return true;
}

/// The mean of a value over draws.
template <class Value>
double mean_over_draws(Findings const& f, Value const& value) {
    double sum = 0;
    for (auto const& world : f.totals.worlds)
        for (std::size_t d = 0; d < f.layout().draws; ++d) sum += value(world, d);
    return sum / static_cast<double>(f.totals.samples());
}

double failures_of(Findings const& f, std::size_t option, std::size_t cell, std::optional<double> success) {
    return mean_over_draws(f, [&](WorldOutcome const& world, std::size_t d) {
        double sum = 0;
        for (std::size_t x = 0; x < f.layout().features; ++x)
            sum += failure_cost_at(f, world, option, d, x, cell, success);
        return sum;
    });
}

double mean_of_line(Findings const& f, std::size_t option, std::size_t cell, std::size_t line) {
    Wide sum = 0;
    for (auto const& group : f.totals.options[option].line_nano)
        sum += group[cell * f.experiment().plans[option].lines.size() + line];
    return static_cast<double>(sum) * 1e-9 / static_cast<double>(f.totals.samples());
}

Parts parts_of(Findings const& f, std::size_t option, std::size_t cell, Quality quality) {
    auto const& plan = f.experiment().plans[option];
    Parts parts;
    for (std::size_t l = 0; l < plan.lines.size(); ++l) {
        auto const& line = plan.lines[l];
        bool const agreed = l >= plan.agreement_line && l < plan.pool_line;
        double& part = is_api(line) || agreed    ? parts.api
                       : line.group == gpu_group ? parts.gpu
                       : line.group == "staff"   ? parts.staff
                                                 : parts.rest;
        part += mean_of_line(f, option, cell, l);
    }
    if (quality == Quality::adjusted) parts.failures = failures_of(f, option, cell, std::nullopt);
    return parts;
}

/// Mean pieces of an option's lines that are wanted.
template <class Wanted>
double pieces_of(Findings const& f, std::size_t option, std::size_t cell, Wanted const& wanted) {
    auto const& lines = f.experiment().plans[option].lines;
    double sum = 0;
    for (std::size_t l = 0; l < lines.size(); ++l)
        if (wanted(lines[l])) sum += f.totals.options[option].quantity[cell * lines.size() + l];
    return sum / static_cast<double>(f.totals.worlds.size());
}

/// The factor on a part of the difference at which all of it is 0.
std::optional<double> factor_of(double all, double part) {
    constexpr double most = 100;
    if (part == 0) return std::nullopt;
    double const factor = 1 - all / part;
    return factor >= 1 / most && factor <= most ? std::optional{factor} : std::nullopt;
}

/// What a piece costs at a factor of its price; of the first option that has any.
std::optional<double> price_at_factor(std::optional<double> factor, std::pair<double, double> first,
                                      std::pair<double, double> second) {
    auto const& [usd, pieces] = first.second > 0 ? first : second;
    if (!factor || !(pieces > 0)) return std::nullopt;
    return *factor * usd / pieces;
}

}  // namespace

TurningPoints turning_points(Findings const& f, std::size_t baseline, std::size_t challenger, Quality quality) {
    TurningPoints points;
    auto const one = scale_of_one(f);
    if (!one) return points;
    auto const cell = f.layout().cell(*one, f.layout().compared_month);
    auto const c = parts_of(f, challenger, cell, quality), b = parts_of(f, baseline, cell, quality);
    double const all = c.all() - b.all();
    auto const& plans = f.experiment().plans;

    auto const mtok = [&](std::size_t option) {
        return 1e-6 * pieces_of(f, option, cell, [](BillLine const& line) {
                   return line.meter && counts_tokens(*line.meter) && *line.meter != Meter::cache_storage;
               });
    };
    if (proportional(plans[baseline]) && proportional(plans[challenger]))
        points.api_usd_per_mtok =
            price_at_factor(factor_of(all, c.api - b.api), {b.api, mtok(baseline)}, {c.api, mtok(challenger)});
    auto const gpu_hours = [&](std::size_t option) {
        return pieces_of(f, option, cell, [](BillLine const& line) { return line.group == gpu_group; });
    };
    points.gpu_usd_per_hour =
        price_at_factor(factor_of(all, c.gpu - b.gpu), {c.gpu, gpu_hours(challenger)}, {b.gpu, gpu_hours(baseline)});

    double const fte_usd = mean_over_draws(f, [&](WorldOutcome const& world, std::size_t d) {
        return f.scenario().costs.staff_usd_per_year.in(world.beliefs[d]) / 12;
    });
    if (fte_usd > 0 && c.staff - all > 0) points.fte = (c.staff - all) / fte_usd;

    if (quality == Quality::as_bought) return points;
    double const none = failures_of(f, challenger, cell, 0), full = failures_of(f, challenger, cell, 1);
    double const success = none > full ? (none - (c.failures - all)) / (none - full) : 0;
    if (success > 0 && success <= 1) points.success = success;
    return points;
}

}  // namespace runrate
