#include "core/money.h"

#include <stdexcept>

#include <gmock/gmock.h>

namespace runrate {
namespace {

constexpr TokenPrice per_million(std::int64_t dollars) { return TokenPrice{dollars * 1'000'000}; }

TEST(Money, AThousandInAndFourHundredOutAtThreeAndFifteenIsNineTenthsOfACent) {
    Money const call = per_million(3) * Tokens{1000} + per_million(15) * Tokens{400};
    EXPECT_EQ(call, Money{9'000'000});  // $0.009
}

TEST(Money, RoundsHalfToEvenOncePerLine) {
    EXPECT_EQ(TokenPrice{500} * Tokens{1}, Money{0});
    EXPECT_EQ(TokenPrice{500} * Tokens{3}, Money{2});
    EXPECT_EQ(TokenPrice{501} * Tokens{1}, Money{1});
    EXPECT_EQ(divide_half_even(-5, 10), 0);
    EXPECT_EQ(divide_half_even(-15, 10), -2);
}

TEST(Money, AnAmountBeyondTheLedgerIsAnErrorNotAWrap) {
    EXPECT_THROW(per_million(1000) * Tokens{1'000'000'000'000'000}, std::overflow_error);
    EXPECT_THROW(times(1000_usd, 1'000'000'000), std::overflow_error);
}

TEST(Split, PartsSumToTheTotal) {
    std::vector<double> const w{1, 1, 1};
    EXPECT_EQ(split(Money{100}, w), (std::vector{Money{34}, Money{33}, Money{33}}));
    for (std::int64_t t : {0LL, 1LL, 7LL, 999'999'999'999'999'937LL}) {
        std::vector<double> const v{0.1, 0.7, 1e-9, 3.3, 0};
        Money sum{};
        for (Money p : split(Money{t}, v)) {
            EXPECT_GE(p, Money{});
            sum += p;
        }
        EXPECT_EQ(sum, Money{t});
    }
}

TEST(RoundToSum, RoundedPartsSumToTheRoundedTotal) {
    std::vector<Wide> const thirds{333, 333, 334};
    EXPECT_THAT(round_to_sum(thirds, 1000), testing::ElementsAre(0, 0, 1));
    std::vector<Wide> const mixed{1500, -400, 2900};
    auto const parts = round_to_sum(mixed, 1000);
    EXPECT_EQ(parts[0] + parts[1] + parts[2], 4);
}

TEST(RoundToSum, AmountsBeyondSixtyFourBitsOfTheLedgerAreKept) {
    Wide const large = Wide{1'000'000'000'000} * 1'000'000'000'000;
    std::vector<Wide> const amounts{large, 2 * large};
    EXPECT_THAT(round_to_sum(amounts, 1'000'000'000),
                testing::ElementsAre(1'000'000'000'000'000, 2'000'000'000'000'000));
}

}  // namespace
}  // namespace runrate
