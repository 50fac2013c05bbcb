// Figures of the articles that are formulas of built parts: attempts, prices, caches, growth and decline.

#include <cmath>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "cost/meter_price.h"
#include "pricing/price_book.h"
#include "scenario/sections.h"
#include "serving/gateway.h"
#include "workload/traffic.h"

namespace runrate {
namespace {

using namespace std::chrono_literals;

TEST(RetryStorms, MultiplyAttempts) {
    EXPECT_NEAR(expected_attempts(0.2, 3, 1), 1.24, 1e-12);
    EXPECT_NEAR(expected_attempts(0.5, 3, 1), 1.75, 1e-12);
    EXPECT_NEAR(expected_attempts(0.9, 3, 1), 2.71, 1e-12);
    EXPECT_NEAR(expected_attempts(0.9, 3, 3), 6.13, 0.005);
}

PriceRow price_of_article(std::string const& model) {
    std::ifstream in{std::string{RUNRATE_SOURCE_DIR} + "/calibration/prices/articles.yaml"};
    std::stringstream text;
    text << in.rdbuf();
    Diagnostics log;
    PriceBook book;
    read_price_book("articles.yaml", text.str(), log, book);
    return *price_at(book.models.at(model), Date{2024y / 1 / 1}).row;
}

double dollars_for(Meter meter, PriceRow const& prices, std::int64_t tokens) {
    return to_dollars(bill(price_of(meter, prices), tokens));
}

TEST(CostOfACall, IsNineTenthsOfACent) {
    auto const prices = price_of_article("article/three-fifteen");
    EXPECT_EQ(bill(price_of(Meter::input, prices), 1000), Money{3'000'000});
    EXPECT_EQ(bill(price_of(Meter::output, prices), 400), Money{6'000'000});
    EXPECT_EQ(bill(price_of(Meter::output, prices), 800), Money{12'000'000});
    EXPECT_EQ(bill(price_of(Meter::reasoning, prices), 400), Money{6'000'000});
}

TEST(RetrievingThreeChunksOfTwenty, SavesTwoAndAHalfCents) {
    auto const prices = price_of_article("article/three-fifteen");
    EXPECT_EQ(bill(price_of(Meter::input, prices), 17 * 500), Money{25'500'000});
}

TEST(FiveHundredMillionTokensADay, Cost950Dollars) {
    EXPECT_EQ(bill(price_of_article("article/strong").standard.base.input, 500'000'000), 950_usd);
    EXPECT_EQ(bill(price_of_article("article/strong").standard.base.input, 30LL * 500'000'000), 28'500_usd);
}

/// Savings in dollars of a billion tokens of W6, for the share of traffic that leaves the strong model.
struct Routing {
    double strong, cheap;
    Routing()
        : strong{dollars_for(Meter::input, price_of_article("article/strong"), 1'000'000'000)},
          cheap{dollars_for(Meter::input, price_of_article("article/cheap"), 1'000'000'000)} {}
    [[nodiscard]] double routed_share_for(double saving) const { return saving * strong / (strong - cheap); }
    [[nodiscard]] double kept_share_for(double saving) const { return saving + cheap / strong; }
};

TEST(Routing, HasAPriceRatioOfFifteen) { EXPECT_NEAR(Routing{}.strong / Routing{}.cheap, 15, 1e-4); }

TEST(Routing, HasToMoveThisShareForASaving) {
    Routing const r;
    EXPECT_NEAR(r.routed_share_for(0.30), 0.321, 5e-4);
    EXPECT_NEAR(r.routed_share_for(0.40), 0.429, 5e-4);
    EXPECT_NEAR(r.routed_share_for(0.60), 0.643, 5e-4);
    EXPECT_NEAR(r.routed_share_for(0.70), 0.750, 5e-4);
    EXPECT_NEAR(r.routed_share_for(1 - 16.0 / 39), 0.6319, 5e-5);  // W8
}

TEST(ACascade, HasToKeepThisShareForASaving) {
    Routing const r;
    EXPECT_NEAR(r.kept_share_for(0.30), 0.367, 5e-4);
    EXPECT_NEAR(r.kept_share_for(0.40), 0.467, 5e-4);
    EXPECT_NEAR(r.kept_share_for(0.60), 0.667, 5e-4);
    EXPECT_NEAR(r.kept_share_for(0.70), 0.767, 5e-4);
}

/// What a prefix of 10,000 tokens saves when its first use writes it and the others read it.
double saving(Meter write, int uses) {
    auto const prices = price_of_article("article/three-fifteen-cached");
    double const cached =
        dollars_for(write, prices, 10'000) + dollars_for(Meter::cache_read, prices, 10'000LL * (uses - 1));
    return 1 - cached / dollars_for(Meter::input, prices, 10'000LL * uses);
}

TEST(APromptCacheOfFiveMinutes, SavesMoreTheMoreOftenItIsUsed) {
    EXPECT_NEAR(saving(Meter::cache_write_5m, 1), -0.25, 1e-12);
    EXPECT_NEAR(saving(Meter::cache_write_5m, 2), 0.325, 1e-12);
    EXPECT_NEAR(saving(Meter::cache_write_5m, 5), 0.67, 1e-12);
    EXPECT_NEAR(saving(Meter::cache_write_5m, 10), 0.785, 1e-12);
    EXPECT_NEAR(saving(Meter::cache_write_5m, 100), 0.8885, 1e-12);
    EXPECT_NEAR(saving(Meter::cache_write_5m, 10'000), 0.9, 2e-4);
    EXPECT_LT(saving(Meter::cache_write_5m, 10'000), 0.9);
}

TEST(APromptCacheOfAnHour, PaysFromTheThirdUse) {
    EXPECT_NEAR(saving(Meter::cache_write_1h, 2), -0.05, 1e-12);
    EXPECT_GT(saving(Meter::cache_write_1h, 3), 0);
    EXPECT_NEAR(saving(Meter::cache_write_1h, 10), 0.71, 1e-12);
}

std::vector<double> monthly(double rate, int months, bool per_year = false) {
    return growth_factors({{ExponentialGrowth{Number{rate}, per_year}, {}}}, 2024y / 1, months, {});
}

TEST(GrowthOfABillThatQuadruplesInAQuarter, Is59PercentAMonth) {
    auto const factors = monthly(0.5874010519681994, 4);
    EXPECT_NEAR(factors[1], 1.5874, 5e-5);
    EXPECT_NEAR(factors[3], 4, 1e-12);
    EXPECT_NEAR(monthly(255, 4, true)[3], 4, 1e-12);  // fourfold a quarter is 256-fold a year
}

TEST(GrowthOfSpend, Is36PercentAYear) {
    auto const factors = monthly(85'521.0 / 62'964 - 1, 13, true);
    EXPECT_NEAR(factors[12] - 1, 0.35825, 5e-6);
    EXPECT_NEAR(62'964 * factors[12], 85'521, 1e-6);
}

/// How many times cheaper tokens are so many months after a price was listed, if they fall by `times` a year.
double times_cheaper(double times, int months) {
    return 1 / drift_factor(1 / times - 1, Date{2024y / 1 / 1}, 2024y / 1, months);
}

TEST(PriceDecline, TenfoldInTwoYearsIs3Point162AYear) {
    EXPECT_NEAR(times_cheaper(3.16228, 12), 3.162, 5e-4);
    EXPECT_NEAR(times_cheaper(3.16228, 24), 10, 1e-4);
}

TEST(PriceDecline, From20DollarsTo7CentsIs286fold) {
    double const fall = 20 / 0.07;
    EXPECT_NEAR(fall, 285.71, 5e-3);
    EXPECT_NEAR(times_cheaper(43.4, 18) / fall, 1, 1e-3);  // in 18 months, as S3 says
    EXPECT_NEAR(times_cheaper(19.1, 23) / fall, 1, 2e-3);  // from late 2022 to late 2024, as its dates say
    EXPECT_NEAR(times_cheaper(16.9, 24) / fall, 1, 2e-3);
}

TEST(PriceDecline, Of9And900TimesAYearHasAMedianOf90) {
    EXPECT_NEAR(times_cheaper(9, 12), 9, 1e-9);
    EXPECT_NEAR(times_cheaper(900, 12), 900, 1e-6);
    EXPECT_NEAR(std::sqrt(times_cheaper(9, 12) * times_cheaper(900, 12)), 90, 1e-6);
}

}  // namespace
}  // namespace runrate
