#include <fmt/format.h>

#include "experiment/parallel_rows.h"
#include "experiment/quantities.h"
#include "experiment/unit_costs.h"

namespace runrate {
namespace {

/// Sums over samples of what a feature does and costs in a period.
struct Volumes {
    double sessions = 0, turns = 0, calls = 0, tokens = 0, cost = 0;
};

/// Tokens of every kind in one session.
double tokens_per_session(FeatureUsage const& usage) {
    double tokens = 0;
    for (auto const& meters : usage.mean) {
        for (auto m : {Meter::input, Meter::cache_read, Meter::cache_write_5m, Meter::cache_write_1h, Meter::output,
                       Meter::reasoning}) {
            tokens += meters[static_cast<std::size_t>(m)];
        }
    }
    return tokens;
}

Volumes volumes_of(Findings const& f, UnitPlace const& at) {
    Volumes v;
    auto const samples = feature_samples(f, at);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        auto const& world = f.totals.worlds[i / f.layout().draws];
        v.sessions += samples[i].sessions;
        v.turns += samples[i].turns;
        v.calls += samples[i].calls;
        v.tokens += samples[i].sessions * blended_mean(f, world, at.option, at.feature, at.scale, at.period,
                                                       [](FeatureUsage const& usage, std::optional<OptionId>) {
                                                           return tokens_per_session(usage);
                                                       });
        v.cost += samples[i].cost;
    }
    return v;
}

struct Factor {
    std::string name;
    double value;
};

/// A chain whose product is the cost of a session (of a job: of an item).
std::vector<Factor> chain(Volumes const& v, std::string const& unit, std::string const& currency) {
    auto const money = currency == "USD" ? "dollars" : currency;
    if (v.sessions <= 0 || v.turns <= 0 || v.calls <= 0) return {};
    std::vector<Factor> factors{{"turns per " + unit, v.turns / v.sessions}, {"calls per turn", v.calls / v.turns}};
    if (v.tokens <= 0) {  // nothing but fees
        factors.push_back({money + " per call", v.cost / v.calls});
        return factors;
    }
    factors.push_back({"tokens per call", v.tokens / v.calls});
    factors.push_back({money + " per token", v.cost / v.tokens});
    return factors;
}

/// The rows of one option, beside the same factors of the baseline.
std::vector<RatioRow> rows_of(Findings const& f, UnitPlace const& at) {
    auto const& feature = f.scenario().features[at.feature];
    auto const unit = cost_units(feature).front().name;
    auto const& currency = f.scenario().money.currency;
    auto const here = chain(volumes_of(f, at), unit, currency);
    auto const base =
        at.option == 0 ? here : chain(volumes_of(f, {0, at.feature, at.scale, at.period}), unit, currency);
    std::vector<RatioRow> rows;
    for (std::size_t i = 0; i < here.size(); ++i) {
        RatioRow row;
        row.option = f.option(at.option).name;
        row.scale = f.experiment().scales[at.scale];
        row.period = at.period.name;
        row.unit = fmt::format("{}: {}", feature.name, unit);
        if (i < base.size()) row.base = base[i].value;
        row.factor = static_cast<std::int64_t>(i) + 1;
        row.name = here[i].name;
        row.value = here[i].value;
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace

std::vector<RatioRow> ratios_table(Findings const& f) {
    return rows_by_option_and_scale<RatioRow>(f, [&](std::size_t o, std::size_t s) {
        std::vector<RatioRow> rows;
        for (auto const& period : f.periods) {
            for (std::size_t x = 0; x < f.layout().features; ++x) {
                for (auto& row : rows_of(f, {o, x, s, period})) rows.push_back(std::move(row));
            }
        }
        return rows;
    });
}

}  // namespace runrate
