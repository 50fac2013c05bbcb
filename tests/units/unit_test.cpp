#include "units/unit.h"

#include <gtest/gtest.h>

namespace runrate {
namespace {

Value value(std::string_view text) {
    auto const parsed = parse_value(text);
    auto const* fault = std::get_if<std::string>(&parsed);
    EXPECT_FALSE(fault) << *fault;
    return fault ? Value{} : std::get<Value>(parsed);
}

Range range(std::string_view text) {
    auto const parsed = parse_range(text);
    auto const* fault = std::get_if<std::string>(&parsed);
    EXPECT_FALSE(fault) << *fault;
    return fault ? Range{} : std::get<Range>(parsed);
}

std::string fault_of_value(std::string_view text) {
    auto const parsed = parse_value(text);
    auto const* fault = std::get_if<std::string>(&parsed);
    return fault ? *fault : "none";
}

std::string fault_of_range(std::string_view text) {
    auto const parsed = parse_range(text);
    auto const* fault = std::get_if<std::string>(&parsed);
    return fault ? *fault : "none";
}

struct Case {
    char const* text;
    double number;
    Unit unit;
};

TEST(Value, IsReadInEveryUnit) {
    for (auto const& c : {
             Case{"12", 12, Unit::none},
             Case{"30%", 0.3, Unit::percent},
             Case{"30 %", 0.3, Unit::percent},
             Case{"4% per month", 0.04, Unit::change_per_month},
             Case{"-30% per year", -0.3, Unit::change_per_year},
             Case{"1.5x", 1.5, Unit::times},
             Case{"1 token", 1, Unit::tokens},
             Case{"200 tokens", 200, Unit::tokens},
             Case{"45 s", 45, Unit::seconds},
             Case{"800 ms", 0.8, Unit::seconds},
             Case{"5 min", 300, Unit::seconds},
             Case{"6 h", 21600, Unit::seconds},
             Case{"1 day", 86400, Unit::seconds},
             Case{"90 days", 90 * 86400.0, Unit::seconds},
             Case{"1 month", 1, Unit::months},
             Case{"36 months", 36, Unit::months},
             Case{"70 tokens/s", 70, Unit::tokens_per_second},
             Case{"0.25 FTE", 0.25, Unit::fte},
             Case{"$0.50", 0.5, Unit::dollars},
             Case{"-$2", -2, Unit::dollars},
             Case{"$300 per month", 300, Unit::dollars_per_month},
             Case{"$300/month", 300, Unit::dollars_per_month},
             Case{"$220k per year", 220e3, Unit::dollars_per_year},
             Case{"$220k/year", 220e3, Unit::dollars_per_year},
             Case{"$3/M tokens", 3e-6, Unit::dollars_per_token},
             Case{"$3 per M tokens", 3e-6, Unit::dollars_per_token},
             Case{"$3/k tokens", 3e-3, Unit::dollars_per_token},
             Case{"$3 per k tokens", 3e-3, Unit::dollars_per_token},
             Case{"$0.09/kWh", 0.09, Unit::dollars_per_kwh},
             Case{"$0.09/GB", 0.09e-9, Unit::dollars_per_byte},
             Case{"$200/kW-month", 200, Unit::dollars_per_kw_month},
             Case{"$0.01 per request", 0.01, Unit::dollars_per_call},
             Case{"$5 per 1k requests", 5e-3, Unit::dollars_per_call},
             Case{"$0.02 per search", 0.02, Unit::dollars_per_call},
             Case{"$2 per 1k searches", 2e-3, Unit::dollars_per_call},
         }) {
        auto const read = value(c.text);
        EXPECT_DOUBLE_EQ(read.number, c.number) << c.text;
        EXPECT_EQ(read.unit, c.unit) << c.text;
    }
}

TEST(Value, TakesThousandsMillionsAndBillions) {
    EXPECT_DOUBLE_EQ(value("50k").number, 50e3);
    EXPECT_DOUBLE_EQ(value("1.5M").number, 1.5e6);
    EXPECT_DOUBLE_EQ(value("2B tokens").number, 2e9);
    EXPECT_DOUBLE_EQ(value("$40k").number, 40e3);
    EXPECT_DOUBLE_EQ(value("1e3").number, 1000);
}

TEST(Value, RefusesWhatIsNoNumber) {
    EXPECT_EQ(fault_of_value("many"), "'many' is not a number");
    EXPECT_EQ(fault_of_value(""), "'' is not a number");
    EXPECT_EQ(fault_of_value("$"), "'$' is not a number");
    EXPECT_EQ(fault_of_value("nan"), "'nan' is not a number");
    EXPECT_EQ(fault_of_value(".inf"), "'.inf' is not a number");
    EXPECT_EQ(fault_of_value("--3"), "'--3' is not a number");
    EXPECT_EQ(fault_of_value("1e400"), "'1e400' is not a number");
    EXPECT_EQ(fault_of_value("1e300 tokens"), "'1e300 tokens' is out of range");
}

TEST(Value, NamesTheUnitThatItDoesNotKnow) {
    EXPECT_EQ(fault_of_value("4 bananas"), "unknown unit 'bananas' in '4 bananas'");
    EXPECT_EQ(fault_of_value("$4 tokens"), "unknown unit 'tokens' in '$4 tokens'");
    EXPECT_EQ(fault_of_value("4kk"), "unknown unit 'kk' in '4kk'");
}

TEST(Range, GivesTheLowEndTheUnitOfTheHighOne) {
    auto const tokens = range("300 to 600 tokens");
    EXPECT_EQ(tokens.low.unit, Unit::tokens);
    EXPECT_DOUBLE_EQ(tokens.low.number, 300);
    EXPECT_DOUBLE_EQ(tokens.high.number, 600);
    EXPECT_EQ(range("3% to 9% per month").low.unit, Unit::change_per_month);
    EXPECT_DOUBLE_EQ(range("3 to 9% per month").low.number, 0.03);
    EXPECT_EQ(range("$4 to $7").low.unit, Unit::dollars);
    EXPECT_EQ(range("4 to $7").low.unit, Unit::dollars);
    EXPECT_DOUBLE_EQ(range("$40k to $90k").high.number, 90e3);
    EXPECT_DOUBLE_EQ(range("-30% to -10% per year").low.number, -0.3);
    EXPECT_DOUBLE_EQ(range("800 ms to 2 s").low.number, 0.8);
    EXPECT_DOUBLE_EQ(range("1.0x to 1.3x").high.number, 1.3);
}

TEST(Value, UnderstandsHardware) {
    EXPECT_DOUBLE_EQ(value("80 GiB").number, 85'899'345'920.0);
    EXPECT_DOUBLE_EQ(value("80GB").number, 80e9);
    EXPECT_DOUBLE_EQ(value("46068 MiB").number, 48'305'799'168.0);
    EXPECT_EQ(value("3.35 TB/s").unit, Unit::bytes_per_second);
    EXPECT_DOUBLE_EQ(value("3.35 TB/s").number, 3.35e12);
    EXPECT_EQ(value("1.3 PFLOP/s").unit, Unit::flops);
    EXPECT_DOUBLE_EQ(value("989 TFLOP/s").number, 989e12);
    EXPECT_DOUBLE_EQ(value("1.2 kW").number, 1200);
    EXPECT_EQ(fault_of_value("80 Gb"), "unknown unit 'Gb' in '80 Gb'");
    EXPECT_EQ(spelling(Unit::flops), "FLOP/s");
}

TEST(Range, RefusesEndsThatDoNotGoTogether) {
    EXPECT_EQ(fault_of_range("600 to 300 tokens"), "'600 to 300 tokens' goes down (write the smaller end first)");
    EXPECT_EQ(fault_of_range("3 s to 300 tokens"),
              "the ends of '3 s to 300 tokens' have different units (write both in one)");
    EXPECT_EQ(fault_of_range("few to many"), "'few to many' is not a range of two numbers");
    EXPECT_EQ(fault_of_range("3 to 9 apples"), "unknown unit 'apples' in '3 to 9 apples'");
}

TEST(Range, OfOnePointIsAllowed) { EXPECT_DOUBLE_EQ(range("5 to 5 s").low.number, 5); }

TEST(Dimension, SaysWhyANumberIsNotPossible) {
    EXPECT_EQ(dimension::share.fault(0.3), std::nullopt);
    EXPECT_EQ(dimension::share.fault(1.3), "must be at most 100%");
    EXPECT_EQ(dimension::share.fault(-0.1), "must be at least 0%");
    EXPECT_EQ(dimension::positive.fault(0), "must be greater than 0");
    EXPECT_EQ(dimension::whole_count.fault(1.5), "must be a whole number");
    EXPECT_TRUE(dimension::tokens.accepts(Unit::tokens));
    EXPECT_FALSE(dimension::tokens.accepts(Unit::none));
}

}  // namespace
}  // namespace runrate
