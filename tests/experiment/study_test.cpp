// Exact answers of small studies, end to end: text in, rows out.

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <gmock/gmock.h>

#include "run_text.h"

namespace runrate {
namespace {

StudySettings small(unsigned threads = 0) {
    StudySettings settings;
    settings.worlds = 64;
    settings.threads = threads;
    return settings;
}

Result run_text(std::string const& yaml) { return run(*load_text(yaml).scenario, small()).result; }

TEST(Study, ACallAtThreeAndFifteenCostsNineTenthsOfACentAtEveryScale) {
    auto const result = run_text(one_call("1000 per month"));
    EXPECT_EQ(cost_of(result, "large", 1, "2026-01").mean, (Amount{9'000'000}));
    EXPECT_EQ(cost_of(result, "large", 10, "2026-01").mean, (Amount{90'000'000}));
    EXPECT_EQ(cost_of(result, "large", 100, "horizon").mean, (Amount{2'700'000'000}));
    EXPECT_EQ(cost_of(result, "small", 1, "2026-01").mean, (Amount{600'000}));
}

TEST(Study, WhatIsCertainHasNoSpreadBetweenWorlds) {
    auto const row = cost_of(run_text(one_call("1000 per month")), "large", 1, "2026-01");
    EXPECT_EQ(row.se, (Amount{0}));
    EXPECT_EQ(row.sd_worlds, (Amount{0}));
    EXPECT_GT(row.sd_within->millionths, 0) << "gaps between sessions still vary";
    EXPECT_FALSE(row.model_error.has_value());
}

TEST(Study, PeriodsHaveTheirMonths) {
    auto const result = run_text(one_call("1000 per month"));
    EXPECT_EQ(cost_of(result, "large", 1, "FY2026").months_in, 1);  // January closes the fiscal year
    EXPECT_EQ(cost_of(result, "large", 1, "FY2027").months_in, 2);
    EXPECT_EQ(cost_of(result, "large", 1, "2026-Q1").months_in, 3);
}

TEST(Study, UnitCostAndMarginOfAQueryAreThoseOfTheArithmetic) {
    auto const result = run_text(one_call("1000 per month"));
    for (auto const& row : result.unit_costs) {
        if (row.option != "large" || row.scale != 1 || row.period != "horizon" || row.unit != "session") continue;
        EXPECT_EQ(row.mean, (Amount{9'000}));
        EXPECT_NEAR(*row.margin, 0.82, 1e-9);
        return;
    }
    FAIL() << "no unit cost of a session";
}

UsageRow const& sessions_of(Result const& r, std::string const& option, double scale, std::string const& period) {
    for (auto const& row : r.usage) {
        if (row.option == option && row.scale == scale && row.period == period && row.meter == "sessions") return row;
    }
    throw std::out_of_range("no sessions in " + period);
}

/// Fixed costs make a session dear where there are few: the mean of worlds' unit costs would not give the bill.
TEST(Study, AUnitCostTimesItsUnitsIsTheBill) {
    auto const result = run_text(one_call("500 to 5k per month", "costs: {observability: {large: $30 per month}}\n"));
    for (auto const& row : result.unit_costs) {
        if (row.option != "large" || row.scale != 1 || row.period != "2026-03" || row.unit != "session") continue;
        auto const sessions = *sessions_of(result, "large", 1, "2026-03").mean;
        auto const bill = dollars(cost_of(result, "large", 1, "2026-03").mean);
        EXPECT_NEAR(dollars(row.mean) * sessions, bill, 0.5e-6 * sessions + 1e-6);
        EXPECT_GT(dollars(row.p95), 1.3 * dollars(row.mean));
        return;
    }
    FAIL() << "no unit cost of a session";
}

/// Noise is a share of the bill: when all prices fall it falls with them.
TEST(Study, ChanceIsTheSameShareOfABillWhosePricesDrift) {
    auto const relative = [](std::string const& drift) {
        auto text = one_call("300 per month", "scales: {by: [1]}\n");
        text.replace(text.find("output: 400 tokens"), 18, "output: {mean: 400 tokens, cv: 2}");
        auto const loaded =
            load_scenario({"-", text + "prices: {books: [prices.yaml]" + drift + "}\n", {}, {test_prices()}});
        auto settings = small();
        auto const result = run(*loaded.scenario, settings).result;
        auto const& row = cost_of(result, "large", 1, "2026-03");
        return dollars(row.sd_within) / dollars(row.mean);
    };
    EXPECT_NEAR(relative(", drift: {api: -90% per year}") / relative(""), 1, 0.02);
}

std::string verdict(std::string const& figure, std::string const& bound) {
    auto const gate =
        "costs: {observability: {large: $30 per month}}\ngates: [{" + figure + ", below: " + bound + "}]\n";
    return run_text(one_call("500 to 5k per month", gate)).gates.at(0).verdict;
}

TEST(Gate, OnAUnitCostIsUndecidedWithinItsError) {
    auto const result = run_text(one_call("500 to 5k per month", "costs: {observability: {large: $30 per month}}\n"));
    double mean = 0;
    for (auto const& row : result.unit_costs) {
        if (row.option == "large" && row.scale == 1 && row.period == "horizon" && row.unit == "session")
            mean = dollars(row.mean);
    }
    std::string const cost = "unit_cost: {option: large, unit: session}";
    EXPECT_EQ(verdict(cost, "$" + std::to_string(mean)), "inconclusive");
    EXPECT_EQ(verdict(cost, "$" + std::to_string(mean * 2)), "pass");
    EXPECT_EQ(verdict(cost, "$" + std::to_string(mean / 2)), "breach");
}

TEST(Study, APriceThatChangesInsideAMonthBillsEachDayAtItsOwn) {
    auto const yaml = one_call("2800 per month", "scales: {by: [1]}\n");
    auto text = yaml;
    text.replace(text.find("test/plain"), 10, "test/rising");
    auto const february = cost_of(run_text(text), "large", 1, "2026-02");
    // 14 days at $1 and 14 at $2 per million: 2,800 sessions of 1,400 tokens.
    EXPECT_EQ(february.mean, (Amount{1400 * 1400 + 1400 * 2800}));
}

TEST(Study, LargeBillsKeepTheirMeanHoweverManyWorlds) {
    auto const loaded = load_text(one_call("3M per month"));
    auto settings = small();
    settings.worlds = 1024;
    auto const result = run(*loaded.scenario, settings).result;
    EXPECT_EQ(cost_of(result, "large", 100, "2026-01").mean, (Amount{2'700'000'000'000}));
}

TEST(Study, FixedCostsDoNotGrowWithTheScaleAndOneOffCostsAreSpreadOrPaid) {
    auto const yaml =
        "schema: runrate/scenario/1\nname: fixed\ncalendar: {start: 2026-01, months: 12}\n"
        "features: {chat: {traffic: {sessions: 1000 per month}, session: {turn: ask}}}\n"
        "workflows: {ask: {steps: [{call: answerer, user: 1000 tokens, output: 400 tokens}]}}\n"
        "options: {large: {serve: {default: test/plain}, staff: 0.5 FTE, one_off: {set-up: $2400, spread: 24 "
        "months}}}\n"
        "costs: {staff: {rate: $120k per year}, observability: {large: $300 per month}}\n";
    auto const result = run_text(yaml);
    // $9 of calls, $5,000 staff, $300 observability, $100 of the set-up a month.
    EXPECT_EQ(cost_of(result, "large", 1, "2026-01").mean, (Amount{5'409'000'000}));
    EXPECT_EQ(cost_of(result, "large", 10, "2026-01").mean, (Amount{5'490'000'000}));
    EXPECT_EQ(cost_of(result, "large", 1, "horizon").mean, (Amount{12 * 5'409'000'000LL}));
    EXPECT_EQ(cost_of(result, "large", 1, "2026-01", "cash").mean, (Amount{7'709'000'000}));
    EXPECT_EQ(cost_of(result, "large", 1, "horizon", "cash").mean, (Amount{12 * 5'309'000'000LL + 2'400'000'000}));
}

TEST(Study, CashIsDiscountedToTheStart) {
    auto const yaml = one_call("1000 per month", "money: {discount_rate: 10% per year}\n");
    auto const result = run_text(yaml);
    EXPECT_NEAR(dollars(cost_of(result, "large", 1, "2026-03", "cash").mean), 9 / std::pow(1.1, 3.0 / 12), 1e-6);
}

TEST(Study, StoppingBeforeTwoGroupsIsAnError) {
    auto const loaded = load_text(one_call("1000 per month"));
    EXPECT_THROW(run(*loaded.scenario, small(), {}, [] { return true; }), std::runtime_error);
}

TEST(Study, AStoppedRunKeepsItsFinishedGroupsAndSaysPartial) {
    auto const loaded = load_text(one_call("900 to 1100 per month"));
    std::uint32_t done = 0;
    auto const study = run(
        *loaded.scenario, small(1), [&](Progress const& p) { done = p.done; }, [&] { return done >= 20; });
    EXPECT_EQ(study.result.status, Status::partial);
    EXPECT_EQ(study.result.worlds, 16);  // two groups of eight
    EXPECT_TRUE(cost_of(study.result, "large", 1, "horizon").p95_half.has_value());
}

TEST(Study, UntilDoublesTheWorldsUntilTheErrorIsSmallEnough) {
    auto const loaded = load_text(one_call("200 to 5000 per month"));
    auto settings = small();
    settings.until = 0.5;
    EXPECT_EQ(run(*loaded.scenario, settings).result.worlds, 64);
    settings.until = 1e-4;
    settings.most_worlds = 256;
    EXPECT_EQ(run(*loaded.scenario, settings).result.worlds, 256);
}

TEST(Study, SettingsThatDoNotFitAreRefused) {
    auto const scenario = load_text(one_call("1000 per month")).scenario;
    auto settings = small();
    settings.scales = {10, 1, 10};
    EXPECT_THROW(run(*scenario, settings), std::invalid_argument);
    for (std::uint32_t const worlds : {0u, 8u, 63u, 100u}) {
        settings = small();
        settings.worlds = worlds;
        EXPECT_THROW(run(*scenario, settings), std::invalid_argument) << worlds;
    }
}

/// The second option asks more calls, so its own pilot would ask for another sample.
TEST(Study, LeavingAnOptionOutChangesNoFigureOfTheOthers) {
    auto text = one_call("1000 per month", "scales: {by: [1]}\n");
    text.replace(text.find("output: 400 tokens"), 18, "output: {mean: 400 tokens, cv: 2}");
    auto const shifted = text.find("  small: {serve: {default: test/small}}");
    text.replace(shifted, 39, "  small: {serve: {default: test/small}, adjust: {answerer: {output: 3x}}}");
    auto const scenario = load_text(text).scenario;
    auto settings = small();
    auto const both = run(*scenario, settings).result;
    settings.options = {"small"};
    auto const alone = run(*scenario, settings).result;
    EXPECT_EQ(cost_of(both, "small", 1, "2026-02").mean, cost_of(alone, "small", 1, "2026-02").mean);
    EXPECT_EQ(cost_of(both, "small", 1, "2026-02").p95, cost_of(alone, "small", 1, "2026-02").p95);
}

TEST(Study, StatesTheProductOfRetriesThatStack) {
    auto text = one_call("1000 per month",
                         "scales: {by: [1]}\ntargets: {test/*: {errors: 50%}}\n"
                         "gateway: {retry: {attempts: 3, backoff: 0 s}}\n");
    text.replace(text.find("output: 400 tokens"), 18, "output: 400 tokens, retry: {attempts: 3, backoff: 0 s}");
    auto const result = run_text(text);
    auto const note = std::find_if(result.warnings.begin(), result.warnings.end(),
                                   [](WarningRow const& row) { return row.code == "retry.stacked"; });
    ASSERT_NE(note, result.warnings.end());
    EXPECT_THAT(note->text, testing::HasSubstr("up to 3 x 3 = 9 attempts of a call, "));
}

TEST(Study, AnUnknownOptionIsRefused) {
    auto const loaded = load_text(one_call("1000 per month"));
    auto settings = small();
    settings.options = {"large", "huge"};
    EXPECT_THROW(run(*loaded.scenario, settings), std::invalid_argument);
}

TEST(Study, SamplesHaveARowForEveryWorldAndPriceDraw) {
    auto const loaded = load_text(one_call("900 to 1100 per month"));
    auto settings = small();
    settings.keep_samples = true;
    auto const samples = run(*loaded.scenario, settings).samples;
    EXPECT_EQ(samples.rows.size(), 64u) << "no belief reaches prices, so one draw per world";
    for (auto const& row : samples.rows) EXPECT_EQ(row.size(), samples.columns.size());
}

}  // namespace
}  // namespace runrate
