#include <cmath>
#include <set>

#include <gmock/gmock.h>

#include "experiment/audit.h"
#include "experiment/pool_run.h"
#include "experiment/verify.h"
#include "report/json.h"
#include "stat/interval.h"

namespace runrate {
namespace {

TEST(PoolBill, OfAFixedNumberOfReplicasIsTheirHours) {
    auto const r = run_pool("", "{at_least: 3, rest: {on_demand: $2.50/GPU-h}}");
    for (double const scale : {1.0, 20.0}) {
        auto const line = line_of(r, "own on demand", "2026-02", scale);
        EXPECT_NEAR(line.quantity, 3 * 2 * february_h, 1e-6);
        EXPECT_NEAR(line.usd, 3 * 2 * february_h * 2.5, 1e-4);
    }
    EXPECT_EQ(line_of(r, "own reserved").usd, 0);
}

TEST(PoolBill, PaysReservedReplicasAtTheirRateAndTheRestOnDemand) {
    auto const r =
        run_pool("",
                 "{at_least: 3, reserve: [{replicas: 1, rate: $1/GPU-h}, {replicas: 1, from: 2026-02, term: 1 "
                 "months, rate: $2/GPU-h}], rest: {on_demand: $4/GPU-h}}");
    EXPECT_NEAR(line_of(r, "own reserved").usd, 2 * february_h * (1 + 2), 1e-4);
    EXPECT_NEAR(line_of(r, "own on demand").usd, 2 * february_h * 4, 1e-4);
    EXPECT_NEAR(line_of(r, "own reserved", "2026-03").usd, 2 * 31 * 24 * 1, 1e-4);
    EXPECT_NEAR(line_of(r, "own on demand", "2026-03").usd, 2 * 31 * 24 * 2 * 4, 1e-4);
}

TEST(PoolBill, PaysWhatIsReservedWhetherItIsNeededOrNot) {
    auto const r =
        run_pool(autoscaled, "{at_least: 1, reserve: {replicas: 50, rate: $1/GPU-h}, rest: {on_demand: $4/GPU-h}}");
    EXPECT_NEAR(line_of(r, "own reserved").usd, 50 * 2 * february_h, 1e-3);
    EXPECT_EQ(line_of(r, "own on demand").usd, 0);
}

TEST(PoolBill, NeedsNoOtherPriceWhereAllIsReserved) {
    auto const r = run_pool("", "{at_least: 2, reserve: {replicas: 2, rate: $1/GPU-h}}");
    EXPECT_NEAR(line_of(r, "own reserved").usd, 2 * 2 * february_h, 1e-4);
}

TEST(PoolBill, LetsPricesOnDemandDriftAndNoOthers) {
    auto text = pool_scenario("");
    text.replace(text.find("prices: {books: [small.yaml]}"), 29,
                 "prices: {books: [small.yaml], drift: {gpu: -20% per year}}");
    text.replace(text.find("months: 3"), 9, "months: 14");
    text += "plan: {own: {at_least: 2, reserve: {replicas: 1, rate: $1/GPU-h}, rest: {on_demand: $4/GPU-h}}}\n";
    StudySettings settings;
    settings.worlds = 64;
    settings.options = {"self-host"};
    auto const r = run(*load_text(text).scenario, settings).result;
    EXPECT_NEAR(line_of(r, "own on demand", "2027-01").usd, 2 * 31 * 24 * 4 * 0.8, 1e-3);
    EXPECT_NEAR(line_of(r, "own reserved", "2027-01").usd, 2 * 31 * 24, 1e-3);
}

TEST(PoolBill, IsDividedByHowLongCallsAreInFlight) {
    auto const r = run_pool("", "{at_least: 2, rest: {on_demand: $4/GPU-h}}");
    std::map<std::string, double> by_feature;
    for (auto const& row : r.cost_lines)
        if (row.line == "own on demand" && row.period == "2026-02" && row.scale == 1) {
            by_feature[*row.feature] = static_cast<double>(row.mean->millionths);
            EXPECT_EQ(row.allocated, "shared");
        }
    ASSERT_EQ(by_feature.size(), 2U);
    // 50,000 sessions of 4 calls that write 200 tokens against 28 times 800 items that write 20.
    EXPECT_GT(by_feature["chat"], 20 * by_feature["nightly"]);
    EXPECT_GT(by_feature["nightly"], 0);
}

TEST(PoolBill, LinesSumToTheTotal) {
    auto const r =
        run_pool(autoscaled, "{at_least: 1, reserve: {replicas: 1, rate: $1/GPU-h}, rest: {on_demand: $4/GPU-h}}");
    std::map<std::pair<double, std::string>, std::int64_t> sums;
    for (auto const& row : r.cost_lines) sums[{row.scale, row.period}] += row.mean->millionths;
    int compared = 0;
    for (auto const& row : r.cost) {
        if (row.view != "accrual") continue;
        EXPECT_EQ((sums[{row.scale, row.period}]), row.mean->millionths) << row.period;
        ++compared;
    }
    EXPECT_GT(compared, 10);
}

TEST(PoolBill, IsTheSameOnAnyNumberOfThreadsAndBesideAnyOption) {
    auto const scenario =
        load_text(pool_scenario(autoscaled) + "plan: {own: {at_least: 1, rest: {on_demand: $4/GPU-h}}}\n").scenario;
    StudySettings settings;
    settings.worlds = 64;
    settings.threads = 1;
    settings.options = {"self-host"};
    settings.scales = {1, 20};
    auto const one = run(*scenario, settings).result;
    settings.threads = 3;
    EXPECT_EQ(to_json(run(*scenario, settings).result), to_json(one));
    settings.options = {};
    auto const both = run(*scenario, settings).result;
    EXPECT_EQ(line_of(both, "own on demand").usd, line_of(one, "own on demand").usd);
}

TEST(PoolBill, SaysHowPoolsServed) {
    auto const r = run_pool(autoscaled, "{at_least: 1, rest: {on_demand: $4/GPU-h}}");
    double before = 0;
    int rows = 0;
    for (auto const& row : r.service) {
        if (row.period != "2026-02") continue;
        EXPECT_EQ(row.pool, "own");
        EXPECT_NEAR(*row.replicas_mean, *row.paid_hours / february_h, 1e-9);
        EXPECT_NEAR(line_of(r, "own on demand", "2026-02", row.scale).quantity, 2 * *row.paid_hours,
                    1e-4 * *row.paid_hours);
        EXPECT_GE(*row.replicas_mean, 1 - 1e-9);
        EXPECT_GE(*row.replicas_mean, before);
        EXPECT_GT(*row.ttft_p95, 0.01);
        EXPECT_GT(*row.tpot_p95, 0.005);
        before = *row.replicas_mean;
        ++rows;
    }
    EXPECT_EQ(rows, 2);
    EXPECT_GT(before, 1.5);
    auto const audited = std::any_of(r.accuracy.begin(), r.accuracy.end(),
                                     [](AccuracyRow const& row) { return row.kind == "projection" && *row.n == 3; });
    EXPECT_TRUE(audited);
}

TEST(PoolBill, NeedsAPrice) {
    auto const said = [](std::string const& pool, std::string const& plan) -> std::string {
        try {
            run_pool(pool, plan);
        } catch (std::invalid_argument const& e) { return e.what(); }
        return "";
    };
    EXPECT_EQ(said("", "{at_least: 2}"),
              "option 'self-host' is served by pool 'own', whose GPUs have no price (state plan.own.rest: {on_demand: "
              "$2.95/GPU-h})");
}

TEST(PoolBill, OfAStatedCapacityFollowsTheTokensThatAreAsked) {
    // Replica-hours of all tokens of answers at 70 % of 100 a second.
    std::string const pool = ", capacity: {output: 100 tokens/s}, autoscale: {yield: 70%, cold_start: 1 s, most: 500}";
    auto const r = run_pool(pool, "{at_least: 1, rest: {on_demand: $4/GPU-h}}");
    double const tokens = 20 * (50e3 * 4 * 200 + 28 * 800 * 20);
    double const wanted = tokens / (100 * 0.7) / 3600;
    auto const row = *std::find_if(r.service.begin(), r.service.end(),
                                   [](ServiceRow const& s) { return s.scale == 20 && s.period == "2026-02"; });
    EXPECT_GT(*row.paid_hours, wanted);
    EXPECT_LT(*row.paid_hours, 1.2 * wanted);  // whole replicas, kept for some minutes
    EXPECT_FALSE(row.ttft_p95);
    EXPECT_FALSE(row.cache_hit);
    EXPECT_TRUE(r.accuracy.empty());
}

TEST(PoolBill, WarnsWhereAPoolIsAtItsMostOrTurnsCallsAway) {
    auto const codes = [](std::string const& pool) {
        std::set<std::string> all;
        auto const r = run_pool(pool, "{at_least: 1, rest: {on_demand: $4/GPU-h}}");
        for (auto const& row : r.warnings) all.insert(row.code);
        return all;
    };
    std::string const small = ", autoscale: {in_flight: 4 per replica, every: 30 s, cold_start: 3 min, most: 1}";
    EXPECT_TRUE(codes(small).contains("pool.most"));
    EXPECT_FALSE(codes(small).contains("pool.shed"));
    EXPECT_TRUE(codes(small + ", admission: {in_flight: 2 per replica, queue: 1}").contains("pool.shed"));
    EXPECT_FALSE(codes(autoscaled).contains("pool.most"));
    // One that never adds a replica is at its most by what is decided, and not because it would need more.
    EXPECT_FALSE(codes(", autoscale: {in_flight: 400 per replica, every: 30 s, cold_start: 3 min, most: 1}")
                     .contains("pool.most"));
}

Result run_text(std::string const& text) {
    StudySettings settings;
    settings.worlds = 64;
    settings.options = {"self-host"};
    settings.scales = {1, 20};
    return run(*load_text(text).scenario, settings).result;
}

TEST(PoolBill, OfNoTrafficIsThatOfTheLeast) {
    auto text = pool_scenario(autoscaled) + "plan: {own: {at_least: 2, rest: {on_demand: $4/GPU-h}}}\n";
    text.replace(text.find("50k per month"), 13, "0 per month");
    text.replace(text.find("items: 800"), 10, "items: 0");
    auto const line = line_of(run_text(text), "own on demand", "2026-02", 20);
    EXPECT_NEAR(line.quantity, 2 * 2 * february_h, 1e-6);
}

TEST(PoolBill, OfAPoolThatNobodyCallsIsThatOfTheLeast) {
    auto text = pool_scenario(autoscaled) + "plan: {own: {at_least: 1, rest: {on_demand: $4/GPU-h}}}\n";
    text.replace(text.find("{default: pool own}"), 19, "{answerer: acme/large, tagger: acme/large, other: pool own}");
    text.replace(text.find("{default: acme/large}"), 21, "{default: acme/large}");
    text.replace(text.find("output: 200 tokens}"), 19,
                 "output: 200 tokens}\n      - {call: other, probability: 0%, output: 10 tokens}");
    auto const r = run_text(text);
    EXPECT_NEAR(line_of(r, "own on demand").quantity, 2 * february_h, 1e-6);
    for (auto const& row : r.service) {
        EXPECT_FALSE(row.ttft_p95 || row.tpot_p95 || row.cache_hit || row.shed) << "what nobody asks has none";
        EXPECT_EQ(row.yield, 0);
    }
}

TEST(PoolBill, KnowsTrafficThatComesOutsideOfTheReferenceMonth) {
    auto text = pool_scenario(autoscaled) + "plan: {own: {at_least: 0, rest: {on_demand: $4/GPU-h}}}\n";
    text.replace(text.find("{sessions: 50k per month}"), 25,
                 "{sessions: 50k per month, growth: {table: {2026-01: 20x, 2026-03: 0x}}}");
    text.replace(text.find("items: 800"), 10, "items: 0");
    auto const r = run_text(text);
    EXPECT_GT(line_of(r, "own on demand", "2026-02").quantity, 2 * february_h);
    EXPECT_NEAR(line_of(r, "own on demand", "2026-03").quantity, 0, 1e-6);
}

TEST(PoolBill, WarnsWhereAFixedPoolDoesNotKeepUp) {
    auto text = pool_scenario("") + "plan: {own: {at_least: 1, rest: {on_demand: $4/GPU-h}}}\n";
    text.replace(text.find("50k per month"), 13, "50M per month");
    auto const r = run_text(text);
    auto const warned = std::any_of(r.warnings.begin(), r.warnings.end(),
                                    [](WarningRow const& row) { return row.code == "pool.overloaded"; });
    EXPECT_TRUE(warned);
    for (auto const& row : r.service) EXPECT_LT(*row.ttft_p95, 2 * 86400);
}

TEST(PoolBill, RefusesShadowedPromptsThatCannotBeRunByEvents) {
    auto text = pool_scenario("") + "plan: {own: {at_least: 2, rest: {on_demand: $4/GPU-h}}}\n";
    text.replace(text.find("    context: {system: 500 tokens}\n"), 0,
                 "    variants: {shadow: {longer: {system: 900 tokens}}}\n");
    auto const scenario = load_text(text).scenario;
    EXPECT_THROW(static_cast<void>(run_text(text)), std::invalid_argument);
    EXPECT_THROW(static_cast<void>(verify(*scenario, {})), std::invalid_argument);
    StudySettings settings;
    settings.worlds = 64;
    settings.scales = {1};
    settings.options = {"api"};
    EXPECT_NO_THROW(static_cast<void>(run(*scenario, settings)));  // no pool, no events
}

TEST(PoolBill, OfAFixedNumberIsThatOnDaysOfAnyTraffic) {
    auto text = pool_scenario("") + "plan: {own: {at_least: 3, rest: {on_demand: $4/GPU-h}}}\n";
    text.replace(text.find("{sessions: 50k per month}"), 25, "{sessions: 50k per month, day_to_day: 60%}");
    EXPECT_NEAR(line_of(run_text(text), "own on demand").quantity, 3 * 2 * february_h, 1e-6);
}

TEST(PoolBill, HasNoLimitsOfApis) {
    auto text = pool_scenario("") + "plan: {own: {at_least: 2, rest: {on_demand: $4/GPU-h}}}\n";
    text += "targets: {\"*\": {limits: {requests: 10 per minute}}}\n";
    auto const scenario = load_text(text).scenario;
    EXPECT_EQ(scenario->options.at(0).limits.targets.size(), 1U);
    EXPECT_EQ(scenario->options.at(1).limits.targets.size(), 0U);
}

TEST(PoolBill, RefusesACapThatDegradesToAPool) {
    auto text = pool_scenario("") + "plan: {own: {at_least: 2, rest: {on_demand: $4/GPU-h}}}\n";
    text.replace(text.find("{sessions: 50k per month}"), 25, "{sessions: 50k per month, customers: {count: 400}}");
    text.replace(text.find("    session: {turns: 4"), 0,
                 "    cap: {tokens: 1M tokens per month, then: degrade to self-host}\n");
    StudySettings settings;
    settings.worlds = 64;
    settings.options = {"api"};
    try {
        static_cast<void>(run(*load_text(text).scenario, settings));
        FAIL();
    } catch (std::invalid_argument const& e) {
        EXPECT_THAT(e.what(), testing::HasSubstr("degrades to option 'self-host', which pool own serves"));
    }
}

TEST(PoolAudit, CorrectsByAFactorThatIsStillACorrection) {
    PoolAudit far;
    far.days = {{200, 8}, {200, 9}, {180, 7}};
    far.settle();
    EXPECT_GT(far.factor, 10);
    EXPECT_EQ(far.applied(), PoolAudit::most_correction);
    PoolAudit near;
    near.days = {{104, 100}, {100, 100}, {102, 100}};
    near.settle();
    EXPECT_EQ(near.applied(), near.factor);
}

TEST(PoolBill, NeverHasMoreReplicasThanTheMost) {
    auto text = pool_scenario(", autoscale: {in_flight: 4 per replica, every: 30 s, cold_start: 3 min, most: 3}") +
                "plan: {own: {at_least: 1, rest: {on_demand: $4/GPU-h}}}\n";
    text.replace(text.find("{sessions: 50k per month}"), 25, "{sessions: 5k per month, gaps_cv: 6}");
    StudySettings settings;
    settings.worlds = 64;
    settings.options = {"self-host"};
    settings.scales = {1, 20, 400};
    for (auto const& row : run(*load_text(text).scenario, settings).result.service)
        EXPECT_LE(*row.replicas_mean, 3 + 1e-9) << row.scale << " " << row.period;
}

TEST(Intervals, HoursOfPoolsAreThoseOfEvents) {
    // Mean over seeds of whole weeks: the fluid without its audit, at a scale of some dozen replicas.
    auto const scenario =
        load_text(pool_scenario(autoscaled) + "plan: {own: {at_least: 1, rest: {on_demand: $4/GPU-h}}}\n").scenario;
    std::vector<double> logs;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        VerifySettings const settings{
            .options = {"self-host"}, .scales = {20}, .months = {"2026-02"}, .week = true, .seed = seed};
        double projected = 0, simulated = 0;
        for (auto const& row : verify(*scenario, settings)) {
            if (row.item != "paid replica-hours") continue;
            projected += *row.projected;
            simulated += *row.simulated;
        }
        logs.push_back(std::log(simulated / projected));
    }
    auto const error = estimate(logs);
    RecordProperty("log_error", std::to_string(error.mean));
    EXPECT_NEAR(error.mean, 0, 0.05 + error.half_width) << "half-width " << error.half_width;
}

}  // namespace
}  // namespace runrate
