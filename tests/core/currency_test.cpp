#include "core/currency.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace runrate {
namespace {

constexpr std::int64_t nano = 1'000'000'000;

TEST(Exchange, RoundsOnceHalfToEven) {
    ExchangeRate const rate{920'000'000, nano};
    EXPECT_EQ(exchanged(1_usd, rate), Money{920'000'000});
    EXPECT_EQ(exchanged(Money{25}, {nano / 2, nano}), Money{12});
    EXPECT_EQ(exchanged(Money{27}, {nano / 2, nano}), Money{14});
    EXPECT_EQ(exchanged(Money{-25}, {nano / 2, nano}), Money{-12});
}

TEST(Exchange, IsExactHoweverTheRateIsQuoted) {
    EXPECT_EQ(exchanged(3_usd, {nano, 1'250'000'000}), Money{2'400'000'000});
    EXPECT_EQ(exchanged(1'087_usd, {nano, 1'087'000'000}), 1'000_usd);
}

TEST(Exchange, OfDollarsForDollarsChangesNothing) {
    EXPECT_EQ(exchanged(Money{9'000'000'000'000'000'007}, {}), Money{9'000'000'000'000'000'007});
}

TEST(Exchange, BeyondWhatALedgerHoldsIsSaid) {
    try {
        exchanged(100'000'000_usd, {151 * nano, nano});
        FAIL();
    } catch (std::overflow_error const& e) {
        EXPECT_STREQ(e.what(), "an amount is beyond 9.2 billion units of its currency (state results in USD)");
    }
}

TEST(Currency, IsACodeOfTheStandard) {
    for (char const* code : {"EUR", "GBP", "CHF", "JPY", "USD", "AED", "ZWG", "SEK"}) EXPECT_TRUE(is_currency(code));
    for (char const* other : {"", "EURO", "eur", "FTE", "UR ", "D A", "XTS", "US"}) EXPECT_FALSE(is_currency(other));
}

}  // namespace
}  // namespace runrate
