#include "pricing/price_book.h"

#include <cmath>

#include <gmock/gmock.h>

#include "core/contract.h"

namespace runrate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

constexpr Date day(std::chrono::year_month_day d) { return Date{d}; }

PriceRow row(Date from, std::int64_t input) {
    PriceRow row;
    row.from = from;
    row.standard.base.input = TokenPrice{input};
    return row;
}

/// $3/M from March, $2/M from mid June, $1/M from July.
ModelPrices falling() {
    return {.id = "vendor/model",
            .cache = {},
            .tokenizer = {},
            .latency = {},
            .rows = {row(day(2026y / 3 / 1), 3), row(day(2026y / 6 / 15), 2), row(day(2026y / 7 / 1), 1)}};
}

TEST(PriceAt, ARowHoldsFromItsDayUntilTheNextRow) {
    auto const prices = falling();
    EXPECT_EQ(price_at(prices, day(2026y / 3 / 1)).row->standard.base.input, TokenPrice{3});
    EXPECT_EQ(price_at(prices, day(2026y / 6 / 14)).row->standard.base.input, TokenPrice{3});
    EXPECT_EQ(price_at(prices, day(2026y / 6 / 15)).row->standard.base.input, TokenPrice{2});
    EXPECT_EQ(price_at(prices, day(2031y / 1 / 1)).row->standard.base.input, TokenPrice{1});
    EXPECT_FALSE(price_at(prices, day(2026y / 3 / 1)).backdated);
}

TEST(PriceAt, BeforeTheFirstRowItsPriceIsBackdated) {
    auto const prices = falling();
    auto const at = price_at(prices, day(2026y / 2 / 28));
    EXPECT_EQ(at.row->standard.base.input, TokenPrice{3});
    EXPECT_TRUE(at.backdated);
}

TEST(PriceAt, AModelWithoutRowsIsABug) { EXPECT_THROW(price_at(ModelPrices{}, day(2026y / 1 / 1)), ContractError); }

TEST(ChangesWithin, AMonthIsCutWhereARowBeginsAndNotAtItsEnd) {
    auto const prices = falling();
    EXPECT_THAT(changes_within(prices, day(2026y / 6 / 1), day(2026y / 7 / 1)), ElementsAre(day(2026y / 6 / 15)));
    EXPECT_THAT(changes_within(prices, day(2026y / 6 / 15), day(2026y / 7 / 2)),
                ElementsAre(day(2026y / 6 / 15), day(2026y / 7 / 1)));
    EXPECT_THAT(changes_within(prices, day(2026y / 4 / 1), day(2026y / 5 / 1)), IsEmpty());
}

// domain.md 1.1, W12: a tenth in two years is 3.162 times cheaper per year.
TEST(DriftFactor, TenTimesCheaperInTwoYearsIsThreePointOneSixPerYear) {
    double const rate = 1 / std::sqrt(10.0) - 1;
    EXPECT_NEAR(1 / (1 + rate), 3.162, 5e-4);
    EXPECT_NEAR(drift_factor(rate, day(2025y / 1 / 1), 2026y / 1, 12), 1 / std::sqrt(10.0), 1e-15);
    EXPECT_NEAR(drift_factor(rate, day(2025y / 1 / 1), 2026y / 1, 24), 0.1, 1e-15);
}

TEST(DriftFactor, StepsAtMonthEndsByATwelfthOfAYear) {
    EXPECT_EQ(drift_factor(-0.3, day(2025y / 7 / 25), 2026y / 1, 0), 1);
    EXPECT_NEAR(drift_factor(-0.3, day(2025y / 7 / 25), 2026y / 1, 1), std::pow(0.7, 1.0 / 12), 1e-15);
    EXPECT_NEAR(drift_factor(-0.3, day(2025y / 7 / 25), 2026y / 1, 6), std::sqrt(0.7), 1e-15);
}

TEST(DriftFactor, CountsFromTheMonthOfAPriceThatIsNewerThanTheStart) {
    EXPECT_EQ(drift_factor(-0.3, day(2026y / 4 / 30), 2026y / 1, 2), 1);
    EXPECT_EQ(drift_factor(-0.3, day(2026y / 4 / 30), 2026y / 1, 3), 1);
    EXPECT_EQ(drift_factor(-0.3, day(2026y / 4 / 30), 2026y / 1, 15),
              drift_factor(-0.3, day(2026y / 4 / 1), 2026y / 1, 15));
    EXPECT_NEAR(drift_factor(-0.3, day(2026y / 4 / 30), 2026y / 1, 15), 0.7, 1e-15);
}

TEST(DriftFactor, NoDriftIsExactlyOne) { EXPECT_EQ(drift_factor(0, day(2020y / 1 / 1), 2026y / 1, 37), 1); }

}  // namespace
}  // namespace runrate
