// Amounts in several currencies, and what a scenario makes of them.

#include <gtest/gtest.h>

#include "scenario/exchange.h"

namespace runrate {
namespace {

struct Case {
    char const* text;
    double number;
    Unit unit;
    char const* currency;
};

TEST(MoneyValue, IsReadBySignOrCode) {
    for (auto const& c : {
             Case{"$4", 4, Unit::dollars, "USD"},
             Case{"€4", 4, Unit::dollars, "EUR"},
             Case{"£0.50", 0.5, Unit::dollars, "GBP"},
             Case{"¥40k", 40e3, Unit::dollars, "JPY"},
             Case{"-€1.5k per month", -1.5e3, Unit::dollars_per_month, "EUR"},
             Case{"4 EUR", 4, Unit::dollars, "EUR"},
             Case{"4EUR", 4, Unit::dollars, "EUR"},
             Case{"4 USD", 4, Unit::dollars, "USD"},
             Case{"220k CHF per year", 220e3, Unit::dollars_per_year, "CHF"},
             Case{"220k CHF/year", 220e3, Unit::dollars_per_year, "CHF"},
             Case{"3 SEK per request", 3, Unit::dollars_per_call, "SEK"},
             Case{"0.25 FTE", 0.25, Unit::fte, ""},
             Case{"12", 12, Unit::none, ""},
         }) {
        auto const parsed = parse_value(c.text);
        ASSERT_TRUE(std::holds_alternative<Value>(parsed)) << c.text << ": " << std::get<std::string>(parsed);
        auto const& value = std::get<Value>(parsed);
        EXPECT_DOUBLE_EQ(value.number, c.number) << c.text;
        EXPECT_EQ(value.unit, c.unit) << c.text;
        EXPECT_EQ(value.currency, c.currency) << c.text;
    }
}

TEST(MoneyValue, HasOneCurrencyThatThereIs) {
    for (char const* text : {"$4 EUR", "€4 EUR", "4 EURO", "4 eur", "4 XTS", "€", "EUR"})
        EXPECT_TRUE(std::holds_alternative<std::string>(parse_value(text))) << text;
}

TEST(MoneyRange, TakesTheCurrencyOfItsHighEnd) {
    for (char const* text : {"€4 to €9 per month", "4 to 9 EUR per month", "€4 to 9 EUR per month"}) {
        auto const parsed = parse_range(text);
        ASSERT_TRUE(std::holds_alternative<Range>(parsed)) << text << ": " << std::get<std::string>(parsed);
        auto const& [low, high] = std::get<Range>(parsed);
        EXPECT_EQ(low.currency, "EUR");
        EXPECT_EQ(high.currency, "EUR");
        EXPECT_EQ(low.unit, Unit::dollars_per_month);
    }
    auto const mixed = parse_range("$4 to 9 EUR");
    ASSERT_TRUE(std::holds_alternative<std::string>(mixed));
    EXPECT_EQ(std::get<std::string>(mixed), "the ends of '$4 to 9 EUR' have different units (write both in one)");
}

TEST(Rate, IsKnownAndOfTheCurrency) {
    constexpr std::int64_t nano = 1'000'000'000;
    EXPECT_EQ(parse_rate("0.92 EUR per USD", "EUR"), (ExchangeRate{920'000'000, nano}));
    EXPECT_EQ(parse_rate("€0.92 per USD", "EUR"), (ExchangeRate{920'000'000, nano}));
    EXPECT_EQ(parse_rate("1.087 USD per EUR", "EUR"), (ExchangeRate{nano, 1'087'000'000}));
    EXPECT_EQ(parse_rate("151.37 JPY per USD", "JPY"), (ExchangeRate{151'370'000'000, nano}));
    for (char const* text : {"0.92", "0.92 EUR", "0.92 GBP per USD", "0.92 EUR per GBP", "0 EUR per USD", "=fx",
                             "-1 EUR per USD", "0.9 to 1 EUR per USD", "1e9 EUR per USD", "1 USD per USD", "0.92x"})
        EXPECT_FALSE(parse_rate(text, "EUR")) << text;
}

TEST(Amount, OfAScenarioIsConvertedFromDollarsAlone) {
    Exchange const euros{"EUR", {1, 2}};
    auto const in = [&](Value const& value) { return in_currency(value, "4", euros); };
    EXPECT_EQ(std::get<Value>(in({4, Unit::dollars, "USD"})).number, 2);
    EXPECT_EQ(std::get<Value>(in({4, Unit::dollars, "EUR"})).number, 4);
    EXPECT_EQ(std::get<Value>(in({4, Unit::tokens, ""})).number, 4);
    EXPECT_TRUE(std::holds_alternative<std::string>(in({4, Unit::dollars, "GBP"})));
}

}  // namespace
}  // namespace runrate
