#include "projection/day_curve.h"

#include <cmath>
#include <utility>

#include <gtest/gtest.h>

namespace runrate {
namespace {

/// Two replicas up to a demand of 10, then in proportion to it.
FluidDay day_at(double demand) {
    FluidDay day;
    double const replicas = std::max(2.0, demand / 5);
    day.paid_hours = 24 * replicas;
    day.peak_replicas = replicas;
    day.calls = 100 * demand;
    day.hours_above = {std::max(0.0, 24 * (replicas - 3))};
    day.calls_by_level = {60 * demand, 40 * demand};
    return day;
}

FluidDay once(DayCurve const& curve, double demand) {
    FluidDay sum;
    curve.add(demand, 1, sum);
    return sum;
}

TEST(DayCurve, IsWhatWasIntegratedAtItsLevels) {
    DayCurve const curve{1, 100, 9, day_at};
    EXPECT_NEAR(once(curve, 100).paid_hours, 480, 1e-9);
    EXPECT_NEAR(once(curve, 1).paid_hours, 48, 1e-9);
    EXPECT_NEAR(once(curve, 1).calls, 100, 1e-9);
}

TEST(DayCurve, IsLinearBetweenThem) {
    DayCurve const curve{1, 100, 9, day_at};
    for (double const demand : {40.0, 57.0, 99.0}) {
        auto const day = once(curve, demand);
        EXPECT_NEAR(day.paid_hours, 24 * demand / 5, 1e-9);
        EXPECT_NEAR(day.calls, 100 * demand, 1e-9);
        EXPECT_NEAR(day.calls_by_level[0] / day.calls_by_level[1], 1.5, 1e-12);
    }
}

TEST(DayCurve, KeepsItsPlateauWithoutIntegratingIt) {
    int days = 0;
    DayCurve const curve{0.01, 100, 20, [&](double demand) {
                             ++days;
                             return day_at(demand);
                         }};
    EXPECT_LT(days, 9);
    for (double const demand : {0.0, 0.001, 0.3, 4.0}) {
        EXPECT_NEAR(once(curve, demand).paid_hours, 48, 1e-9);
        EXPECT_NEAR(once(curve, demand).calls, 100 * demand, 1e-9);
    }
}

TEST(DayCurve, HasNoPlateauWhereAFixedPoolIsSlowerTheMoreIsAsked) {
    auto const day = [](double demand) {
        FluidDay d;
        d.paid_hours = 48;
        d.peak_replicas = 2;
        d.calls = 100 * demand;
        d.in_flight_hours = demand * (1 + demand);
        d.hours_above = {0};
        d.calls_by_level = {100 * demand / (1 + demand), 100 * demand - 100 * demand / (1 + demand)};
        return d;
    };
    DayCurve const curve{0.01, 100, 40, day};
    for (double const demand : {0.05, 1.0, 10.0}) {
        auto const [is, wanted] = std::pair{once(curve, demand), day(demand)};
        EXPECT_NEAR(is.in_flight_hours, wanted.in_flight_hours, 0.03 * wanted.in_flight_hours) << demand;
        EXPECT_NEAR(is.calls_by_level[0], wanted.calls_by_level[0], 0.03 * wanted.calls_by_level[0]) << demand;
    }
}

TEST(DayCurve, HasNoPlateauWhereOneReplicaComesAndGoes) {
    auto const day = [](double demand) {
        FluidDay d;
        d.paid_hours = 24 * (1 - std::exp(-demand));
        d.peak_replicas = demand > 0 ? 1 : 0;
        d.hours_above = {0};
        d.calls_by_level = {demand};
        return d;
    };
    DayCurve const curve{0.01, 10, 30, day};
    for (double const demand : {0.005, 0.02, 0.1, 0.5, 2.0})
        EXPECT_NEAR(once(curve, demand).paid_hours, day(demand).paid_hours, 0.03 * day(demand).paid_hours) << demand;
}

TEST(DayCurve, GoesOnBeyondItsLastLevelAsBelowIt) {
    DayCurve const curve{1, 100, 9, day_at};
    EXPECT_NEAR(once(curve, 300).paid_hours, 3 * 480, 1e-9);
    EXPECT_NEAR(once(curve, 300).peak_replicas, 60, 1e-9);
    DayCurve const fixed{1, 100, 9, [](double demand) {
                             auto day = day_at(demand);
                             day.paid_hours = 72;
                             day.peak_replicas = 3;
                             return day;
                         }};
    EXPECT_NEAR(once(fixed, 300).paid_hours, 72, 1e-9);
    EXPECT_NEAR(once(fixed, 300).peak_replicas, 3, 1e-9);
    EXPECT_NEAR(once(fixed, 300).calls, 30'000, 1e-6);
}

TEST(DayCurve, ReachesFurtherWithoutChangingWhatItHas) {
    DayCurve const curve{20, 100, 5, day_at};
    auto const wide = curve.reaching(1, 1000, 1.6, [](double demand) {
        auto day = day_at(demand);
        day.paid_hours += demand > 100 ? 7 : 0;  // what a line beyond the last level would not know
        return day;
    });
    for (double const demand : {20.0, 33.0, 100.0}) {
        EXPECT_EQ(once(wide, demand).paid_hours, once(curve, demand).paid_hours);
        EXPECT_EQ(once(wide, demand).calls, once(curve, demand).calls);
    }
    EXPECT_NEAR(once(wide, 1000).paid_hours, 24 * 200 + 7, 1e-9);
    EXPECT_NEAR(once(wide, 400).paid_hours, 24 * 80 + 7, 1e-9);
    EXPECT_NEAR(once(curve, 3).paid_hours, 55.2, 1e-9) << "on the way from 20 to none";
    EXPECT_NEAR(once(wide, 3).paid_hours, 48, 1e-9) << "on the plateau";
}

TEST(DayCurve, ReachesNotBelowItsPlateau) {
    DayCurve const curve{5, 100, 5, day_at};
    int days = 0;
    auto const wide = curve.reaching(0.001, 90, 1.6, [&](double demand) {
        ++days;
        return day_at(demand);
    });
    EXPECT_EQ(days, 0) << "less than 5 pays as many hours, and 100 is beyond 90";
    EXPECT_NEAR(once(wide, 0.01).paid_hours, 48, 1e-9);
}

TEST(DayCurve, AddsDaysAndKeepsTheHighestPeak) {
    DayCurve const curve{1, 100, 9, day_at};
    FluidDay sum;
    curve.add(100, 0.5, sum);
    curve.add(50, 2, sum);
    EXPECT_NEAR(sum.paid_hours, 0.5 * 480 + 2 * 240, 1e-9);
    EXPECT_NEAR(sum.peak_replicas, 20, 1e-9);
    EXPECT_NEAR(sum.hours_above[0], 0.5 * 24 * 17 + 2 * 24 * 7, 1e-6);
}

TEST(DayCurve, HasStepsWhereDemandsOfTheirOwnAreIntegrated) {
    auto const stairs = [](double demand) {
        FluidDay day;
        day.paid_hours = 24 * std::ceil(std::max(1.0, demand));
        day.calls = 100 * demand;
        return day;
    };
    DayCurve const coarse{0.5, 8, 3, stairs};
    std::vector<double> const demands{0, 0.7, 2.9, 3, 3.1, 8, 20};
    auto const fine = coarse.refined(demands, stairs);
    for (double const demand : {0.7, 2.9, 3.0})
        EXPECT_NEAR(once(fine, demand).paid_hours, stairs(demand).paid_hours, 1e-9);
    EXPECT_NEAR(once(fine, 3.1).paid_hours, 24 * 4, 1e-9);
    EXPECT_NEAR(once(fine, 0).paid_hours, 24, 1e-9);
}

}  // namespace
}  // namespace runrate
