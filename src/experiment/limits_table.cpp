#include <algorithm>

#include "experiment/tables.h"
#include "pricing/limit_verdict.h"
#include "stat/interval.h"

namespace runrate {
namespace {

constexpr double sure = 0.95;  ///< share of worlds that a limit must be enough in

/// One option at one scale in one month.
struct LimitCell {
    Findings const& f;
    std::size_t option, scale, month;

    [[nodiscard]] std::size_t cells() const { return f.layout().cells(); }
    [[nodiscard]] std::size_t cell() const { return f.layout().cell(scale, month); }
    [[nodiscard]] LimitRow row(std::string target, std::string limit) const {
        LimitRow row;
        row.option = f.option(option).name;
        row.scale = f.experiment().scales[scale];
        row.period = f.periods[month].name;
        row.target = std::move(target);
        row.limit = std::move(limit);
        return row;
    }
};

/// What a row of Strain::needed comes to over the worlds.
struct Survey {
    double needed = 0;  ///< of the p99 minute, in 19 of 20 worlds
    double usual = 0;   ///< on average, in half of the worlds
};

Survey survey_of(LimitCell const& at, std::size_t row) {
    std::vector<double> needed;
    std::vector<double> asked;
    for (auto const& world : at.f.totals.worlds) {
        auto const& strain = world.options[at.option].strain;
        if (strain.needed.empty()) continue;
        needed.push_back(static_cast<double>(strain.needed[row * at.cells() + at.cell()]));
        asked.push_back(static_cast<double>(strain.asked[row * at.cells() + at.cell()]));
    }
    return {quantile_of(needed, sure), quantile_of(asked, 0.5)};
}

LimitRow rate_row(LimitCell const& at, std::size_t l) {
    auto const& limit = at.f.experiment().plans[at.option].demand.limits[l];
    auto const survey = survey_of(at, l);
    auto row = at.row(at.f.option(at.option).limits.targets[limit.group].name, limit.name);
    row.needed_p99 = survey.needed;
    row.allowed = limit.allowed;
    row.verdict = limit_verdict(survey.needed, survey.usual, limit.allowed);
    return row;
}

/// Nothing in months without the reservation.
std::optional<LimitRow> reservation_row(LimitCell const& at, std::size_t r) {
    auto const& demand = at.f.experiment().plans[at.option].demand;
    auto const& spec = demand.reservations[r].spec;
    if (!spec.in_force(at.f.scenario().calendar.month(static_cast<int>(at.month)))) return std::nullopt;
    auto row = at.row(spec.model, "provisioned");
    row.needed_p99 = survey_of(at, demand.limits.size() + r).needed;
    row.allowed = spec.units * spec.each_per_minute;
    row.verdict = *row.needed_p99 <= *row.allowed ? "within" : "spills over";
    return row;
}

LimitRow spend_row(LimitCell const& at, std::size_t c) {
    auto const& ceiling = at.f.option(at.option).limits.spend[c];
    std::vector<double> spend;
    for (auto const& world : at.f.totals.worlds)
        spend.push_back(world.options[at.option].strain.spend[c * at.cells() + at.cell()]);
    auto row = at.row(ceiling.vendor, "spend");
    row.needed_p99 = quantile_of(spend, sure);
    row.allowed = ceiling.per_month;
    row.verdict = limit_verdict(*row.needed_p99, quantile_of(spend, 0.5), ceiling.per_month);
    return row;
}

}  // namespace

std::vector<LimitRow> limits_table(Findings const& f) {
    std::vector<LimitRow> rows;
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        auto const& limits = f.experiment().plans[o].demand.limits;
        auto const reservations = f.experiment().plans[o].demand.reservations.size();
        for (std::size_t s = 0; s < f.layout().scales; ++s) {
            for (std::size_t m = 0; m < f.layout().months; ++m) {
                LimitCell const at{f, o, s, m};
                for (std::size_t l = 0; l < limits.size(); ++l) rows.push_back(rate_row(at, l));
                for (std::size_t r = 0; r < reservations; ++r) {
                    if (auto row = reservation_row(at, r)) rows.push_back(std::move(*row));
                }
                for (std::size_t c = 0; c < f.option(o).limits.spend.size(); ++c) rows.push_back(spend_row(at, c));
            }
        }
    }
    return rows;
}

}  // namespace runrate
