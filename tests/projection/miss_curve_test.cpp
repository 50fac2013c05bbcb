#include "projection/miss_curve.h"

#include <cmath>

#include <gtest/gtest.h>

namespace runrate {
namespace {

/// E[F exp(-x F)] for a lognormal F with mean 1, by the trapezoid rule over the normal (exact to rounding here).
double by_trapezoid(double cv, double x) {
    double const variance = std::log1p(cv * cv);
    double const sigma = std::sqrt(variance);
    double const step = 0.005;
    double sum = 0;
    for (double z = -9; z <= 9; z += step) {
        double const factor = std::exp(sigma * z - variance / 2);
        sum += step * std::exp(-z * z / 2) / std::sqrt(2 * std::acos(-1.0)) * factor * std::exp(-x * factor);
    }
    return sum;
}

TEST(MissCurve, WithoutADayFactorItIsTheExponential) {
    MissCurve const curve{0};
    for (double x = 1e-6; x < 60; x *= 1.013) EXPECT_NEAR(curve(x), std::exp(-x), 1e-5) << x;
}

TEST(MissCurve, AveragesOverTheDayFactorWeightedByTraffic) {
    for (double cv : {0.2, 0.35, 0.6}) {
        MissCurve const curve{cv};
        for (double x = 1e-5; x < 60; x *= 1.1) EXPECT_NEAR(curve(x), by_trapezoid(cv, x), 1e-4) << cv << " " << x;
    }
}

TEST(MissCurve, EndsWhereAllMissAndWhereNoneDoes) {
    MissCurve const curve{0.3};
    EXPECT_NEAR(curve(0), 1, 1e-9);
    EXPECT_EQ(curve(64), 0);
    EXPECT_EQ(curve(1e300), 0);
}

TEST(MissCurve, NeverRises) {
    for (double cv : {0.0, 0.35, 2.0}) {
        MissCurve const curve{cv};
        double last = curve(0);
        for (double x = 1e-5; x < 100; x *= 1.0007) {
            double const now = curve(x);
            EXPECT_LE(now, last + 1e-14) << cv << " " << x;
            last = now;
        }
    }
}

}  // namespace
}  // namespace runrate
