// The fluid as the queues of the textbooks: what the projection integrates has their means, spreads and losses.

#include <array>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "engine/build.h"
#include "projection/fluid.h"
#include "stat/interval.h"

namespace runrate {
namespace {

constexpr double hour_s = 3600;

NormalTable normals(std::uint32_t world) { return NormalTable{{.seed = 9, .world = world, .purpose = Purpose::fluid}}; }

PoolSettings one_replica() { return {.replica = small_replica(), .parameters = {}, .replicas = 1}; }

/// Levels of one replica at which a call takes what it takes alone: as many servers as calls.
LoadCurve endless(std::vector<double> const& in_flight, double sojourn_s) {
    LoadCurve curve;
    for (double const n : in_flight)
        curve.levels.push_back({.in_flight = n, .sojourn_s = {sojourn_s}, .calls_per_s = n / sojourn_s});
    return curve;
}

/// Of so many servers: beyond them calls wait.
LoadCurve servers(int count, double service_s) { return endless({1, static_cast<double>(count)}, service_s); }

/// A figure of days of one feature, over worlds.
template <class Figure>
Estimate over_worlds(PoolSettings const& settings, LoadCurve const& curve, FluidFeature const& feature,
                     Figure const& figure) {
    std::vector<double> values;
    for (std::uint32_t w = 0; w < 16; ++w)
        values.push_back(figure(fluid_day({&settings, &curve}, {feature}, 1, {}, normals(w))));
    return estimate(values);
}

/// That the interval holds a value but for what the fluid leaves out, and is narrow enough to tell it from others.
void expect_covers(Estimate const& e, double value, double left_out, double widest) {
    EXPECT_NEAR(e.mean, value, left_out + 2 * e.half_width);
    EXPECT_LT(2 * e.half_width, widest) << "proves nothing";
}

/// What is in flight, weighted by what is completed then: E[N^2] / E[N], since completions are in proportion to N.
/// Levels are exact for it, because calls are shared between those around them in proportion.
double weighted_in_flight(LoadCurve const& curve, FluidDay const& day) {
    double sum = 0;
    for (std::size_t l = 0; l < curve.levels.size(); ++l) sum += day.calls_by_level[l] * curve.levels[l].in_flight;
    return sum / day.calls;
}

/// M/M/inf has a variance of its mean m; that of GI/M/inf is m (1 + cv^2) / 2 where m is large.
TEST(FluidOfEndlessServers, VariesAsItsArrivalsMakeIt) {
    constexpr double mean = 200, service_s = 60;
    auto const settings = one_replica();
    auto const curve = endless({1e-9, 1e4}, service_s);
    for (double const cv : {1.0, 2.0, 3.0}) {
        FluidFeature const calls{.per_hour = std::vector<double>(24, mean * hour_s / service_s), .gaps_cv = cv};
        auto const e =
            over_worlds(settings, curve, calls, [&](FluidDay const& d) { return weighted_in_flight(curve, d) - mean; });
        expect_covers(e, (1 + cv * cv) / 2, 0, 1.5);
    }
}

/// Of Mt/M/inf, whose rate is constant within each hour: m(t) goes to rate x service as exp(-t / service).
class DayOfEndlessServers {
public:
    DayOfEndlessServers(std::vector<double> const& per_hour, double service_s)
        : per_hour_{per_hour}, service_s_{service_s} {
        double m = per_hour[22] / hour_s * service_s;  // in equilibrium two hours before the day, as a fluid begins
        for (std::size_t h = 22; h < 24; ++h) m = after(m, h, hour_s);
        for (std::size_t h = 0; h < 24; ++h) {
            begins_.push_back(m);
            m = after(m, h, hour_s);
        }
    }
    [[nodiscard]] double at(double t_s) const {
        auto const h = static_cast<std::size_t>(t_s / hour_s);
        return after(begins_[h], h, t_s - static_cast<double>(h) * hour_s);
    }

private:
    [[nodiscard]] double after(double m, std::size_t hour, double t_s) const {
        double const settled = per_hour_[hour] / hour_s * service_s_;
        return settled + (m - settled) * std::exp(-t_s / service_s_);
    }
    std::vector<double> per_hour_, begins_;
    double service_s_;
};

TEST(FluidOfEndlessServers, IsAtEveryTimeWhatHasNotBeenServedYet) {
    constexpr double service_s = 1500, step_s = 10;
    std::vector<double> per_hour, levels{1}, expected(11, 0);
    for (int h = 0; h < 24; ++h) per_hour.push_back(3e5 * (1.2 + std::sin(h * 0.7)) * (h == 15 ? 3 : 1));
    for (int i = 1; i <= 10; ++i) levels.push_back(3e4 * i);
    // How many calls are completed around each level: all of the day's path but its order.
    DayOfEndlessServers const day{per_hour, service_s};
    for (double t = step_s / 2; t < 24 * hour_s; t += step_s) {
        double const m = day.at(t);
        std::size_t l = 1;
        while (levels.at(l) < m) ++l;
        double const below = (levels[l] - m) / (levels[l] - levels[l - 1]);
        expected[l - 1] += m / service_s * step_s * below;
        expected[l] += m / service_s * step_s * (1 - below);
    }
    auto const settings = one_replica();
    auto const curve = endless(levels, service_s);
    double const all = std::accumulate(expected.begin(), expected.end(), 0.0);
    for (std::size_t l = 0; l < levels.size(); ++l) {
        auto const e = over_worlds(settings, curve, {.per_hour = per_hour},
                                   [&](FluidDay const& d) { return d.calls_by_level[l]; });
        expect_covers(e, expected[l], 5e-4 * all, 5e-3 * all);
    }
}

TEST(FluidOfFewServers, WaitsAboutAsErlangSays) {
    auto const settings = one_replica();
    for (auto const& [count, load, wait] :
         {std::array{10.0, 0.8, 0.204590}, {10.0, 0.9, 0.668732}, {100.0, 0.95, 0.101291}}) {
        auto const e = over_worlds(settings, servers(static_cast<int>(count), 60),
                                   {.per_hour = std::vector<double>(24, count * load * 60)},
                                   [](FluidDay const& d) { return d.in_flight_hours / 24; });
        double const in_flight = count * load * (1 + wait);
        expect_covers(e, in_flight, 0.02 * in_flight, 0.08 * in_flight);
    }
}

/// Little: what is in flight over time is what calls take, however much they have to wait.
TEST(FluidOfFewServers, HasInFlightWhatItsCallsTake) {
    LoadCurve const curve{{{.in_flight = 1, .sojourn_s = {8}, .calls_per_s = 1.0 / 8},
                           {.in_flight = 10, .sojourn_s = {10}, .calls_per_s = 1},
                           {.in_flight = 40, .sojourn_s = {20}, .calls_per_s = 2}}};
    auto const settings = one_replica();
    for (double const load : {0.3, 0.9, 1.3}) {
        std::vector<double> hours(24, 0.2 * 2 * hour_s);
        for (std::size_t h = 8; h < 14; ++h) hours[h] = load * 2 * hour_s;
        auto const day = fluid_day({&settings, &curve}, {{.per_hour = hours}}, 1, {}, normals(1));
        double times_s = day.waited_s;
        for (std::size_t l = 0; l < day.calls_by_level.size(); ++l)
            times_s += day.calls_by_level[l] * curve.levels[std::min(l, curve.levels.size() - 1)].sojourn_s[0];
        EXPECT_NEAR(day.in_flight_hours * hour_s, times_s, 0.005 * times_s) << load;
    }
}

/// Ten servers of a minute, with a queue for so many.
PoolSettings with_queue(std::int64_t queue) {
    auto settings = one_replica();
    settings.admission = {10, queue};
    return settings;
}

TEST(FluidThatSheds, LosesNoCall) {
    auto const curve = servers(10, 60);
    for (std::int64_t const queue : {0, 20}) {
        auto const settings = with_queue(queue);
        for (double const load : {0.8, 1.0, 1.5, 3.0}) {
            double const asked = load * 14'400;
            for (double const calls : {1.0, 12.0}) {
                FluidFeature const f{.per_hour = std::vector<double>(24, asked / 24 / calls),
                                     .calls = calls,
                                     .other_s = calls > 1 ? 100.0 : 0};
                auto const e = over_worlds(settings, curve, f, [](FluidDay const& d) { return d.calls + d.shed; });
                expect_covers(e, asked, 0.005 * asked, 0.06 * asked);
                auto const served = over_worlds(settings, curve, f, [](FluidDay const& d) { return d.calls; });
                EXPECT_LT(served.mean, 14'400 * 1.02) << "what ten servers can serve";
                EXPECT_GT(served.mean, std::min(asked, 14'400.0) * 0.8);
            }
        }
    }
}

TEST(FluidThatSheds, ServesAsManyOfSeveralFeatures) {
    auto const settings = with_queue(0);
    LoadCurve const curve{{{.in_flight = 10, .sojourn_s = {60, 30}, .calls_per_s = 0.2}}};
    FluidFeature const chats{.per_hour = std::vector<double>(24, 500), .calls = 3, .other_s = 20};
    FluidFeature batch{.per_hour = std::vector<double>(24, 0)};
    batch.per_hour[20] = 50'000;
    auto const day = fluid_day({&settings, &curve}, {chats, batch}, 1, {}, normals(2));
    EXPECT_NEAR(day.calls + day.shed, 24 * 1500 + 50'000, 0.02 * 86'000);
    EXPECT_GT(day.calls, 10'000);
    EXPECT_LT(day.calls, 28'800) << "all of them as fast as the faster ones";
    for (double const calls : day.calls_by_level) EXPECT_GE(calls, 0);
}

/// A fluid misses peaks between its steps, and so loses fewer.
TEST(FluidThatSheds, LosesAboutAsManyAsErlangSays) {
    for (auto const& [count, offered, loss] : {std::array{10.0, 8.0, 0.121661}, {100.0, 90.0, 0.026957}}) {
        auto settings = with_queue(0);
        settings.admission.in_flight = static_cast<std::int64_t>(count);
        auto const e = over_worlds(settings, servers(static_cast<int>(count), 60),
                                   {.per_hour = std::vector<double>(24, offered * 60)},
                                   [](FluidDay const& d) { return d.shed / (d.shed + d.calls); });
        expect_covers(e, loss, 0.4 * loss, 0.1 * loss);
    }
}

TEST(FluidOfABusyEvening, BeginsWithWhatThatLeavesAndNoMore) {
    // Half as much again as is served in two hours: 2,880 calls of them wait at midnight, on both sides of the day.
    auto const settings = one_replica();
    std::vector<double> hours(24, 288);
    hours[22] = hours[23] = 1.5 * 2880;
    auto const curve = servers(8, 10);
    auto const day = fluid_day({&settings, &curve}, {{.per_hour = hours}}, 1, {}, normals(3));
    EXPECT_NEAR(day.calls, 22 * 288 + 2 * 1.5 * 2880, 300);
}

}  // namespace
}  // namespace runrate
