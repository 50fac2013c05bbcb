#include "report/figures.h"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>

#include <gmock/gmock.h>

namespace runrate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Decimal, HasSixPlacesWhateverTheAmount) {
    EXPECT_EQ(decimal({12'340'000}), "12.340000");
    EXPECT_EQ(decimal({0}), "0.000000");
    EXPECT_EQ(decimal({-1}), "-0.000001");
    EXPECT_EQ(decimal({std::numeric_limits<std::int64_t>::max()}), "9223372036854.775807");
    EXPECT_EQ(decimal({std::numeric_limits<std::int64_t>::min()}), "-9223372036854.775808");
}

TEST(Money, HasThreeDigits) {
    EXPECT_EQ(money({12'400'000'000}, "USD"), "$12.4k");
    EXPECT_EQ(money({1'200'000'000'000}, "EUR"), "€1.20M");
    EXPECT_EQ(money({340'000'000}, "USD"), "$340");
    EXPECT_EQ(money({9'000}, "USD"), "$0.00900");
    EXPECT_EQ(money({1}, "USD"), "$0.000001");
    EXPECT_EQ(money({}, "CHF"), "CHF 0");
    EXPECT_EQ(money({-1'400'000'000}, "USD"), "-$1.40k");
    EXPECT_EQ(signed_money({200'000'000}, "USD"), "+$200");
    EXPECT_EQ(money({std::numeric_limits<std::int64_t>::min()}, "USD"), "-$9.22T");
}

TEST(Money, ARoundingThatCarriesMovesToTheNextUnit) {
    EXPECT_EQ(money({999'499'999}, "USD"), "$999");
    EXPECT_EQ(money({999'500'001}, "USD"), "$1.00k");
    EXPECT_EQ(money({999'950'000'000}, "USD"), "$1.00M");
    EXPECT_EQ(money({9'995'000}, "USD"), "$10.0");
}

TEST(Figure, HasThreeDigitsAndKeepsSmallCounts) {
    EXPECT_EQ(figure(210), "210");
    EXPECT_EQ(figure(12.345), "12.3");
    EXPECT_EQ(figure(8412), "8.41k");
    EXPECT_EQ(figure(999'600), "1.00M");
    EXPECT_EQ(figure(-0.0123), "-0.0123");
    EXPECT_EQ(figure(3.5e15), "3.5e+03T");
    EXPECT_EQ(figure(std::nan("")), "-");
}

TEST(Percent, ShowsWhatMattersAtItsSize) {
    EXPECT_EQ(percent(0), "0%");
    EXPECT_EQ(percent(0.0072), "0.72%");
    EXPECT_EQ(percent(0.0456), "4.6%");
    EXPECT_EQ(percent(0.82), "82%");
    EXPECT_EQ(percent(-0.08), "-8.0%");
}

TEST(Percentages, AddToAHundred) {
    EXPECT_THAT(percentages(std::vector<Amount>{{1}, {1}, {1}}), ElementsAre(34, 33, 33));
    EXPECT_THAT(percentages(std::vector<Amount>{{995}, {4}, {1}}), ElementsAre(100, 0, 0));
    std::vector<Amount> const large{{std::numeric_limits<std::int64_t>::max()}, {7}, {12'345'678'901'234'567}};
    auto const shares = percentages(large);
    EXPECT_EQ(std::accumulate(shares.begin(), shares.end(), 0), 100);
}

TEST(Percentages, ACreditIsANegativeShareAndABillOfNothingHasNone) {
    EXPECT_THAT(percentages(std::vector<Amount>{{150}, {-50}}), ElementsAre(150, -50));
    EXPECT_THAT(percentages(std::vector<Amount>{{0}, {0}}), IsEmpty());
    EXPECT_THAT(percentages(std::vector<Amount>{{-5}, {2}}), IsEmpty());
}

TEST(Shortest, ReadsBackAsTheSameDouble) {
    for (double x : {0.1, 1e300, 5e-324, -2.5, 123456789.123456789})
        EXPECT_EQ(std::strtod(shortest(x).c_str(), nullptr), x);
    EXPECT_EQ(shortest(10), "10");
    EXPECT_EQ(shortest(std::numeric_limits<double>::infinity()), "");
}

}  // namespace
}  // namespace runrate
