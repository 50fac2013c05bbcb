// Conservation of money: what is printed adds up to the last digit.

#include <map>
#include <tuple>

#include <gtest/gtest.h>

#include "report/attribution.h"
#include "report/json.h"
#include "run_text.h"

namespace runrate {
namespace {

Result const& uncertain() {
    static Result const result = [] {
        auto const yaml =
            "schema: runrate/scenario/1\nname: sums\ncalendar: {start: 2026-01, months: 5, fiscal_year_starts: March}\n"
            "beliefs: {drift: -30% to 5% per year, volume: 700 to 1900}\n"
            "features:\n"
            "  chat: {tags: {team: a}, traffic: {sessions: =volume per month, day_to_day: 30%}, session: {turns: "
            "{geometric: {mean: 3}}, turn: ask}}\n"
            "  job: {tags: {team: b}, traffic: {jobs: {every: day, at: \"02:00\", items: 37}}, item: {call: tagger, "
            "input: 333 tokens, output: 7 tokens}}\n"
            "workflows: {ask: {context: {system: 700 tokens}, steps: [{call: answerer, user: 60 to 90 tokens, output: "
            "{mean: 120 tokens, cv: 0.9}}]}}\n"
            "options:\n"
            "  large: {serve: {default: test/plain}, staff: 0.01 to 0.03 FTE, one_off: {set-up: $100 to $300, spread: "
            "7 months}}\n"
            "  small: {like: large, serve: {answerer: test/small}}\n"
            "costs: {staff: {rate: $200k per year}}\n";
        StudySettings settings;
        settings.worlds = 64;
        auto const loaded = load_scenario(
            {"-", std::string{yaml} + "prices: {books: [prices.yaml], drift: {api: =drift}}\n", {}, {test_prices()}});
        return run(*loaded.scenario, settings).result;
    }();
    return result;
}

TEST(Sums, LinesSumToTheTotalOfEveryPeriod) {
    std::map<std::tuple<std::string, double, std::string>, std::int64_t> sums;
    for (auto const& line : uncertain().cost_lines)
        sums[{line.option, line.scale, line.period}] += line.mean->millionths;
    std::size_t compared = 0;
    for (auto const& row : uncertain().cost) {
        if (row.view != "accrual") continue;
        EXPECT_EQ((sums[{row.option, row.scale, row.period}]), row.mean->millionths)
            << row.option << ' ' << row.scale << ' ' << row.period;
        ++compared;
    }
    EXPECT_EQ(compared, sums.size());
}

TEST(Sums, MonthsSumToQuartersYearsAndTheHorizonInBothViews) {
    std::map<std::tuple<std::string, double, std::string, std::string>, std::int64_t> sums;
    for (auto const& row : uncertain().cost)
        sums[{row.option, row.scale, row.view, row.period_kind}] += row.mean->millionths;
    for (auto const& [key, sum] : sums) {
        auto const& [option, scale, view, kind] = key;
        EXPECT_EQ(sum, (sums[{option, scale, view, "month"}])) << option << ' ' << scale << ' ' << view << ' ' << kind;
    }
}

TEST(Sums, AttributionOverAnyTagSumsToTheBill) {
    for (auto const& row : uncertain().cost) {
        if (row.view != "accrual") continue;
        for (char const* tag : {"team", "feature", "nobody-has-it"}) {
            std::int64_t sum = 0;
            for (auto const& part : attribute(uncertain(), tag, {row.option, row.scale, row.period}))
                sum += part.amount.millionths;
            EXPECT_EQ(sum, row.mean->millionths) << tag;
        }
    }
}

TEST(Sums, CausesOfNonlinearityAddUpToTheTotal) {
    std::map<std::tuple<std::string, double, std::string>, std::int64_t> sums;
    for (auto const& row : uncertain().nonlinearity)
        sums[{row.option, row.scale, row.period}] += row.amount->millionths;
    for (auto const& row : uncertain().cost) {
        if (row.view != "accrual") continue;
        EXPECT_EQ((sums[{row.option, row.scale, row.period}]), row.mean->millionths);
    }
}

TEST(Sums, TheChainOfRatiosReproducesTheUnitCost) {
    std::map<std::tuple<std::string, double, std::string, std::string>, double> products;
    for (auto const& row : uncertain().ratios) {
        auto& product = products.try_emplace({row.option, row.scale, row.period, row.unit}, 1.0).first->second;
        product *= row.value;
    }
    std::size_t compared = 0;
    for (auto const& row : uncertain().unit_costs) {
        auto const chain = products.find({row.option, row.scale, row.period, *row.feature + ": " + row.unit});
        if (chain == products.end()) continue;
        EXPECT_NEAR(chain->second, dollars(row.mean), 0.51e-6);  // printed in millionths
        ++compared;
    }
    EXPECT_EQ(compared, products.size());
    EXPECT_GT(compared, 0u);
}

TEST(Threads, OneAndTwoGiveTheSameBytes) {
    auto const bytes = [](unsigned threads) {
        StudySettings settings;
        settings.worlds = 64;
        settings.threads = threads;
        return to_json(run(*load_text(one_call("500 to 900 per month", "beliefs: {}\n")).scenario, settings).result);
    };
    auto const one = bytes(1);
    EXPECT_EQ(one, bytes(2));
    EXPECT_EQ(one, bytes(5));
}

}  // namespace
}  // namespace runrate
