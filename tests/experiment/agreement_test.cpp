#include <cctype>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "experiment/audit.h"
#include "experiment/behaviours.h"
#include "experiment/pool_projection.h"
#include "projection/day_factor.h"
#include "projection/level_quantiles.h"
#include "scenario/loaded.h"
#include "stat/elementary.h"
#include "stat/interval.h"
#include "stat/stream.h"

namespace runrate {
namespace {

/// How a day of own GPUs as a fluid is that of the full event simulation, over seeds: `Agreement` prints the errors
/// before and after the audit's correction, and holds them to the agreement that the projection states.
struct Case {
    std::string name;
    double scale = 4;
    std::string traffic = ", week: business-hours";
    std::string session = "turns: {geometric: {mean: 10}}, think: {lognormal: {median: 45 s, p95: 4 min}}";
    std::string router = "session affinity";
    double in_flight = 12;  ///< per replica, that the autoscaler aims at
    double day_to_day = 0;
    int most = 400;             ///< replicas
    double overflow_above = 0;  ///< in flight per replica; 0: none
    bool peak_is_known = true, ttft_is_known = true;
};

std::string text_of(Case const& c) {
    std::string text = R"(schema: runrate/scenario/1
name: agreement
calendar: {start: 2026-01, months: 3}
features:
  chat:
    traffic: {sessions: 100k per month TRAFFIC}
    session: {SESSION, turn: reply}
workflows:
  reply:
    context: {system: 1500 tokens, history: dialogue}
    steps:
      - {call: planner, user: {lognormal: {median: 60 tokens, p95: 300 tokens}}, output: {mean: 80 tokens, cv: 0.6}}
      - {tool: lookup, time: {lognormal: {median: 800 ms, p95: 4 s}}, result: 700 tokens}
      - {call: answerer, output: {lognormal: {mean: 1000 tokens, cv: 0.8}}}
options:
  own: {serve: {default: pool own} OVERFLOW}
  api: {serve: {default: acme/small}}
prices: {books: [small.yaml]}
plan: {own: {at_least: 2, rest: {on_demand: $4/GPU-h}}}
pools:
  own: {model: llama-3.3-70b, precision: fp8, gpus_per_replica: 2, gpu: h100-sxm, router: ROUTER, autoscale: {in_flight: FLIGHT
    per replica, every: 30 s, stabilise: 5 min, cold_start: 4 min to 9 min, most: MOST}}
)";
    auto const put = [&](std::string const& name, std::string const& value) {
        text.replace(text.find(name), name.size(), value);
    };
    put("TRAFFIC", c.traffic);
    put("SESSION", c.session);
    put("ROUTER", c.router);
    put("MOST", fmt::format("{}", c.most));
    put("OVERFLOW", c.overflow_above > 0
                        ? fmt::format(", overflow: {{above: {} in flight per replica, to: api}}", c.overflow_above)
                        : "");
    put("FLIGHT\n    per", fmt::format("{} per", c.in_flight));
    return text;
}

/// A figure of one day, as the events made it and as the fluid has it.
struct Pair {
    double events = 0, fluid = 0;
    [[nodiscard]] double log_error() const { return std::log(events / fluid); }
};

struct DayPair {
    Pair paid_hours, peak, tokens, ttft, tpot, cached;
    Pair beyond{1, 1}, api_usd{1, 1};  ///< share of calls that the API answers; its dollars of a session
};

/// One scenario, day by day.
class Days {
public:
    explicit Days(Case const& c) : case_{c}, s_{load_text(text_of(c)).scenario}, plan_{plan_bill(*s_, OptionId{0})} {
        for (auto const& b : s_->beliefs) beliefs_.push_back(quantile(b.law, 0.5));
        for (auto const& f : s_->features) volumes_.push_back(expected_volumes(f.traffic, s_->calendar, beliefs_));
    }

    [[nodiscard]] int least() const { return s_->pool_plans[0].at_least; }

    /// A Monday. Both have the same number of calls and the same day factor.
    [[nodiscard]] DayPair day(std::uint64_t seed) const {
        constexpr std::size_t monday = 11;  // 12 January 2026
        EventWorld const world{beliefs_, seed, 0};
        EventDay const which{.month = 0, .day = monday, .scale = case_.scale, .factor = factor_of(seed)};
        auto const run = run_event_day(*s_, plan_, volumes_, world, which);
        // The same sessions, but for those that are under way where the day begins and ends.
        auto const started = static_cast<std::size_t>(run.events.features[0].started);
        auto const usage = simulate(*plan_.programs[0], beliefs_, {seed_of(world, which), 0, FeatureId{0}, started});
        PoolProjection const projection{*s_, plan_, 0, world, {usage}, volumes_, 0, case_.scale, large_sample};
        auto const& pool = run.events.pools.at(0);
        auto const usual = asked_calls(projection.day(run.per_hour, 1, {}));
        auto const asked = static_cast<double>(pool.totals.requests + pool.totals.overflowed);
        auto const fluid = projection.day(run.per_hour, asked / usual, {});
        auto const p95 = [&](LogSketch LoadLevel::*figure, bool waits) {
            return LevelQuantiles{projection.pool(), figure, waits}.at(0.95, fluid);
        };
        auto const& feature = run.events.features[0];
        DayPair pair{
            .paid_hours = {pool.totals.paid_hours, fluid.paid_hours},
            .peak = {static_cast<double>(pool.totals.peak_replicas), fluid.peak_replicas},
            .tokens = {tokens_of(feature.meters) / static_cast<double>(feature.finished), tokens_of(usage.mean)},
            .ttft = {pool.ttft.sketch.quantile(0.95), p95(&LoadLevel::ttft, true)},
            .tpot = {pool.tpot.sketch.quantile(0.95), p95(&LoadLevel::tpot, false)},
            .cached = {
                static_cast<double>(pool.engines.cached_tokens) / static_cast<double>(pool.engines.prompt_tokens),
                cached_share(projection.pool(), fluid).value_or(0)}};
        if (case_.overflow_above == 0) return pair;
        auto const& o = fluid.overflow.at(0);
        pair.beyond = {static_cast<double>(pool.totals.overflowed) / asked, o.beyond / o.asked};
        pair.api_usd.events = api_usd(feature.meters) / static_cast<double>(feature.finished);
        pair.api_usd.fluid = 0;
        for (auto const& part : overflow_parts(o.beyond / o.asked, o.crowded / o.beyond)) {
            Probe const probe{{}, {}, part.probability};
            auto const beyond =
                simulate(*plan_.programs[0], beliefs_, {seed_of(world, which), 0, FeatureId{0}, started}, probe);
            pair.api_usd.fluid += part.share * api_usd(beyond.mean);
        }
        return pair;
    }

private:
    [[nodiscard]] double factor_of(std::uint64_t seed) const {
        if (case_.day_to_day == 0) return 1;
        Stream stream{{.seed = seed, .purpose = Purpose::day_factor}};
        double const variance = real::log1p(case_.day_to_day * case_.day_to_day);
        return real::exp(std::sqrt(variance) * real::normal_quantile(stream.uniform()) - variance / 2);
    }

    /// Of a bill at the API's prices: $0.25/M, cached $0.025/M, $2/M written.
    [[nodiscard]] double api_usd(std::vector<Meters> const& meters) const {
        auto const& keys = usage_keys(*plan_.programs[0]);
        double usd = 0;
        for (std::size_t k = 0; k < keys.size(); ++k) {
            if (s_->pool_of(keys[k].target)) continue;
            auto const of = [&](Meter m) { return meters[k][static_cast<std::size_t>(m)]; };
            usd += 0.25e-6 * of(Meter::input) + 0.025e-6 * of(Meter::cache_read) + 2e-6 * of(Meter::output);
        }
        return usd;
    }

    static double tokens_of(std::vector<Meters> const& meters) {
        double sum = 0;
        for (auto const& m : meters)
            for (auto const meter :
                 {Meter::input, Meter::cache_read, Meter::cache_write_5m, Meter::cache_write_1h, Meter::output})
                sum += m[static_cast<std::size_t>(meter)];
        return sum;
    }

    Case case_;
    std::shared_ptr<Scenario const> s_;
    BillPlan plan_;
    std::vector<double> beliefs_;
    std::vector<std::vector<MonthVolume>> volumes_;
};

std::vector<DayPair> days_of(Days const& days, std::uint64_t first, std::uint64_t count) {
    std::vector<DayPair> pairs;
    for (std::uint64_t seed = first; seed < first + count; ++seed) pairs.push_back(days.day(seed));
    return pairs;
}

/// What is left of each day's error when three of as many other days have audited it.
struct Audited {
    std::vector<double> errors;
    double half_width = 0;  ///< of their mean, from independent pairs of a day and one that audits: 95 %
    double standard_error = 0;

    Audited(std::vector<DayPair> const& days, std::vector<DayPair> const& others, double least_hours) {
        constexpr std::size_t audited = 3;
        auto const beyond = [&](double hours) { return std::max(0.0, hours - least_hours); };
        std::vector<double> pairs;
        for (std::size_t i = 0; i < days.size(); ++i) {
            PoolAudit audit;
            for (std::size_t k = 0; k < audited; ++k) {
                auto const& other = others[(i + k) % others.size()].paid_hours;
                audit.days.push_back({.simulated_hours = beyond(other.events), .projected_hours = beyond(other.fluid)});
            }
            audit.settle();
            auto const& mine = days[i].paid_hours;
            double const fluid =
                mine.fluid > least_hours ? least_hours + beyond(mine.fluid) * audit.factor : mine.fluid;
            errors.push_back(std::log(mine.events / fluid));
            pairs.push_back(mine.log_error() - others[i].paid_hours.log_error());
        }
        auto const e = estimate(pairs);
        half_width = e.half_width;
        standard_error = e.standard_error;
    }
    [[nodiscard]] Estimate mean() const { return {estimate(errors).mean, standard_error, half_width}; }
};

Estimate error_of(std::vector<DayPair> const& days, Pair DayPair::*figure) {
    std::vector<double> logs;
    for (auto const& d : days) logs.push_back((d.*figure).log_error());
    return estimate(logs);
}

double mean_of(std::vector<DayPair> const& days, Pair DayPair::*figure, double Pair::*side) {
    double sum = 0;
    for (auto const& d : days) sum += d.*figure.*side;
    return sum / static_cast<double>(days.size());
}

std::string text(Estimate const& e) { return fmt::format("{:+.1f} +- {:.1f} %", 100 * e.mean, 100 * e.half_width); }

/// Holds a mean log error to a bound, as far as its interval allows.
void expect_within(Estimate const& error, double bound, char const* what) {
    EXPECT_LE(std::abs(error.mean), bound + error.half_width) << what << " " << text(error);
    EXPECT_LE(error.half_width, bound) << what << ": proves nothing";
}

class Agreement : public testing::TestWithParam<Case> {};

TEST_P(Agreement, OfFluidAndEventsIsAsStated) {
    constexpr double of_hours = 0.03, of_replicas = 0.25, of_tokens = 0.01, of_latency = 0.15;
    Days const scenario{GetParam()};
    auto const first = days_of(scenario, 1, 8), others = days_of(scenario, 101, 8);
    auto days = first;
    days.insert(days.end(), others.begin(), others.end());
    double const replicas = mean_of(days, &DayPair::paid_hours, &Pair::events) / 24;
    auto const raw = error_of(days, &DayPair::paid_hours);
    auto const audited = Audited{first, others, 24.0 * scenario.least()}.mean();
    double const peak = mean_of(days, &DayPair::peak, &Pair::events),
                 fluid_peak = mean_of(days, &DayPair::peak, &Pair::fluid);
    auto const tokens = error_of(days, &DayPair::tokens), ttft = error_of(days, &DayPair::ttft),
               tpot = error_of(days, &DayPair::tpot);
    fmt::print(
        "{}: {:.1f} replicas; paid hours {} raw, {} audited; peak {:.1f} against {:.1f}; tokens {}; TTFT p95 {}; TPOT "
        "p95 {}; cached {}\n",
        GetParam().name, replicas, text(raw), text(audited), peak, fluid_peak, text(tokens), text(ttft), text(tpot),
        text(error_of(days, &DayPair::cached)));
    if (GetParam().overflow_above > 0) {
        auto const usd = error_of(days, &DayPair::api_usd);
        double const beyond = mean_of(days, &DayPair::beyond, &Pair::events),
                     fluid = mean_of(days, &DayPair::beyond, &Pair::fluid);
        fmt::print("  {:.2f} % of calls beyond against {:.2f} %; dollars of the API {}\n", 100 * beyond, 100 * fluid,
                   text(usd));
        EXPECT_NEAR(fluid, beyond, std::max(0.005, 0.1 * beyond)) << "calls that the API answers";
        if (beyond > 0.05) expect_within(usd, 0.05, "dollars of the API");
    }
    expect_within(audited, std::max(of_hours, of_replicas / replicas), "paid hours");
    if (GetParam().peak_is_known) { EXPECT_NEAR(fluid_peak, peak, std::max(1.5, 0.15 * peak)); }
    expect_within(tokens, of_tokens, "tokens");
    if (GetParam().ttft_is_known) expect_within(ttft, of_latency, "TTFT p95");
    expect_within(tpot, of_latency, "TPOT p95");
}

std::string steps_fourfold() {
    std::string week;
    for (int h = 0; h < 168; ++h) week += h % 24 < 10 || h % 24 >= 16 ? "1, " : "4, ";
    return ", week: [" + week.substr(0, week.size() - 2) + "]";
}

/// Of gaps of a cv of 6 at less than ten replicas the fluid's peak is too high.
Case clumped() {
    return {.name = "gaps of cv 6", .traffic = ", week: business-hours, gaps_cv: 6", .peak_is_known = false};
}

/// Sessions come back to the replica that has just become free more often than by turns.
Case by_load() { return {.name = "least load", .router = "least load", .ttft_is_known = false}; }

INSTANTIATE_TEST_SUITE_P(
    Cases, Agreement,
    testing::Values(Case{.name = "the least", .scale = 0.4}, Case{.name = "gaps of cv 1"},
                    Case{.name = "gaps of cv 1.8", .traffic = ", week: business-hours, gaps_cv: 1.8"}, clumped(),
                    Case{.name = "day factor of 0.35", .day_to_day = 0.35},
                    Case{.name = "many replicas", .scale = 12, .in_flight = 3},
                    Case{
                        .name = "sessions of six hours",
                        .scale = 10,
                        .traffic = ", week: flat",
                        .session = "turns: {geometric: {mean: 7}}, think: {lognormal: {median: 50 min, p95: 110 min}}"},
                    Case{.name = "a step of four times", .traffic = steps_fourfold()},
                    Case{.name = "caches decide", .router = "cache aware"}, by_load(),
                    Case{.name = "overflow", .overflow_above = 13},
                    Case{.name = "overflow of a full pool", .most = 7, .overflow_above = 14}),
    [](auto const& i) {
        std::string name;
        for (char const c : i.param.name) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
        return name;
    });

TEST(AgreementOfAudits, IsUnbiased) {
    constexpr std::uint64_t seeds = 20;
    Days const scenario{Case{.name = "unbiased", .scale = 10, .in_flight = 3}};
    auto const days = days_of(scenario, 1, seeds);
    auto const e = Audited{days, days_of(scenario, 101, seeds), 24.0 * scenario.least()}.mean();
    double const half_width = e.standard_error * real::student_quantile(0.995, static_cast<int>(seeds) - 1);
    fmt::print("audited hours of {:.1f} replicas, {} seeds: {:+.2f} +- {:.2f} % (99 %)\n",
               mean_of(days, &DayPair::paid_hours, &Pair::events) / 24, seeds, 100 * e.mean, 100 * half_width);
    EXPECT_LE(std::abs(e.mean), half_width);
    EXPECT_LE(half_width, 0.01);
}

}  // namespace
}  // namespace runrate
