#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "experiment/overload.h"
#include "experiment/quantities.h"
#include "experiment/tables.h"

namespace runrate {
namespace {

void warn_of_prices(Findings const& f, std::vector<WarningRow>& rows) {
    auto const& s = f.scenario();
    double const limit = s.prices.stale_after_s / 86400;
    for (std::size_t t : priced_targets(f)) {
        auto const& prices = s.prices.book.models.at(s.targets[t].name);
        auto const [row, backdated] = price_at(prices, s.calendar.first());
        if (backdated) {
            auto const text =
                fmt::format("{} is priced from {} on and used before (add an earlier row, or start later)", prices.id,
                            to_string(row->from));
            rows.push_back({"price.backdated", "warning", text, prices.id});
        }
        auto const age = price_age_days(f, *row);
        if (static_cast<double>(age) <= limit) continue;
        auto const text = fmt::format(
            "the price of {} is {} days old at the start (over {:.0f}; refresh the price book)", prices.id, age, limit);
        rows.push_back({"price.stale", "warning", text, prices.id});
    }
}

/// A pool that its autoscaler may not make large enough, and one that turns calls away.
void warn_of_pool(Findings const& f, std::size_t option, std::size_t p, std::size_t scale,
                  std::vector<WarningRow>& rows) {
    auto const& pool = f.scenario().pools[f.experiment().plans[option].pools[p].pool];
    auto const where =
        fmt::format("pool '{}' under '{}' at {:g}x", pool.name, f.option(option).name, f.experiment().scales[scale]);
    auto const beyond = [&](std::vector<double> PoolUse::*figure, double bound) {
        return worlds_beyond(f, option, p, f.layout().cell(scale, 0), f.layout().months, figure, bound);
    };
    double const full = worlds_at_most(f, option, p, f.layout().cell(scale, 0), f.layout().months);
    if (full > notable)
        rows.push_back({"pool.most", "warning",
                        fmt::format("{} reaches its most, {} replicas, in {:.0f} % of worlds (its calls {} then: "
                                    "raise pools.{}.autoscale.most)",
                                    where, pool.fleet.autoscale->most, 100 * full,
                                    f.option(option).behaviour.overflow ? "go elsewhere" : "wait", pool.name),
                        pool.name});
    double const endless = beyond(&PoolUse::ttft_p95, endless_s);
    if (endless > notable && !pool.fleet.autoscale)
        rows.push_back(
            {"pool.overloaded", "warning",
             fmt::format("{} is asked for more than its replicas serve in {:.0f} % of worlds: calls wait for "
                         "hours, and its bill is that of a pool that does not keep up (raise "
                         "plan.{}.at_least, or state autoscale)",
                         where, 100 * endless, pool.name),
             pool.name});
    double const shed = beyond(&PoolUse::shed, much_shed);
    if (shed > notable)
        rows.push_back({"pool.shed", "warning",
                        fmt::format("{} turns more than 1 % of a month's calls away in {:.0f} % of worlds: what fails "
                                    "or falls back for it is not in the bill",
                                    where, 100 * shed),
                        pool.name});
}

void warn_of_pools(Findings const& f, std::vector<WarningRow>& rows) {
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        for (std::size_t p = 0; p < f.experiment().plans[o].pools.size(); ++p) {
            for (std::size_t s = 0; s < f.layout().scales; ++s) warn_of_pool(f, o, p, s, rows);
            warn_of_volumes(f, o, p, rows);
        }
    }
}

/// What the audit says of calls that a pool turns away, and of its latency.
void warn_of_audited_service(PoolAudit const& audit, std::string const& pool, std::string const& option,
                             std::vector<WarningRow>& rows) {
    constexpr double slow = 1.3;
    constexpr double many = 0.02;
    if (std::abs(audit.refused) > many)
        rows.push_back(
            {"projection.unreliable", "warning",
             fmt::format("pool '{}' under '{}' turns {:.0f} points {} of its calls away in {} days of events than "
                         "is projected, as where they are tried again and again: not reliable, `runrate "
                         "verify` shows days",
                         pool, option, 100 * std::abs(audit.refused), audit.refused > 0 ? "more" : "fewer",
                         audit.days.size()),
             pool});
    if (audit.ttft > slow || audit.ttft < 1 / slow)
        rows.push_back({"projection.latency", "warning",
                        fmt::format("TTFT p95 of pool '{}' under '{}' is {:.2f} times what is projected, by {} days of "
                                    "events (as printed it is not corrected; `runrate verify` shows days)",
                                    pool, option, audit.ttft, audit.days.size()),
                        pool});
}

/// Where events and the fluid differ so much that its months are not to be relied on.
void warn_of_audits(Findings const& f, std::vector<WarningRow>& rows) {
    constexpr double large = 0.15;
    for (std::size_t o = 0; o < f.audits.size(); ++o) {
        for (std::size_t p = 0; p < f.audits[o].size(); ++p) {
            auto const& audit = f.audits[o][p];
            auto const& pool = f.scenario().pools[f.experiment().plans[o].pools[p].pool].name;
            warn_of_audited_service(audit, pool, f.option(o).name, rows);
            if (std::abs(audit.factor - 1) <= notable) continue;
            bool const unreliable = std::abs(audit.factor - 1) > large;
            rows.push_back(
                {unreliable ? "projection.unreliable" : "projection.corrected", "warning",
                 fmt::format(
                     "hours of pool '{}' under '{}' beyond the least are {:.2f} times the fluid's by {} days of "
                     "events, and corrected by {}{}",
                     pool, f.option(o).name, audit.factor, audit.days.size(),
                     audit.applied() == audit.factor ? "that" : fmt::format("{:.2f}", audit.applied()),
                     unreliable ? ": not reliable, `runrate verify` shows days" : ""),
                 pool});
        }
    }
}

void warn_of_exchange(Findings const& f, std::vector<WarningRow>& rows) {
    auto const& s = f.scenario();
    double const limit = s.prices.stale_after_s / 86400;
    if (!s.money.exchange || static_cast<double>(exchange_age_days(f)) <= limit) return;
    auto const text =
        fmt::format("the exchange rate of {} is {} days old at the start (over {:.0f}; state a newer one)",
                    s.money.currency, exchange_age_days(f), limit);
    rows.push_back({"exchange.stale", "warning", text, s.money.currency});
}

void warn_of_lanes(Findings const& f, std::vector<WarningRow>& rows) {
    constexpr double promised_s = 24 * 3600;  // what vendors state for batches
    auto const& s = f.scenario();
    std::set<std::string> said;
    for (std::size_t x = 0; x < f.layout().features; ++x) {
        auto const& feature = s.features[x];
        auto const lane = feature.session.lane;
        if (feature.session.deadline_s.value_or(promised_s) < promised_s) {
            auto const text = fmt::format(
                "'{}' wants its batches within {:g} h, vendors promise 24 h (a faster lane keeps the deadline)",
                feature.name, *feature.session.deadline_s / 3600);
            rows.push_back({"lane.deadline", "warning", text, feature.name});
        }
        for (auto const& plan : f.experiment().plans) {
            for (auto const& key : usage_keys(*plan.programs[x])) {
                if (s.targets[key.target.index()].pool) continue;
                auto const& prices = s.prices.book.models.at(s.targets[key.target.index()].name);
                auto const& row = *price_at(prices, s.calendar.first()).row;
                bool const by_token =
                    row.standard.base.input > TokenPrice{0} || row.standard.base.output > TokenPrice{0};
                if (lane_of(row, lane) || !by_token || !said.insert(feature.name + prices.id).second) continue;
                auto const text = fmt::format("{} is not sold in the lane '{}' of '{}' (billed at standard rates)",
                                              prices.id, lane_names[static_cast<std::size_t>(lane)], feature.name);
                rows.push_back({"lane.unsold", "warning", text, prices.id});
            }
        }
    }
}

/// Mean over worlds of the share of sessions with a false hit or a call that failed for good, at the worst scale.
double harmed_share(Findings const& f, std::size_t option, std::size_t feature) {
    double sum = 0;
    for (auto const& world : f.totals.worlds) {
        double worst = 1;
        for (std::size_t s = 0; s < f.layout().scales; ++s)
            worst = std::min(worst, unharmed_in(f, world, option, feature, s, f.periods.back()));
        sum += 1 - worst;
    }
    return sum / static_cast<double>(f.totals.worlds.size());
}

void warn_of_sessions(Findings const& f, std::vector<WarningRow>& rows) {
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        for (std::size_t x = 0; x < f.layout().features; ++x) {
            double const harmed = harmed_share(f, o, x);
            if (harmed <= notable) continue;
            auto const& feature = f.scenario().features[x].name;
            auto const text = fmt::format(
                "{:.0f} % of sessions of '{}' under '{}' fail by a call that failed in all its "
                "attempts, a false cache hit or a cap (more attempts, a fallback or a higher cap help)",
                100 * harmed, feature, f.option(o).name);
            rows.push_back({"session.harmed", "warning", text, feature});
        }
    }
}

/// What share of a feature's sessions runs otherwise over the whole horizon, mean over worlds.
double blended_share(Findings const& f, std::size_t option, std::size_t feature, std::size_t scale,
                     Blend::Cause cause) {
    double blended = 0;
    double all = 0;
    for (auto const& world : f.totals.worlds) {
        blended += blended_sessions(f, world, option, feature, scale, f.periods.back(), cause);
        all += sessions_in(f, world, feature, scale, f.periods.back(), Chance::expected);
    }
    return all > 0 ? blended / all : 0;
}

void warn_of_strain(Findings const& f, std::vector<WarningRow>& rows) {
    constexpr double worth = 0.001;
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        for (std::size_t x = 0; x < f.layout().features; ++x) {
            for (std::size_t s = 0; s < f.layout().scales; ++s) {
                auto const& feature = f.scenario().features[x].name;
                auto const add = [&](Blend::Cause cause, char const* code, char const* what) {
                    double const share = blended_share(f, o, x, s, cause);
                    if (share < worth) return;
                    auto const text =
                        fmt::format("{:.1f} % of the sessions of '{}' under '{}' at {:g}x {}", 100 * share, feature,
                                    f.option(o).name, f.experiment().scales[s], what);
                    rows.push_back({code, "warning", text, feature});
                };
                add(Blend::Cause::limit, "limit.refused",
                    "meet a rate limit in all attempts (fallbacks answer where the option has them)");
                add(Blend::Cause::cap, "cap.reached", "come after their customer's cap on tokens");
            }
        }
    }
}

/// The shares that limits refuse are tested for bursts up to this coefficient of variation of the gaps.
constexpr double most_bursty = 3;

/// The burstiest gaps of a feature in any world; none where a queue of its own takes what comes.
double burstiest(Findings const& f, std::size_t feature) {
    auto const& spec = f.scenario().features[feature];
    double most = 0;
    if (spec.session.lane == Lane::batch) return most;
    for (auto const& world : f.totals.worlds) most = std::max(most, spec.traffic.gaps_cv.in(world.beliefs[0]));
    return most;
}

void warn_of_bursts(Findings const& f, std::vector<WarningRow>& rows) {
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        if (f.experiment().plans[o].demand.gauges.empty()) continue;
        for (std::size_t x = 0; x < f.layout().features; ++x) {
            double const cv = burstiest(f, x);
            if (cv <= most_bursty) continue;
            auto const& feature = f.scenario().features[x].name;
            auto const text = fmt::format(
                "gaps of cv {:.1f} are burstier than what limits were tested with ({:g}): what '{}' needs at its p99 "
                "minute under '{}', and what is refused, are lower bounds",
                cv, most_bursty, feature, f.option(o).name);
            rows.push_back({"limit.bursty", "warning", text, feature});
        }
    }
}

void note_unknown_limits(Findings const& f, std::vector<WarningRow>& rows) {
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        for (auto const& name : f.option(o).limits.unlimited) {
            auto const text =
                fmt::format("the tier of '{}' under '{}' is not known (taken as unlimited; state limits under targets)",
                            name, f.option(o).name);
            rows.push_back({"limit.unknown", "note", text, name});
        }
    }
}

/// Retries at steps run within those of the gateway.
void note_stacked_retries(Findings const& f, std::vector<WarningRow>& rows) {
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        for (std::size_t x = 0; x < f.layout().features; ++x) {
            auto const [inner, outer] = retry_loops(*f.experiment().plans[o].programs[x]);
            if (inner == 1 || outer == 1) continue;
            double attempts = 0, calls = 0;
            for (auto const& world : f.totals.worlds) {
                attempts += world.options[o].usage[x].attempts;
                calls += world.options[o].usage[x].calls;
            }
            auto const& feature = f.scenario().features[x].name;
            auto const text = fmt::format(
                "retries of '{}' under '{}' stack: up to {} x {} = {} attempts of a call, {:.3f} on average", feature,
                f.option(o).name, inner, outer, inner * outer, attempts / calls);
            rows.push_back({"retry.stacked", "note", text, feature});
        }
    }
}

void warn_of_caps(Result const& result, std::vector<WarningRow>& rows) {
    for (auto const& tokens : result.tokens) {
        if (!tokens.over_cap || *tokens.over_cap <= notable) continue;
        auto const text = fmt::format(
            "{:.0f} % of the answers of role '{}' under '{}' are cut by their cap (raise it, or "
            "expect more failures)",
            100 * *tokens.over_cap, tokens.role.value_or(""), tokens.option);
        rows.push_back({"tokens.capped", "warning", text, tokens.feature});
    }
}

/// One note for each option: all that is left over.
void note_liabilities(Result const& result, std::vector<WarningRow>& rows) {
    std::string text;
    for (std::size_t i = 0; i < result.liabilities.size(); ++i) {
        auto const& row = result.liabilities[i];
        text += fmt::format("{} {:.2f} {} of {} until {}", text.empty() ? "" : ",",
                            static_cast<double>(row.amount->millionths) * 1e-6, result.currency, row.item, row.until);
        bool const last = i + 1 == result.liabilities.size() || result.liabilities[i + 1].option != row.option;
        if (!last) continue;
        rows.push_back({"commitment.owed", "note",
                        fmt::format("after the horizon '{}' still has to bear{}", row.option, text), row.option});
        text.clear();
    }
}

void warn_of_limits(Findings const& f, std::vector<WarningRow>& rows) {
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        for (std::size_t x = 0; x < f.layout().features; ++x) {
            auto const& roles = f.totals.options[o].roles[x];
            for (std::size_t r = 0; r < roles.size(); ++r) {
                if (roles[r].calls <= 0 || roles[r].over_limit <= notable * roles[r].calls) continue;
                auto const text = fmt::format(
                    "{:.0f} % of the prompts of role '{}' under '{}' lose history to the context "
                    "limit (compact earlier, or keep less)",
                    100 * roles[r].over_limit / roles[r].calls, f.scenario().roles[r], f.option(o).name);
                rows.push_back({"context.limit", "warning", text, f.scenario().features[x].name});
            }
        }
    }
}

}  // namespace

std::vector<WarningRow> warnings_table(Findings const& f, Result const& result) {
    std::vector<WarningRow> rows;
    warn_of_prices(f, rows);
    warn_of_exchange(f, rows);
    warn_of_pools(f, rows);
    warn_of_audits(f, rows);
    warn_of_comparison(f, rows);
    warn_of_lanes(f, rows);
    for (auto const& option : result.options) {
        if (option.quality_stated) continue;
        auto const text = fmt::format("option '{}' states no success (equal quality is assumed)", option.option);
        rows.push_back({"quality.assumed", "note", text, option.option});
    }
    warn_of_sessions(f, rows);
    warn_of_strain(f, rows);
    warn_of_bursts(f, rows);
    note_unknown_limits(f, rows);
    note_stacked_retries(f, rows);
    warn_of_caps(result, rows);
    warn_of_limits(f, rows);
    note_liabilities(result, rows);
    if (result.status == Status::partial) {
        auto const text = fmt::format(
            "the run was stopped after {} worlds (whole scramble groups are kept; errors are "
            "wider)",
            result.worlds);
        rows.push_back({"run.partial", "warning", text, {}});
    }
    return rows;
}

}  // namespace runrate
