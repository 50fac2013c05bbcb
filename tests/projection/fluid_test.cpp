#include "projection/fluid.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "engine/build.h"
#include "stat/interval.h"

namespace runrate {
namespace {

constexpr double hour_s = 3600;

/// A replica that takes as long whatever it has in flight: M/M/inf.
LoadCurve endless(double sojourn_s) {
    LoadLevel level{.in_flight = 1e12, .sojourn_s = {sojourn_s}};
    return {{{.in_flight = 1, .sojourn_s = {sojourn_s}}, level}};
}

/// A replica with so many servers, each with a mean of `service_s`: throughput min(i, c) / service.
LoadCurve servers(int c, double service_s) {
    LoadLevel one{.in_flight = 1, .sojourn_s = {service_s}};
    return {{one, {.in_flight = static_cast<double>(c), .sojourn_s = {service_s}}}};
}

FluidFeature single_calls(std::vector<double> per_hour) { return {.per_hour = std::move(per_hour)}; }

PoolSettings pool_of(int replicas) { return {.replica = small_replica(), .parameters = {}, .replicas = replicas}; }

NormalTable normals(std::uint32_t world) { return NormalTable{{.seed = 3, .world = world, .purpose = Purpose::fluid}}; }

/// Means over worlds.
template <class Figure>
Estimate over_worlds(FluidPool const& pool, FluidFeature const& feature, Figure const& figure) {
    std::vector<double> values;
    for (std::uint32_t w = 0; w < 16; ++w) values.push_back(figure(fluid_day(pool, {feature}, 1, {}, normals(w))));
    return estimate(values);
}

TEST(Fluid, OfEndlessServersHasTheMeanOfPoissonTraffic) {
    auto const settings = pool_of(1);
    auto const curve = endless(20);
    auto const in_flight = over_worlds({&settings, &curve}, single_calls(std::vector<double>(24, 1800)),
                                       [](FluidDay const& d) { return d.in_flight_hours / 24; });
    EXPECT_NEAR(in_flight.mean, 1800 / hour_s * 20, 2 * in_flight.half_width + 1e-3);
    EXPECT_LT(in_flight.half_width, 0.2);
}

TEST(Fluid, OfEndlessServersFollowsTheDay) {
    // Mt/M/inf with a rate that steps: the integral over a day is that of the starts in the day, but for the edges.
    auto const settings = pool_of(1);
    auto const curve = endless(600);
    std::vector<double> hours(24, 100);
    hours[10] = hours[11] = 4000;
    auto const calls = over_worlds({&settings, &curve}, single_calls(hours), [](FluidDay const& d) { return d.calls; });
    double const starts = std::accumulate(hours.begin(), hours.end(), 0.0);
    EXPECT_NEAR(calls.mean, starts, 2 * calls.half_width + 1e-3 * starts);
    auto const in_flight =
        over_worlds({&settings, &curve}, single_calls(hours), [](FluidDay const& d) { return d.in_flight_hours; });
    EXPECT_NEAR(in_flight.mean, starts * 600 / hour_s, 2 * in_flight.half_width + 2e-3 * starts * 600 / hour_s);
}

TEST(Fluid, OfFewServersIsNearErlangC) {
    // M/M/8 at a load of 0.75 has 6 + C(8, 6) 6 / (8 - 6) = 6 + 0.3570 * 3 = 7.0709 in flight (Erlang C 0.3570).
    auto const settings = pool_of(1);
    auto const curve = servers(8, 60);
    auto const in_flight = over_worlds({&settings, &curve}, single_calls(std::vector<double>(24, 6 * hour_s / 60)),
                                       [](FluidDay const& d) { return d.in_flight_hours / 24; });
    EXPECT_NEAR(in_flight.mean, 7.0709, 0.08 * 7.0709 + 2 * in_flight.half_width);
}

TEST(Fluid, ServesEveryCallOfItsSessions) {
    auto const settings = pool_of(3);
    auto const curve = servers(8, 4);
    FluidFeature const chats{
        .per_hour = std::vector<double>(24, 200), .calls = 12, .other_s = 30, .parallel = 1.2, .gaps_cv = 1.8};
    auto const calls = over_worlds({&settings, &curve}, chats, [](FluidDay const& d) { return d.calls; });
    EXPECT_NEAR(calls.mean, 24 * 200 * 12, 2 * calls.half_width + 0.002 * 24 * 200 * 12);
}

TEST(Fluid, PaysForWhatThePlanHas) {
    auto const settings = pool_of(3);
    auto const curve = servers(8, 4);
    std::vector<double> const thresholds{1, 3, 5};
    auto const day =
        fluid_day({&settings, &curve}, {single_calls(std::vector<double>(24, 100))}, 1, thresholds, normals(0));
    EXPECT_NEAR(day.paid_hours, 72, 1e-6);
    EXPECT_NEAR(day.hours_above[0], 48, 1e-6);
    EXPECT_NEAR(day.hours_above[1], 0, 1e-9);
    EXPECT_EQ(day.peak_replicas, 3);
}

PoolSettings scaled(int least, int most) {
    auto settings = pool_of(least);
    settings.autoscale = AutoscaleRule{
        .in_flight = 4, .every = from_seconds(30), .stabilise = from_seconds(300), .least = least, .most = most};
    return settings;
}

TEST(Fluid, AddsReplicasAsTheAutoscalerWants) {
    auto const settings = scaled(1, 50);
    auto const curve = servers(8, 10);
    std::vector<double> hours(24, 360);                     // one in flight
    for (std::size_t h = 8; h < 18; ++h) hours[h] = 14400;  // 40 in flight: ten replicas
    auto const day = fluid_day({&settings, &curve, 5}, {single_calls(hours)}, 1, {}, normals(1));
    EXPECT_GT(day.paid_hours, 10 * 10 + 14);
    EXPECT_LT(day.paid_hours, 1.5 * (10 * 10 + 14));
    EXPECT_GE(day.peak_replicas, 11);
    EXPECT_LE(day.peak_replicas, 25);
}

TEST(Fluid, NeverHasMoreThanTheMostNorFewerThanTheLeast) {
    auto const curve = servers(8, 10);
    for (double const demand : {0.0, 1e-6, 1.0, 1e6}) {
        auto const settings = scaled(2, 6);
        auto const day =
            fluid_day({&settings, &curve, 240}, {single_calls(std::vector<double>(24, 3600))}, demand, {}, normals(2));
        EXPECT_LE(day.peak_replicas, 6);
        EXPECT_GE(day.paid_hours, 2 * 24 - 1e-6);
        EXPECT_TRUE(std::isfinite(day.in_flight_hours)) << demand;
    }
}

TEST(Fluid, ScalesToZeroAndBack) {
    auto const settings = scaled(0, 6);
    auto const curve = servers(8, 10);
    std::vector<double> hours(24, 0);
    hours[12] = 3600;
    auto const day = fluid_day({&settings, &curve, 60}, {single_calls(hours)}, 1, {}, normals(4));
    EXPECT_GT(day.paid_hours, 1);
    EXPECT_LT(day.paid_hours, 8);
    EXPECT_NEAR(day.calls, 3600, 0.1 * 3600);
}

TEST(Fluid, ShedsWhatTheQueueDoesNotHold) {
    auto settings = pool_of(1);
    settings.admission = {8, 20};
    auto const curve = servers(8, 10);
    auto const day =
        fluid_day({&settings, &curve}, {single_calls(std::vector<double>(24, 3 * 2880))}, 1, {}, normals(5));
    EXPECT_NEAR(day.shed / (day.shed + day.calls), 2.0 / 3, 0.05);
}

TEST(Fluid, CountsWhatCallsWaitWhereReplicasAreFull) {
    // One replica of 8 servers of 10 s, asked for an hour for twice what it serves by sessions of one call.
    auto const settings = pool_of(1);
    auto curve = servers(8, 10);
    curve.levels.back().calls_per_s = 0.8;
    std::vector<double> hours(24, 1000);
    hours[12] = 2 * 2880;
    auto const day = fluid_day({&settings, &curve}, {single_calls(hours)}, 1, {}, normals(7));
    // 2,880 calls are left at its end, which take an hour: calls wait between nothing and that, half of it on average.
    EXPECT_GT(day.calls_by_level.back(), 0.1 * day.calls);
    EXPECT_GT(day.waited_s / day.calls_by_level.back(), 1000);
    EXPECT_LT(day.waited_s / day.calls_by_level.back(), 2600);
}

TEST(Fluid, ScalesToZeroBetweenSingleCalls) {
    // Half a session an hour, of one call of 10 s: each has a replica that starts for 60 s, serves, and stays for 300
    // s.
    auto const settings = scaled(0, 6);
    auto const curve = servers(8, 10);
    auto const hours = over_worlds({&settings, &curve, 60}, single_calls(std::vector<double>(24, 0.5)),
                                   [](FluidDay const& d) { return d.paid_hours; });
    // A fluid has no single calls: it is right to a factor of two, not of twenty.
    EXPECT_GT(hours.mean, 0.5 * 12 * 375.0 / 3600);
    EXPECT_LT(hours.mean, 2.0 * 12 * 375.0 / 3600);
}

TEST(Fluid, PaysForNoReplicaUnderRepair) {
    auto settings = pool_of(10);
    settings.failures.mean_hours_between = 5;
    auto const curve = servers(8, 10);
    auto const day =
        fluid_day({&settings, &curve, 0, 3600}, {single_calls(std::vector<double>(24, 1000))}, 1, {}, normals(8));
    EXPECT_NEAR(day.paid_hours, 240 * 5 / 6.0, 1e-6);
    auto scaling = scaled(2, 20);
    scaling.failures.mean_hours_between = 5;
    auto const few =
        fluid_day({&scaling, &curve, 240, 3600}, {single_calls(std::vector<double>(24, 10))}, 1, {}, normals(8));
    EXPECT_NEAR(few.paid_hours, 48, 0.5);  // replaced at the next look
}

TEST(Fluid, SharesCallsBetweenTheLevelsAroundIt) {
    auto const settings = pool_of(1);
    LoadLevel const one{.in_flight = 1, .sojourn_s = {20}}, many{.in_flight = 101, .sojourn_s = {20}};
    LoadCurve const curve{{one, many}};
    // 26 in flight on average: a quarter of the way up.
    auto const share = over_worlds({&settings, &curve}, single_calls(std::vector<double>(24, 26 * 180)),
                                   [](FluidDay const& d) { return d.calls_by_level[1] / d.calls; });
    EXPECT_NEAR(share.mean, 0.25, 0.01);
}

TEST(Fluid, ServesAsManyCallsAsAreAskedWhereThereAreFew) {
    auto const settings = pool_of(1);
    auto const curve = servers(8, 4);
    FluidFeature const chats{.per_hour = std::vector<double>(24, 0.5), .calls = 4, .other_s = 30};
    auto const calls = over_worlds({&settings, &curve}, chats, [](FluidDay const& d) { return d.calls; });
    EXPECT_NEAR(calls.mean, 24 * 0.5 * 4, 0.05 * 24 * 0.5 * 4 + 2 * calls.half_width);
}

TEST(Fluid, NeedsNoMoreHoursForLessDemand) {
    auto const settings = scaled(1, 100);
    auto const curve = servers(8, 10);
    double before = 0;
    for (double const demand : {0.1, 0.3, 1.0, 3.0, 10.0}) {
        auto const day =
            fluid_day({&settings, &curve, 240}, {single_calls(std::vector<double>(24, 3600))}, demand, {}, normals(6));
        EXPECT_GE(day.paid_hours, before - 1e-9);
        before = day.paid_hours;
    }
}

}  // namespace
}  // namespace runrate
