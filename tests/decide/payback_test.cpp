#include "decide/payback.h"

#include <gtest/gtest.h>

namespace runrate {
namespace {

TEST(Payback, OfASetUpThatSavesEveryMonthIsTheirQuotient) {
    // 100 at the start, 30 less a month: 70, 40, 10 and then -20 in all.
    MonthlyDifferences d{{70}, {-30}, {-30}, {-30}, {-30}};
    EXPECT_EQ(paid_back(d), 3U);
    EXPECT_EQ(cheaper_for_good(d), 1U);
    d.resize(3);
    EXPECT_FALSE(paid_back(d));
}

TEST(Payback, IsTheFirstMonthEvenWhereItIsLostAgain) {
    MonthlyDifferences const d{{-1}, {5}, {-2}, {3}};
    EXPECT_EQ(paid_back(d), 0U);
    EXPECT_FALSE(cheaper_for_good(d));
}

TEST(Payback, OfDrawsIsTheirMedianAndNeverCountsAsLate) {
    MonthlyDifferences const d{{-1, 1, 1, 1}, {-1, -2, 1, 1}, {-1, -1, -1, 1}};
    EXPECT_EQ(cheaper_for_good(d), 1U);
    EXPECT_EQ(paid_back(d), 1U);
    MonthlyDifferences const seldom{{-1, 1, 1}};
    EXPECT_FALSE(cheaper_for_good(seldom));
}

TEST(Payback, BetweenEqualOptionsHasADateAndNothingToPayBack) {
    MonthlyDifferences const d{{0, 0}, {0, 0}};
    EXPECT_EQ(cheaper_for_good(d), 0U);
    EXPECT_FALSE(paid_back(d));
}

}  // namespace
}  // namespace runrate
