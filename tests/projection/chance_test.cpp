#include <cmath>

#include <gmock/gmock.h>

#include "projection/traffic_cases.h"
#include "projection/volume.h"

namespace runrate {
namespace {

using testing::ElementsAreArray;
using namespace std::chrono_literals;

/// Variance of the mean of n days of a lognormal factor with that variation, whose logarithm is AR(1).
double day_variance(double cv, double memory, int n) {
    double const log_variance = std::log1p(cv * cv);
    double sum = 0;
    for (int s = 0; s < n; ++s) {
        for (int t = 0; t < n; ++t) sum += std::expm1(log_variance * std::pow(memory, std::abs(s - t)));
    }
    return sum / n / n;
}

Traffic noisy(double per_month, double day_to_day, double gaps_cv) {
    Traffic traffic = rate(per_month, RatePer::month);
    traffic.day_to_day = Number{day_to_day};
    traffic.gaps_cv = Number{gaps_cv};
    return traffic;
}

/// Mean and variance of the draws of many worlds against one expected month, and their standard errors.
struct Spread {
    double mean, mean_error, variance, variance_error;
};

Spread spread(Traffic const& traffic, Calendar const& calendar, double scale, std::uint32_t worlds) {
    auto const volumes = expected_volumes(traffic, calendar, {});
    std::vector<double> ratios;
    for (std::uint32_t w = 0; w < worlds; ++w) {
        auto const drawn = drawn_sessions(traffic, volumes, scale, Pooling::pools, {},
                                          {.seed = 11, .world = w, .feature = FeatureId{2}});
        ratios.push_back(drawn.back() / (scale * volumes.back().sessions));
    }
    double const n = worlds;
    double m1 = 0, m2 = 0, m4 = 0;
    for (double r : ratios) m1 += r / n;
    for (double r : ratios) m2 += std::pow(r - m1, 2) / n;
    for (double r : ratios) m4 += std::pow(r - m1, 4) / n;
    return {m1, std::sqrt(m2 / n), m2, std::sqrt((m4 - m2 * m2) / n)};
}

/// The drawn variance covers `truth`, and the interval would not cover a tenth more.
void expect_variance(Spread const& s, double truth) {
    EXPECT_NEAR(s.mean, 1, 4 * s.mean_error);
    EXPECT_NEAR(s.variance, truth, 4 * s.variance_error);
    EXPECT_LT(4 * s.variance_error, 0.1 * truth);
}

Calendar const april{.start = 2026y / 4, .months = 1};
constexpr std::uint32_t worlds = 20'000;

TEST(Chance, TheDayFactorSurvivesPoolingAndGapNoiseDoesNot) {
    double const days = day_variance(0.35, 0.5, 30);
    double const gaps = 6 * 6 / 2000.0;
    expect_variance(spread(noisy(2000, 0.35, 6), april, 1, worlds), days + gaps);
    expect_variance(spread(noisy(2000, 0.35, 6), april, 100, worlds), days + gaps / 100);
    EXPECT_GT(gaps, 0.5 * days);  // else the two cases would prove nothing
}

TEST(Chance, GapNoiseAloneIsItsClosedForm) {
    expect_variance(spread(noisy(500, 0, 3), april, 1, worlds), 9.0 / 500);
    expect_variance(spread(noisy(500, 0, 3), april, 100, worlds), 9.0 / 50'000);
}

TEST(Chance, MemoryOfDaysWidensAMonth) {
    Traffic traffic = noisy(1e12, 0.3, 1);
    traffic.day_memory = Number{0.0};
    expect_variance(spread(traffic, april, 1, worlds), 0.09 / 30);
    traffic.day_memory = Number{0.8};
    expect_variance(spread(traffic, april, 1, worlds), day_variance(0.3, 0.8, 30));
}

TEST(Chance, TheLastOfManyMonthsIsAsWideAsTheFirst) {
    Calendar const year{.start = 2025y / 5, .months = 12};
    expect_variance(spread(noisy(1e12, 0.3, 1), year, 1, worlds), day_variance(0.3, 0.5, 30));
}

TEST(Chance, AFlatMonthHasTheSpreadOfItsDays) {
    Calendar flat = april;
    flat.flat_months = true;
    expect_variance(spread(noisy(1e12, 0.3, 1), flat, 1, worlds), day_variance(0.3, 0.5, 30));
}

TEST(Chance, FewSessionsAreNeverLessThanNoneAndKeepTheirMean) {
    auto const s = spread(noisy(2, 0, 1.5), april, 1, 100'000);
    EXPECT_NEAR(s.mean, 1, 4 * s.mean_error);
    EXPECT_LT(4 * s.mean_error, 0.02);
    auto const traffic = noisy(2, 0.3, 1.5);
    auto const volumes = expected_volumes(traffic, april, {});
    for (std::uint32_t w = 0; w < 2000; ++w)
        EXPECT_GE(drawn_sessions(traffic, volumes, 1, Pooling::pools, {}, {.seed = 1, .world = w, .feature = {}})[0],
                  0);
}

TEST(Chance, ALongerHorizonBeginsLikeAShorterOne) {
    auto const traffic = noisy(50'000, 0.3, 1.8);
    auto const draw = [&](int months) {
        auto const volumes = expected_volumes(traffic, {.start = 2026y / 1, .months = months}, {});
        return drawn_sessions(traffic, volumes, 10, Pooling::pools, {},
                              {.seed = 5, .world = 7, .feature = FeatureId{1}});
    };
    auto const longer = draw(24);
    auto const shorter = draw(7);
    EXPECT_THAT(shorter, ElementsAreArray(longer.begin(), longer.begin() + 7));
}

TEST(Chance, ScalesShareTheirDaysAndTheirNormal) {
    auto const days_only = noisy(50'000, 0.3, 0);
    auto const volumes = expected_volumes(days_only, april, {});
    auto const draw = [&](Traffic const& t, double scale) {
        return drawn_sessions(t, volumes, scale, Pooling::pools, {}, {.seed = 3, .feature = {}})[0] / scale;
    };
    EXPECT_NEAR(draw(days_only, 100) / draw(days_only, 1), 1, 1e-14);
    double const one = std::log(draw(noisy(50'000, 0.3, 2), 1) / draw(days_only, 1));
    double const hundred = std::log(draw(noisy(50'000, 0.3, 2), 100) / draw(days_only, 100));
    EXPECT_NEAR(one / hundred, 10, 0.2);
}

/// Ten times the use of the same customers is as uneven as theirs.
TEST(Chance, MoreUseOfTheSameCustomersDoesNotPool) {
    auto const traffic = noisy(500, 0.3, 2);
    auto const volumes = expected_volumes(traffic, april, {});
    auto const draw = [&](double scale, Pooling pooling) {
        return drawn_sessions(traffic, volumes, scale, pooling, {}, {.seed = 3, .feature = {}})[0] / scale;
    };
    EXPECT_NEAR(draw(100, Pooling::does_not) / draw(1, Pooling::pools), 1, 1e-14);
    EXPECT_NE(draw(100, Pooling::pools), draw(1, Pooling::pools));
}

TEST(Chance, WorldsAndFeaturesHaveTheirOwn) {
    auto const traffic = noisy(50'000, 0.3, 1);
    auto const volumes = expected_volumes(traffic, april, {});
    auto const draw = [&](ChanceAddress const& at) {
        return drawn_sessions(traffic, volumes, 1, Pooling::pools, {}, at)[0];
    };
    double const here = draw({.seed = 3, .world = 1, .feature = FeatureId{0}});
    EXPECT_EQ(here, draw({.seed = 3, .world = 1, .feature = FeatureId{0}}));
    EXPECT_NE(here, draw({.seed = 4, .world = 1, .feature = FeatureId{0}}));
    EXPECT_NE(here, draw({.seed = 3, .world = 2, .feature = FeatureId{0}}));
    EXPECT_NE(here, draw({.seed = 3, .world = 1, .feature = FeatureId{1}}));
}

TEST(Chance, SchedulesHaveNone) {
    Traffic traffic = jobs(Schedule::Every::day, 20'000);
    traffic.day_to_day = Number{0.5};
    auto const volumes = expected_volumes(traffic, april, {});
    EXPECT_EQ(drawn_sessions(traffic, volumes, 10, Pooling::pools, {}, {})[0], 10 * 30 * 20'000.0);
}

TEST(Chance, NoTrafficStaysNone) {
    auto const traffic = noisy(0, 0.3, 1);
    EXPECT_EQ(drawn_sessions(traffic, expected_volumes(traffic, april, {}), 10, Pooling::pools, {}, {})[0], 0);
}

}  // namespace
}  // namespace runrate
