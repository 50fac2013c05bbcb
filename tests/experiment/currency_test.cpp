// Results in another currency than the vendors'.

#include <cmath>

#include <gmock/gmock.h>

#include "run_text.h"

namespace runrate {
namespace {

std::string euros(std::string const& rate = "0.92 EUR per USD", std::string const& more = {}) {
    return "money: {currency: EUR, exchange: {rate: " + rate + ", as_of: 2025-12-20, source: ECB}" + more + "}\n";
}

StudySettings few_worlds() {
    StudySettings settings;
    settings.worlds = 64;
    return settings;
}

Result run_yaml(std::string const& yaml) { return run(*load_text(yaml).scenario, few_worlds()).result; }

/// A month of 31 days with 1,000 items of $0.009 each: $279.
std::string job(std::string const& more) {
    return "schema: runrate/scenario/1\nname: euros\ncalendar: {start: 2026-01, months: 1}\nscales: {by: [1]}\n"
           "features: {tag: {traffic: {jobs: {every: day, at: \"02:00\", items: 1000}}, item: {workflow: ask}, "
           "outcome: {name: tag, revenue: =worth}}}\n"
           "workflows: {ask: {steps: [{call: one, user: 1000 tokens, output: 400 tokens}]}}\n"
           "options: {one: {serve: {default: test/plain}}}\n" +
           more;
}

double month(Result const& r) { return dollars(cost_of(r, "one", 1, "2026-01").mean); }

std::int64_t millionths(Dollars const& amount) { return amount.value().millionths; }

/// Everything that is priced: drift, staff, logging, one-off costs, a contract and credits.
std::string const whole =
    "beliefs: {pay: $180k to $260k per year, worth: {triangular: {low: $0.02, mode: $0.03, high: $0.09}}}\n"
    "costs: {staff: {rate: =pay}, observability: {large: $30 per month}}\n"
    "plan: {test: {contract: {tiers: [{above: $400 per month, discount: 8%}], commitment: $300 per month}, credits: "
    "$200 until 2026-03}}\n";

TEST(Euros, AreTheDollarsTimesTheRateLineByLine) {
    auto yaml = one_call("50k per month", whole);
    auto const at = yaml.find("revenue: $0.05");
    yaml.replace(at, 14, "revenue: =worth");
    auto const large = yaml.find("large: {serve: {default: test/plain}}");
    yaml.replace(large, 37, "large: {serve: {default: test/plain}, staff: 0.25 FTE, one_off: {set-up: $4k}}");
    auto const usd = run_yaml(yaml), eur = run_yaml(yaml + euros());
    EXPECT_EQ(eur.currency, "EUR");
    ASSERT_EQ(usd.cost_lines.size(), eur.cost_lines.size());
    for (std::size_t i = 0; i < usd.cost_lines.size(); ++i) {
        auto const& a = usd.cost_lines[i];
        auto const& b = eur.cost_lines[i];
        ASSERT_EQ(a.line, b.line);
        // Each month's line is rounded to millionths on either side.
        EXPECT_NEAR(static_cast<double>(millionths(b.mean)), 0.92 * static_cast<double>(millionths(a.mean)), 2 * 3)
            << a.line << " " << a.period;
    }
    for (std::size_t i = 0; i < usd.cost.size(); ++i) {
        auto const& a = usd.cost[i];
        auto const& b = eur.cost[i];
        EXPECT_NEAR(dollars(b.mean), 0.92 * dollars(a.mean), 1e-5);
        EXPECT_NEAR(dollars(b.p95), 0.92 * dollars(a.p95), 1e-5);
        EXPECT_NEAR(dollars(b.sd_within), 0.92 * dollars(a.sd_within), 1e-5);
    }
    for (std::size_t i = 0; i < usd.unit_costs.size(); ++i) {
        EXPECT_NEAR(dollars(eur.unit_costs[i].mean), 0.92 * dollars(usd.unit_costs[i].mean), 2e-6);
        EXPECT_NEAR(eur.unit_costs[i].margin.value(), usd.unit_costs[i].margin.value(), 1e-9);
    }
}

TEST(Euros, OfLinesSumToTheTotalsToTheLastDigit) {
    auto const r =
        run_yaml(one_call("50k per month", "plan: {test: {contract: {discount: 7%}}}\n") + euros("1.0873 USD per EUR"));
    for (auto const& total : r.cost) {
        if (total.view != "accrual") continue;
        std::int64_t sum = 0;
        for (auto const& line : r.cost_lines) {
            if (line.option == total.option && line.scale == total.scale && line.period == total.period)
                sum += millionths(line.mean);
        }
        EXPECT_EQ(sum, millionths(total.mean)) << total.option << " " << total.period;
    }
}

TEST(Euros, OfEachLineAreRoundedOnceAfterBilling) {
    // 31,000 x 1,000 tokens in at $3/M are $93, 31,000 x 400 out at $15/M are $186.
    auto const r = run_yaml(job("beliefs: {worth: €0.01}\n" + euros("1.25 USD per EUR")));
    EXPECT_EQ(millionths(cost_of(r, "one", 1, "2026-01").mean), 223'200'000);
    for (auto const& row : r.cost_lines) {
        if (row.period == "2026-01" && row.line == "one input") { EXPECT_EQ(millionths(row.mean), 74'400'000); }
    }
}

TEST(Contract, InEurosIsMetByTheConvertedBill) {
    auto const r = run_yaml(job("beliefs: {worth: €0.03}\n" + euros() +
                                "plan: {test: {contract: {commitment: €1000 per month}, credits: 100 EUR}}\n"));
    // $279 are €256.68: €743.32 are missing, and credits pay €100.
    EXPECT_DOUBLE_EQ(month(r), 900);
    for (auto const& row : r.cost_lines) {
        if (row.period != "2026-01") continue;
        if (row.line == "test shortfall") { EXPECT_DOUBLE_EQ(dollars(row.mean), 743.32); }
        if (row.line == "test credits") { EXPECT_DOUBLE_EQ(dollars(row.mean), -100); }
    }
    EXPECT_THAT(r.plan, testing::Contains(testing::AllOf(testing::Field(&PlanRow::item, "test commitment"),
                                                         testing::Field(&PlanRow::value, "1000"),
                                                         testing::Field(&PlanRow::unit, "EUR per month"))));
}

TEST(Contract, InDollarsIsConvertedWhenItIsRead) {
    auto const r = run_yaml(job("beliefs: {worth: €0.03}\n" + euros("0.5 EUR per USD") +
                                "plan: {test: {contract: {commitment: $1000 per month}}}\n"));
    EXPECT_DOUBLE_EQ(month(r), 500);
}

TEST(Belief, InEurosIsOneInEuros) {
    auto const r = run_yaml(job("beliefs: {worth: €0.02 to €0.04}\n" + euros()));
    ASSERT_EQ(r.beliefs.size(), 1U);
    EXPECT_EQ(r.beliefs[0].unit, "EUR");
    EXPECT_NEAR(r.beliefs[0].p5, 0.02, 1e-9);
    EXPECT_NEAR(r.beliefs[0].p95, 0.04, 1e-9);
    auto const converted = run_yaml(job("beliefs: {worth: $0.02 to $0.04}\n" + euros()));
    EXPECT_NEAR(converted.beliefs[0].p95, 0.04 * 0.92, 1e-9);
}

TEST(Exchange, IsInTheProvenanceWithItsAge) {
    auto const r = run_yaml(job("beliefs: {worth: €0.03}\n" + euros("1.25 USD per EUR")));
    bool found = false;
    for (auto const& row : r.provenance) {
        if (row.item != "exchange rate of EUR") continue;
        found = true;
        EXPECT_EQ(row.value, "0.8");
        EXPECT_EQ(row.unit, "EUR per USD");
        EXPECT_EQ(row.source, "ECB");
        EXPECT_EQ(row.as_of, "2025-12-20");
        EXPECT_EQ(row.age_days_at_start, 12);
    }
    EXPECT_TRUE(found);
    for (auto const& row : r.warnings) EXPECT_NE(row.code, "exchange.stale");
}

TEST(Exchange, ThatIsOldIsWarnedOf) {
    auto yaml = job("beliefs: {worth: €0.03}\n" + euros());
    yaml.replace(yaml.find("2025-12-20"), 10, "2025-06-20");
    std::string said;
    for (auto const& row : run_yaml(yaml).warnings) said += row.code == "exchange.stale" ? row.text : "";
    EXPECT_EQ(said, "the exchange rate of EUR is 195 days old at the start (over 90; state a newer one)");
}

}  // namespace
}  // namespace runrate
