#include <numeric>

#include "experiment/quantities.h"

namespace runrate {
namespace {

/// Means over worlds of what a feature does and costs in a period.
struct Volumes {
    double sessions = 0, turns = 0, calls = 0, tokens = 0, cost = 0;
};

Volumes volumes_of(Findings const& f, std::size_t option, std::size_t scale, Period const& period) {
    Volumes v;
    for (auto const& world : f.totals.worlds) {
        for (std::size_t x = 0; x < f.layout().features; ++x) {
            auto const& usage = world.options[option].usage[x];
            double const sessions = sessions_in(f, world, x, scale, period, Chance::expected);
            double tokens = 0;
            for (auto const& meters : usage.mean) {
                for (auto m : {Meter::input, Meter::cache_read, Meter::cache_write_5m, Meter::cache_write_1h,
                               Meter::output, Meter::reasoning}) {
                    tokens += meters[static_cast<std::size_t>(m)];
                }
            }
            v.sessions += sessions;
            v.turns += sessions * usage.turns;
            v.calls += sessions * usage.calls;
            v.tokens += sessions * tokens;
        }
    }
    auto const n = static_cast<double>(f.totals.worlds.size());
    v = {v.sessions / n, v.turns / n, v.calls / n, v.tokens / n, 0};
    auto const amounts = period_amounts(f.amounts[option], f.layout(), scale, period);
    v.cost = static_cast<double>(std::accumulate(amounts.begin(), amounts.end(), std::int64_t{0})) * 1e-6;
    return v;
}

struct Factor {
    char const* name;
    double value;
};

/// A chain whose product is the cost of a session.
std::vector<Factor> chain(Volumes const& v) {
    if (v.sessions <= 0 || v.turns <= 0 || v.calls <= 0) return {};
    std::vector<Factor> factors{{"turns per session", v.turns / v.sessions}, {"calls per turn", v.calls / v.turns}};
    if (v.tokens <= 0) {  // nothing but fees
        factors.push_back({"dollars per call", v.cost / v.calls});
        return factors;
    }
    factors.push_back({"tokens per call", v.tokens / v.calls});
    factors.push_back({"dollars per token", v.cost / v.tokens});
    return factors;
}

}  // namespace

std::vector<RatioRow> ratios_table(Findings const& f) {
    std::vector<RatioRow> rows;
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        for (std::size_t s = 0; s < f.layout().scales; ++s) {
            for (auto const& period : f.periods) {
                auto const here = chain(volumes_of(f, o, s, period));
                auto const base = chain(volumes_of(f, 0, s, period));
                for (std::size_t i = 0; i < here.size(); ++i) {
                    RatioRow row;
                    row.option = f.option(o).name;
                    row.scale = f.experiment().scales[s];
                    row.period = period.name;
                    row.unit = "session";
                    if (i < base.size()) row.base = base[i].value;
                    row.factor = static_cast<std::int64_t>(i) + 1;
                    row.name = here[i].name;
                    row.value = here[i].value;
                    rows.push_back(std::move(row));
                }
            }
        }
    }
    return rows;
}

}  // namespace runrate
