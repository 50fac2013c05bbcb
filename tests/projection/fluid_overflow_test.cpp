#include <numeric>

#include <gtest/gtest.h>

#include "engine/build.h"
#include "projection/fluid.h"
#include "stat/interval.h"

namespace runrate {
namespace {

/// A replica that takes as long whatever it has in flight.
LoadCurve endless(double sojourn_s) {
    LoadLevel level{.in_flight = 1e12, .sojourn_s = {sojourn_s}};
    return {{{.in_flight = 1, .sojourn_s = {sojourn_s}}, level}};
}

PoolSettings full_above(double in_flight, int replicas = 1) {
    PoolSettings settings{.replica = small_replica(), .parameters = {}, .replicas = replicas};
    settings.overflow_above = in_flight;
    return settings;
}

FluidOverflow day_of(PoolSettings const& settings, LoadCurve const& curve, FluidFeature const& feature,
                     std::uint32_t world, FluidDay* whole = nullptr) {
    NormalTable const normals{{.seed = 3, .world = world, .purpose = Purpose::fluid}};
    auto const day = fluid_day({&settings, &curve}, {feature}, 1, {}, normals);
    if (whole) *whole = day;
    return day.overflow.at(0);
}

double share_beyond(PoolSettings const& settings, LoadCurve const& curve, FluidFeature const& feature) {
    FluidOverflow sum;
    for (std::uint32_t w = 0; w < 16; ++w) {
        auto const day = day_of(settings, curve, feature, w);
        sum.asked += day.asked;
        sum.beyond += day.beyond;
    }
    return sum.beyond / sum.asked;
}

TEST(FluidOverflow, OfSingleCallsIsErlangsB) {
    auto const curve = endless(60);
    auto const calls = [](double in_flight) {
        return FluidFeature{.per_hour = std::vector<double>(24, in_flight * 60), .overflow_s = 5};
    };
    EXPECT_NEAR(share_beyond(full_above(10), curve, calls(8)), 0.121661, 0.001);
    EXPECT_NEAR(share_beyond(full_above(25, 4), curve, calls(90)), 0.026957, 0.0005);
    EXPECT_NEAR(share_beyond(full_above(10), curve, calls(0.5)), 0, 1e-6);
}

TEST(FluidOverflow, OfSessionsIsErlangsWhereThinkingIsLong) {
    // 8 in flight: 20 calls of 10 s in sessions that think 190 s before each, 160 at a time.
    auto const curve = endless(10);
    FluidFeature const chats{.per_hour = std::vector<double>(24, 8.0 / 10 * 3600 / 20), .calls = 20, .other_s = 190};
    // Sessions come and go slowly: their number spreads the load, which adds a little.
    EXPECT_NEAR(share_beyond(full_above(10), curve, chats), 0.1217, 0.012);
}

TEST(FluidOverflow, KeepsEveryCall) {
    auto const curve = endless(10);
    FluidFeature const chats{.per_hour = std::vector<double>(24, 300), .calls = 12, .other_s = 25, .overflow_s = 20};
    auto const settings = full_above(6, 2);
    double asked = 0, beyond = 0, served = 0, in_flight = 0;
    for (std::uint32_t w = 0; w < 16; ++w) {
        FluidDay whole;
        auto const day = day_of(settings, curve, chats, w, &whole);
        asked += day.asked / 16;
        beyond += day.beyond / 16;
        served += whole.calls / 16;
        in_flight += whole.in_flight_hours / 24 / 16;
        EXPECT_LE(whole.in_flight_hours, 24 * 12.0);
    }
    EXPECT_NEAR(asked, 24 * 300 * 12, 0.01 * 24 * 300 * 12) << "calls of the sessions that come";
    EXPECT_NEAR(served + beyond, asked, 0.01 * asked);
    EXPECT_GT(beyond, 0.02 * asked);
    EXPECT_NEAR(in_flight, served * 10 / 86400, 0.01 * in_flight) << "Little";
}

TEST(FluidOverflow, IsAllThatIsTooMuchUnderHeavyLoad) {
    auto const curve = endless(10);
    // 100 calls in flight are offered; 10 find room.
    FluidFeature const calls{.per_hour = std::vector<double>(24, 36'000), .overflow_s = 30};
    EXPECT_NEAR(share_beyond(full_above(10), curve, calls), 0.9, 0.01);
}

TEST(FluidOverflow, SaysHowCrowdedItIsWhereItHappens) {
    auto const curve = endless(60);
    FluidFeature const even{.per_hour = std::vector<double>(24, 480), .overflow_s = 5};
    auto const day = day_of(full_above(10), curve, even, 1);
    EXPECT_NEAR(day.crowded / day.beyond, day.beyond / day.asked, 0.01) << "the same share all day";
    FluidFeature rush{.per_hour = std::vector<double>(24, 60), .overflow_s = 5};
    rush.per_hour[12] = 1800;
    auto const busy = day_of(full_above(10), curve, rush, 1);
    EXPECT_GT(busy.crowded / busy.beyond, 1.5 * busy.beyond / busy.asked) << "nearly all of it in one hour";
}

TEST(FluidOverflow, LetsTheAutoscalerSeeWhatStays) {
    auto const curve = endless(10);
    auto settings = full_above(8);
    settings.autoscale = AutoscaleRule{
        .in_flight = 4, .every = from_seconds(30), .stabilise = from_seconds(300), .least = 1, .most = 100};
    FluidFeature calls{.per_hour = std::vector<double>(24, 360), .overflow_s = 10};
    for (std::size_t h = 8; h < 18; ++h) calls.per_hour[h] = 7200;  // 20 in flight, where one replica takes 8
    FluidDay day;
    auto const overflow = day_of(settings, curve, calls, 1, &day);
    EXPECT_GT(overflow.beyond, 0);
    EXPECT_LT(overflow.beyond, 0.05 * overflow.asked) << "until replicas are there";
    EXPECT_GE(day.peak_replicas, 5);
}

}  // namespace
}  // namespace runrate
