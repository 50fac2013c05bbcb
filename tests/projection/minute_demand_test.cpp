#include "projection/minute_demand.h"

#include <cmath>
#include <queue>
#include <vector>

#include <gtest/gtest.h>

#include "serving/token_bucket.h"
#include "stat/stream.h"

namespace runrate {
namespace {

/// A feature with so many sessions in a flat month, around the clock.
struct Flat {
    Traffic traffic;
    std::vector<MonthVolume> volumes;
    MinuteUse use;

    Flat(double per_minute, MinuteUse of)
        : volumes{{{{Date{}, 0, per_minute * 43'800}}, per_minute * 43'800}}, use{of} {}

    [[nodiscard]] MinuteDemand demand(double scale = 1, double gaps_cv = 1, double day_cv = 0,
                                      Pooling pooling = Pooling::pools) const {
        std::vector<FeatureTraffic> const features{{&traffic, &volumes, gaps_cv, day_cv}};
        return MinuteDemand{equal_hours(features, 0), features, std::vector{use}, scale, pooling};
    }
};

MinuteUse const one_call{1, 1, 1, 1, 1, 1};

TEST(EqualHours, AroundTheClockAreOneKind) {
    Flat const flat{10, one_call};
    std::vector<FeatureTraffic> const features{{&flat.traffic, &flat.volumes, 1, 0}};
    auto const hours = equal_hours(features, 0);
    double all = 0;
    for (auto const& h : hours) {
        all += h.hours;
        EXPECT_NEAR(h.sessions[0], 10, 1e-9);
    }
    EXPECT_NEAR(all, 730, 1e-9);
}

TEST(EqualHours, WorkOffAScheduleWithinItsHour) {
    Traffic traffic;
    traffic.volume = Schedule{Schedule::Every::day, {}, 125, Number{6'000}};
    std::vector<MonthVolume> const volumes{{{{Date{}, 0, 6'000}, {Date{std::chrono::days{1}}, 1, 6'000}}, 12'000}};
    std::vector<FeatureTraffic> const features{{&traffic, &volumes, 1, 0}};
    double items = 0;
    for (auto const& h : equal_hours(features, 0)) {
        items += h.hours * 60 * h.sessions[0];
        EXPECT_TRUE(h.sessions[0] == 0 || h.sessions[0] == 100);
    }
    EXPECT_NEAR(items, 12'000, 1e-9);
}

TEST(MinuteDemand, OfPoissonCallsHasTheirQuantile) {
    // Poisson with mean 100: P(X <= 124) = 0.9918.
    EXPECT_NEAR((Flat{100, one_call}.demand().quantile(0.99)), 124, 1.5);
    EXPECT_NEAR((Flat{100, one_call}.demand().mean()), 100, 1e-9);
}

TEST(MinuteDemand, GrowsLessThanInStepWhereCustomersPool) {
    Flat const flat{10, one_call};
    double const one = flat.demand(1).quantile(0.99);
    EXPECT_LT(flat.demand(100).quantile(0.99), 70 * one);
    EXPECT_NEAR(flat.demand(100, 1, 0, Pooling::does_not).quantile(0.99), 100 * one, 0.01 * 100 * one);
}

TEST(MinuteDemand, OfDaysOfTheirOwnNeverPools) {
    EXPECT_GT((Flat{1'000, one_call}.demand(100, 1, 0.3).quantile(0.99)), 1.5e5);
}

TEST(MinuteDemand, RefusesWhatDoesNotFitOnAverage) {
    Flat const flat{100, one_call};
    EXPECT_NEAR(flat.demand().refused(50)[0], 0.5, 1e-9);
    EXPECT_EQ(flat.demand().refused(1'000)[0], 0);
    EXPECT_NEAR(flat.demand().refused(100)[0], 100.0 / (2 * 100) / 100, 1e-9) << "variance / (2 x size), of 100";
}

TEST(MinuteDemand, RefusesByTheHoursOfEachFeature) {
    // Two features, one of them in one hour of the day only: that hour is too full, the others are not.
    Traffic day;
    Traffic hour;
    hour.week.fill(0);
    for (std::size_t row = 0; row < 7; ++row) hour.week[24 * row + 12] = 24;
    std::vector<MonthVolume> const even{{{{Date{}, 0, 43'800}}, 43'800}};    // 1 a minute
    std::vector<MonthVolume> const noon{{{{Date{}, 0, 365'000}}, 365'000}};  // 200 a minute from 12:00
    std::vector<FeatureTraffic> const features{{&day, &even, 1, 0}, {&hour, &noon, 1, 0}};
    MinuteDemand const demand{equal_hours(features, 0), features, std::vector{one_call, one_call}, 1, Pooling::pools};
    auto const refused = demand.refused(100);
    EXPECT_NEAR(refused[1], 1 - 100.0 / 201, 1e-3);
    EXPECT_NEAR(refused[0], refused[1] / 24, 1e-3) << "one of its hours is that one";
}

TEST(MinuteDemand, RefusesOnBusyDays) {
    // 100 a minute under a limit of 120 on days of their own: E[(100 F - 120)+] / 100 for a lognormal F of cv 0.3.
    double const sigma = std::sqrt(std::log(1.09));
    double const d = (std::log(120.0 / 100) + sigma * sigma / 2) / sigma;
    auto const above = [](double z) { return std::erfc(z / std::sqrt(2.0)) / 2; };
    double const expected = above(d - sigma) - 1.2 * above(d);
    EXPECT_NEAR((Flat{100, one_call}.demand(100, 1, 0.3).refused(12'000)[0]), expected, 0.08 * expected)
        << "thirty-two points of the day factor";
    EXPECT_EQ((Flat{100, one_call}.demand(100).refused(12'000)[0]), 0);
}

/// Sessions one by one: bursts of calls within a minute, each call of exponential size; calls per minute as gauge.
class Superposed : public testing::Test {
protected:
    struct Call {
        double at_s, size;
    };

    /// \param per_minute  sessions, Poisson; each makes 6 calls 20 s apart with exponential sizes of mean 1,000
    std::vector<Call> calls(double per_minute, double minutes) const {
        std::vector<Call> all;
        Stream chance{{.seed = 11, .purpose = Purpose::session}};
        for (double at = 0; at < minutes * 60; at -= 60 / per_minute * std::log(chance.uniform())) {
            for (int c = 0; c < 6; ++c) all.push_back({at + 20 * c, -1'000 * std::log(chance.uniform())});
        }
        std::sort(all.begin(), all.end(), [](Call const& a, Call const& b) { return a.at_s < b.at_s; });
        return all;
    }

    /// The same session's use: three calls fall into each of two minutes, or two, three and one by its phase.
    static MinuteUse use() {
        MinuteUse use{.mean = 6'000, .tens = (36 + 6) * 1e6, .whole = (36 + 6) * 1e6, .ten_profile = 36e6};
        constexpr int phases = 6'000;
        std::array<double, 3> profile{};
        for (int p = 0; p < phases; ++p) {
            std::array<double, 3> calls{};
            for (int c = 0; c < 6; ++c) calls[static_cast<std::size_t>((60.0 * p / phases + 20 * c) / 60)] += 1;
            for (std::size_t m = 0; m < 3; ++m) {
                use.squares += (calls[m] * calls[m] + calls[m]) * 1e6 / phases;  // E[(sum of n exponentials)^2]
                profile[m] += calls[m] * 1'000 / phases;
            }
        }
        for (double p : profile) use.profile += p * p;
        return use;
    }
};

TEST_F(Superposed, HaveTheQuantileOfTheirMinutes) {
    constexpr double minutes = 40'000;
    for (double rate : {0.5, 5.0, 50.0}) {
        std::vector<double> used(static_cast<std::size_t>(minutes), 0);
        for (auto const& call : calls(rate, minutes)) {
            auto const minute = static_cast<std::size_t>(call.at_s / 60);
            if (minute < used.size()) used[minute] += call.size;
        }
        std::sort(used.begin(), used.end());
        double const simulated = used[static_cast<std::size_t>(0.99 * minutes)];
        EXPECT_NEAR((Flat{rate, use()}.demand().quantile(0.99)), simulated, (rate < 1 ? 0.12 : 0.05) * simulated)
            << rate << ": with a session every other minute the gamma law is too wide";
    }
}

/// What a token bucket refuses in all attempts when a refused call comes back after about a minute.
double refused_by_bucket(std::vector<double> const& sizes, std::vector<double> const& at_s, double capacity,
                         int attempts) {
    struct Try {
        double at_s;
        std::size_t call;
        int number;
        bool operator<(Try const& other) const { return at_s > other.at_s; }
    };
    std::priority_queue<Try> tries;
    for (std::size_t i = 0; i < sizes.size(); ++i) tries.push({at_s[i], i, 1});
    TokenBucket bucket{capacity};
    Stream jitter{{.seed = 12, .purpose = Purpose::gateway}};
    double asked = 0;
    double refused = 0;
    while (!tries.empty()) {
        auto const next = tries.top();
        tries.pop();
        if (next.number == 1) asked += sizes[next.call];
        if (bucket.take(Instant{} + from_seconds(next.at_s), sizes[next.call])) continue;
        if (next.number == attempts)
            refused += sizes[next.call];
        else
            tries.push({next.at_s + 60 * (0.5 + jitter.uniform()), next.call, next.number + 1});
    }
    return refused / asked;
}

TEST_F(Superposed, AreRefusedAsByATokenBucket) {
    constexpr double rate = 20;
    std::vector<double> sizes, at;
    for (auto const& call : calls(rate, 20'000)) {
        sizes.push_back(call.size);
        at.push_back(call.at_s);
    }
    Flat const flat{rate, use()};
    for (double load : {0.8, 1.0, 1.5}) {
        double const capacity = rate * 6'000 / load;
        double const expected = flat.demand().refused(capacity)[0];
        double const once = refused_by_bucket(sizes, at, capacity, 1);
        double const thrice = refused_by_bucket(sizes, at, capacity, 3);
        EXPECT_NEAR(expected, once, 0.008) << "load " << load;
        EXPECT_GT(expected, once - 0.002) << "errs on the safe side";
        EXPECT_NEAR(expected, thrice, 0.012) << "three attempts, load " << load;
        EXPECT_LE(thrice, once);
    }
}

}  // namespace
}  // namespace runrate
