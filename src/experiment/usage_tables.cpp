#include <algorithm>

#include <fmt/format.h>

#include "cost/meter_price.h"
#include "experiment/parallel_rows.h"
#include "experiment/quantities.h"
#include "stat/interval.h"

namespace runrate {
namespace {

constexpr double low = 0.05;
constexpr double high = 0.95;

/// Drawn and expected quantities of every meter of a feature, by world: [key * meter_count + meter][world].
struct Quantities {
    std::vector<std::vector<double>> expected, drawn;
};

Quantities quantities_of(Findings const& f, std::size_t option, std::size_t feature, std::size_t scale,
                         Period const& period) {
    auto const& worlds = f.totals.worlds;
    auto const& keys = worlds[0].options[option].usage[feature].keys;
    auto const width = keys.size() * meter_count;
    Quantities q{std::vector(width, std::vector<double>(worlds.size(), 0)),
                 std::vector(width, std::vector<double>(worlds.size(), 0))};
    for (std::size_t w = 0; w < worlds.size(); ++w) {
        for (int m = period.first; m < period.first + period.months; ++m) {
            auto const month = static_cast<std::size_t>(m);
            auto const meters = meters_at(worlds[w], option, feature, f.layout().cell(scale, month));
            double const sessions =
                static_cast<double>(worlds[w].sessions[feature][month]) * f.experiment().scales[scale];
            double const chance = static_cast<double>(
                worlds[w].session_chance[f.layout().chance(f.layout().cell(scale, month), feature)]);
            for (std::size_t i = 0; i < width; ++i) {
                double const pieces = sessions * meters[i / meter_count][i % meter_count];
                auto const first = i - keys[i / meter_count].tier * meter_count;
                q.expected[first][w] += pieces;
                q.drawn[first][w] += pieces * chance;
            }
        }
    }
    return q;
}

UsageRow usage_row(Findings const& f, std::size_t option, std::size_t feature, std::size_t scale,
                   Period const& period) {
    UsageRow row;
    row.option = f.option(option).name;
    row.scale = f.experiment().scales[scale];
    row.period = period.name;
    row.feature = f.scenario().features[feature].name;
    return row;
}

void add_row(UsageRow row, std::string meter, std::string unit, std::vector<double> const& expected,
             std::vector<double> drawn, std::vector<UsageRow>& rows) {
    double sum = 0;
    for (double x : expected) sum += x;
    if (sum == 0) return;
    row.meter = std::move(meter);
    row.unit = std::move(unit);
    row.mean = sum / static_cast<double>(expected.size());
    row.p5 = quantile_of(drawn, low);
    row.p95 = quantile_of(drawn, high);
    rows.push_back(std::move(row));
}

void add_sessions(Findings const& f, std::size_t option, std::size_t feature, std::size_t scale, Period const& period,
                  std::vector<UsageRow>& rows) {
    std::vector<double> sessions, drawn, turns, calls, attempts, hits, failed, refused, capped;
    for (auto const& world : f.totals.worlds) {
        auto const of_session = [&](double FeatureUsage::*member) {
            return blended(f, world, option, feature, scale, period, member);
        };
        double const expected = sessions_in(f, world, feature, scale, period, Chance::expected);
        double const chance = sessions_in(f, world, feature, scale, period, Chance::drawn);
        sessions.push_back(expected);
        drawn.push_back(chance);
        turns.push_back(expected * of_session(&FeatureUsage::turns));
        calls.push_back(expected * of_session(&FeatureUsage::calls));
        attempts.push_back(expected * of_session(&FeatureUsage::attempts));
        hits.push_back(expected * of_session(&FeatureUsage::cache_hits));
        failed.push_back(expected * (1 - unharmed_in(f, world, option, feature, scale, period)));
        refused.push_back(blended_sessions(f, world, option, feature, scale, period, Blend::Cause::limit));
        capped.push_back(blended_sessions(f, world, option, feature, scale, period, Blend::Cause::cap));
    }
    auto const scaled = [&](std::vector<double> const& x) {
        auto result = x;
        for (std::size_t i = 0; i < x.size(); ++i) result[i] *= sessions[i] > 0 ? drawn[i] / sessions[i] : 1;
        return result;
    };
    auto const row = usage_row(f, option, feature, scale, period);
    add_row(row, "sessions", "sessions", sessions, drawn, rows);
    add_row(row, "turns", "turns", turns, scaled(turns), rows);
    add_row(row, "calls", "calls", calls, scaled(calls), rows);
    add_row(row, "attempts", "attempts", attempts, scaled(attempts), rows);
    add_row(row, "semantic_cache_hits", "calls", hits, scaled(hits), rows);
    add_row(row, "harmed_sessions", "sessions", failed, scaled(failed), rows);
    add_row(row, "refused_sessions", "sessions", refused, scaled(refused), rows);
    add_row(row, "capped_sessions", "sessions", capped, scaled(capped), rows);
}

/// Prompt tokens by what they consist of; means only, since the split is pooled over worlds.
void add_causes(Findings const& f, std::size_t option, std::size_t feature, std::size_t scale, Period const& period,
                std::vector<UsageRow>& rows) {
    double sessions = 0;
    for (auto const& world : f.totals.worlds)
        sessions += sessions_in(f, world, feature, scale, period, Chance::expected);
    auto const worlds = static_cast<double>(f.totals.worlds.size());
    auto const& roles = f.totals.options[option].roles[feature];
    for (std::size_t r = 0; r < roles.size(); ++r) {
        for (std::size_t c = 0; c < cause_count; ++c) {
            if (roles[r].causes[c] == 0) continue;
            auto row = usage_row(f, option, feature, scale, period);
            row.role = f.scenario().roles[r];
            row.meter = fmt::format("context.{}", cause_names[c]);
            row.unit = "tokens";
            row.mean = roles[r].causes[c] / worlds * (sessions / worlds);
            rows.push_back(std::move(row));
        }
    }
}

void add_feature(Findings const& f, std::size_t option, std::size_t feature, std::size_t scale, Period const& period,
                 std::vector<UsageRow>& rows) {
    add_sessions(f, option, feature, scale, period, rows);
    auto const q = quantities_of(f, option, feature, scale, period);
    auto const& keys = f.totals.worlds[0].options[option].usage[feature].keys;
    for (std::size_t i = 0; i < q.expected.size(); ++i) {
        if (keys[i / meter_count].tier > 0) continue;
        auto row = usage_row(f, option, feature, scale, period);
        row.role = f.scenario().roles[keys[i / meter_count].role.index()];
        row.target = f.scenario().targets[keys[i / meter_count].target.index()].name;
        auto const meter = static_cast<Meter>(i % meter_count);
        add_row(std::move(row), std::string{meter_names[i % meter_count]}, std::string{unit_of(meter)}, q.expected[i],
                q.drawn[i], rows);
    }
    add_causes(f, option, feature, scale, period, rows);
}

std::optional<double> quantile_or_null(LogSketch const& sketch, double p) {
    if (sketch.count() == 0) return std::nullopt;
    return sketch.quantile(p);
}

/// The smallest cap on calls of a role in a workflow's steps, where it is known.
struct CapFinder {
    RoleId role;
    std::optional<double> cap{};

    void in(Steps const& steps) {
        for (auto const& step : steps) {
            if (auto const* call = std::get_if<CallStep>(&step.what)) of(*call);
            if (auto const* loop = std::get_if<RepeatStep>(&step.what)) in(loop->body);
            if (auto const* agent = std::get_if<AgentStep>(&step.what)) in(agent->body);
            if (auto const* parallel = std::get_if<ParallelStep>(&step.what)) {
                for (auto const& branch : parallel->branches) in(branch);
            }
        }
    }

private:
    void of(CallStep const& call) {
        if (call.role != role) return;
        for (auto const* stated : {&call.cap, &call.cap_visible}) {
            if (!*stated || (*stated)->uncertain()) continue;
            cap = cap ? std::min(*cap, (*stated)->value) : (*stated)->value;
        }
    }
};

TokensRow tokens_row(std::string option, std::string feature, Text role, char const* kind, LogSketch const& sketch) {
    return {std::move(option),
            std::move(feature),
            std::move(role),
            kind,
            quantile_or_null(sketch, 0.5),
            quantile_or_null(sketch, 0.95),
            quantile_or_null(sketch, 0.99),
            {},
            {}};
}

}  // namespace

std::vector<UsageRow> usage_table(Findings const& f) {
    auto const shown = [&](Period const& p) {
        return p.kind == PeriodKind::fiscal_year || p.kind == PeriodKind::horizon || p.name == f.reference().name;
    };
    return rows_by_option_and_scale<UsageRow>(f, [&](std::size_t o, std::size_t s) {
        std::vector<UsageRow> rows;
        for (auto const& period : f.periods) {
            for (std::size_t x = 0; shown(period) && x < f.layout().features; ++x)
                add_feature(f, o, x, s, period, rows);
        }
        return rows;
    });
}

std::vector<TokensRow> tokens_table(Findings const& f) {
    std::vector<TokensRow> rows;
    auto const& s = f.scenario();
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        for (std::size_t x = 0; x < f.layout().features; ++x) {
            auto const& feature = s.features[x];
            for (std::size_t r = 0; r < s.roles.size(); ++r) {
                auto const& tokens = f.totals.options[o].roles[x][r];
                if (tokens.prompt.count() == 0) continue;
                rows.push_back(tokens_row(f.option(o).name, feature.name, s.roles[r], "prompt", tokens.prompt));
                auto output = tokens_row(f.option(o).name, feature.name, s.roles[r], "output", tokens.output);
                CapFinder finder{RoleId{r}};
                finder.in(s.workflows[feature.session.workflow.index()].steps);
                output.cap = finder.cap;
                if (finder.cap && tokens.calls > 0) output.over_cap = tokens.over_cap / tokens.calls;
                rows.push_back(std::move(output));
            }
            auto const& context = f.totals.options[o].context[x];
            if (context.count() > 0) rows.push_back(tokens_row(f.option(o).name, feature.name, {}, "context", context));
        }
    }
    return rows;
}

}  // namespace runrate
