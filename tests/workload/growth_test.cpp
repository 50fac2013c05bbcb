#include <cmath>

#include <gmock/gmock.h>

#include "core/contract.h"
#include "workload/traffic.h"

namespace runrate {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pointwise;
using namespace std::chrono_literals;

constexpr Month start = 2026y / 1;

Growth monthly(double rate) { return {{ExponentialGrowth{Number{rate}, false}, std::nullopt}}; }
Growth logistic(double ceiling, Month half_way) {
    return {{LogisticGrowth{Number{ceiling}, half_way, std::nullopt}, std::nullopt}};
}
Growth adoption(double from, double ceiling, Month half_way) {
    return {{LogisticGrowth{Number{ceiling}, half_way, Number{from}}, std::nullopt}};
}

std::vector<double> factors(Growth const& growth, int months) { return growth_factors(growth, start, months, {}); }
std::string fault(Growth const& growth) { return growth_fault(growth, start, {}).value_or("none"); }

TEST(Growth, NoneIsOneForEver) { EXPECT_THAT(factors({}, 3), ElementsAre(1, 1, 1)); }

TEST(Growth, MonthIOfARateIsItsIthPower) {
    EXPECT_THAT(factors(monthly(0.04), 4), Pointwise(DoubleNear(1e-15), {1.0, 1.04, 1.0816, 1.124864}));
}

// domain.md 1.1, W14: a bill that quadruples in a quarter grows by 58.74 % per month.
TEST(Growth, FourfoldInAQuarterIsTheCubeRootPerMonth) {
    double const rate = std::cbrt(4.0) - 1;
    EXPECT_NEAR(1 + rate, 1.5874, 5e-5);
    EXPECT_NEAR(factors(monthly(rate), 4)[3], 4, 1e-14);
}

// domain.md 1.1, W10: from $62,964 to $85,521 in a year.
TEST(Growth, AYearlyRateIsReachedAfterTwelveMonths) {
    double const rate = 85521.0 / 62964 - 1;
    EXPECT_NEAR(100 * rate, 35.825, 5e-4);
    auto const year = factors({{ExponentialGrowth{Number{rate}, true}, std::nullopt}}, 13);
    EXPECT_NEAR(62964 * year[12], 85521, 1e-9);
    EXPECT_NEAR(year[6], std::sqrt(1 + rate), 1e-15);
}

TEST(Growth, ABeliefIsTheDrawOfItsWorld) {
    Growth const growth{{ExponentialGrowth{Number{BeliefId{1}, 0.5}, false}, std::nullopt}};
    std::array const world{9.0, 0.25};
    EXPECT_THAT(growth_factors(growth, start, 2, world), ElementsAre(1, 1.25));
}

TEST(LogisticGrowth, StartsAtOneIsHalfWayInItsMonthAndTendsToTheCeiling) {
    auto const curve = factors(logistic(3, 2026y / 9), 200);
    EXPECT_NEAR(curve[0], 1, 1e-15);
    EXPECT_NEAR(curve[8], 1.5, 1e-15);
    EXPECT_NEAR(curve[199], 3, 1e-6);
    double const k = std::log(2.0) / 8;
    EXPECT_NEAR(curve[5], 3 / (1 + std::exp(-k * (5 - 8))), 1e-14);
}

TEST(LogisticGrowth, BelowTwiceTheStartItsHalfLiesInThePast) {
    auto const curve = factors(logistic(1.5, 2025y / 7), 100);
    EXPECT_NEAR(curve[0], 1, 1e-15);
    EXPECT_GT(curve[1], 1);
    EXPECT_NEAR(curve[99], 1.5, 1e-4);
}

TEST(LogisticGrowth, WithFromItIsTheAdoptionItself) {
    auto const curve = factors(adoption(0.2, 0.8, 2026y / 7), 60);
    EXPECT_NEAR(curve[0], 0.2, 1e-15);
    EXPECT_NEAR(curve[6], 0.4, 1e-15);
    EXPECT_NEAR(curve[59], 0.8, 1e-4);
    double const k = std::log(0.8 / 0.2 - 1) / 6;
    EXPECT_NEAR(curve[3], 0.8 / (1 + std::exp(-k * (3 - 6))), 1e-14);
}

TEST(GrowthTable, AFactorHoldsFromItsMonthOnAndIsOneBeforeTheFirst) {
    Growth const growth{{GrowthTable{{{2026y / 2, Number{1.5}}, {2026y / 4, Number{0.0}}}}, std::nullopt}};
    EXPECT_THAT(factors(growth, 5), ElementsAre(1, 1.5, 1.5, 0, 0));
}

TEST(GrowthParts, TheLaterOneStartsAtWhatTheEarlierOneReaches) {
    Growth growth = monthly(0.04);
    growth[0].until = 2026y / 12;
    growth.push_back({LogisticGrowth{Number{2.5}, 2027y / 6, std::nullopt}, std::nullopt});
    auto const curve = factors(growth, 18);
    EXPECT_NEAR(curve[11], std::pow(1.04, 11), 1e-14);
    EXPECT_NEAR(curve[12], std::pow(1.04, 12), 1e-14);
    EXPECT_NEAR(curve[17], std::pow(1.04, 12) * 1.25, 1e-14);
}

TEST(GrowthParts, NoStepBetweenTwoEqualPartsDiffersFromAnOrdinaryOne) {
    Growth growth = monthly(0.04);
    growth[0].until = 2026y / 5;
    growth.push_back(monthly(0.04)[0]);
    EXPECT_THAT(factors(growth, 24), Pointwise(DoubleNear(1e-14), factors(monthly(0.04), 24)));
}

TEST(GrowthParts, AdoptionGoesOnFromItsLevelAndLaterAdoptionIsRelative) {
    Growth growth = adoption(0.2, 0.8, 2026y / 7);
    double const reached = factors(growth, 13)[12];
    growth[0].until = 2026y / 12;
    growth.push_back(monthly(0.01)[0]);
    EXPECT_NEAR(factors(growth, 14)[13], reached * 1.01, 1e-15);
    growth[1] = adoption(0.1, 0.5, 2027y / 7)[0];
    EXPECT_NEAR(factors(growth, 14)[12], reached, 1e-15);
}

TEST(GrowthParts, OneThatEndedBeforeTheScenarioHasNoEffect) {
    Growth growth = monthly(0.5);
    growth[0].until = 2025y / 12;
    growth.push_back(monthly(0.04)[0]);
    EXPECT_EQ(factors(growth, 6), factors(monthly(0.04), 6));
}

TEST(GrowthFault, NamesWhyACurveDoesNotExist) {
    EXPECT_EQ(fault(logistic(0.9, 2027y / 1)),
              "no logistic curve rises from 1x to 0.9x (the ceiling must lie above the start, and the start above 0)");
    EXPECT_EQ(fault(logistic(2.5, 2025y / 6)),
              "no logistic curve from 1x to 2.5x is half way in 2025-06 (half of the ceiling is above the start: "
              "half_way must be "
              "after 2026-01)");
    EXPECT_EQ(fault(logistic(1.5, 2026y / 6)),
              "no logistic curve from 1x to 1.5x is half way in 2026-06 (half of the ceiling is not above the start: "
              "raise the ceiling "
              "above 2x)");
    EXPECT_EQ(fault(adoption(0.2, 0.15, 2027y / 1)),
              "no logistic curve rises from 20% to 15% (the ceiling must lie above the start, and the start above 0)");
    EXPECT_EQ(fault(adoption(0.2, 0.3, 2027y / 1)),
              "no logistic curve from 20% to 30% is half way in 2027-01 (half of the ceiling is not above the start: "
              "raise the ceiling "
              "above 40%)");
}

TEST(GrowthFault, TwiceTheStartIsHalfWayAtOnceAndHasNoSlope) {
    EXPECT_THAT(fault(logistic(2, 2026y / 1)), HasSubstr("raise the ceiling above 2x"));
    EXPECT_THAT(fault(logistic(2, 2027y / 1)), HasSubstr("raise the ceiling above 2x"));
    EXPECT_THAT(fault(logistic(2, 2025y / 1)), HasSubstr("raise the ceiling above 2x"));
    EXPECT_THAT(fault(logistic(2.5, start)), HasSubstr("after 2026-01"));
}

TEST(GrowthFault, RefusesRatesThatLeaveNothingAndNegativeFactors) {
    EXPECT_EQ(fault(monthly(-1)), "no traffic is left at a growth of -100% per month (a rate is above -100%)");
    EXPECT_EQ(fault({{GrowthTable{{{2026y / 2, Number{-2.0}}}}, std::nullopt}}),
              "no traffic can be -2x in 2026-02 (a factor is at least 0)");
    EXPECT_EQ(fault(monthly(1e200)), "growth is without bound by 2026-03 (lower the rate)");
    EXPECT_EQ(fault(monthly(-0.99)), "none");
}

TEST(GrowthFault, LooksAtTheClockOfALaterPart) {
    Growth growth = monthly(0.04);
    growth[0].until = 2026y / 12;
    growth.push_back(logistic(2.5, 2026y / 8)[0]);
    EXPECT_THAT(fault(growth), HasSubstr("after 2027-01"));
    growth[1] = logistic(2.5, 2027y / 8)[0];
    EXPECT_EQ(fault(growth), "none");
}

TEST(GrowthFactors, AFaultThatNobodyCheckedIsABug) { EXPECT_THROW(factors(monthly(-1), 2), ContractError); }

}  // namespace
}  // namespace runrate
