#include "stat/special_functions.h"

#include <cmath>

#include <gtest/gtest.h>

#include "stat/elementary.h"

namespace runrate {
namespace {

// Reference values by 60-digit arithmetic (mpmath).
TEST(GammaTails, MatchReferenceValues) {
    struct Case {
        double a, x, lower, upper, tolerance;
    };
    for (auto [a, x, lower, upper, tolerance] :
         {Case{0.1, 0.01, 0.66262125995447980576, 0.33737874004552019424, 1e-14},
          {0.5, 3, 0.98569412156457036047, 0.014305878435429639526, 1e-14},
          {2.5, 1, 0.15085496391539036377, 0.84914503608460963623, 1e-14},
          {10, 20, 0.99500458769169241283, 0.0049954123083075871662, 1e-14},
          {100, 80, 0.017108313035133114166, 0.98289168696486688583, 1e-13},
          {2000, 2100, 0.9863525323166296227, 0.013647467683370377295, 1e-13},
          {1e4, 10300, 0.99852950510361431872, 0.0014704948963856812759, 1e-11},
          {1e5, 99000, 0.00075741992117476797412, 0.99924258007882523203, 1e-11}}) {
        auto const tails = real::gamma_tails(a, x);
        EXPECT_NEAR(tails.lower / lower, 1, tolerance) << a << ' ' << x;
        EXPECT_NEAR(tails.upper / upper, 1, tolerance) << a << ' ' << x;
    }
}

TEST(GammaTails, OfAWholeShapeAreAPoissonSum) {
    double term = std::exp(-4.0), sum = 0;
    for (int k = 0; k < 6; ++k) {
        sum += term;
        term *= 4.0 / (k + 1);
    }
    EXPECT_NEAR(real::gamma_tails(6, 4).upper, sum, 1e-14);
}

TEST(GammaTails, JoinWhereTheExpansionForLargeShapesTakesOver) {
    for (double z : {-6.0, -2.0, 0.0, 3.0, 6.0}) {
        double const below = real::gamma_tails(9999.999999, 9999.999999 + 100 * z).lower;
        double const above = real::gamma_tails(10000, 10000 + 100 * z).lower;
        EXPECT_NEAR(above / below, 1, 1e-7) << z;  // the shapes differ by 1e-10
    }
}

TEST(GammaQuantile, InvertsTheTails) {
    for (double a : {0.01, 0.3, 1.0, 4.5, 60.0, 3000.0, 9999.0, 10001.0, 1e7}) {
        for (double p : {1e-15, 1e-9, 0.001, 0.3, 0.5, 0.500001, 0.8, 0.999, 1 - 1e-9, 1 - 0x1p-53}) {
            double const y = real::log_gamma_quantile(a, p);
            if (y < -600) continue;
            auto const tails = real::gamma_tails(a, real::exp(y));
            EXPECT_NEAR(p < 0.5 ? tails.lower / p : tails.upper / (1 - p), 1, 1e-10) << a << ' ' << p;
        }
    }
}

TEST(GammaQuantile, FollowsThePowerLawWhereTheLeastDoubleIsTooGreat) {
    // P(X < x) = x^a / Gamma(a + 1) there.
    double const y = real::log_gamma_quantile(0.01, 1e-9);
    EXPECT_LT(y, -2000);
    EXPECT_NEAR(0.01 * y - std::lgamma(1.01), std::log(1e-9), 1e-12);
}

TEST(BetaTails, MatchReferenceValues) {
    struct Case {
        double a, b, x, lower, upper;
    };
    for (auto [a, b, x, lower, upper] : {Case{1, 5, 0.1, 0.40951, 0.59049},
                                         {3, 3, 0.5, 0.5, 0.5},
                                         {2.2, 3.8, 0.9, 0.99912346486722155527, 0.00087653513277844473345},
                                         {3.5, 0.5, 0.99, 0.79797169523485100725, 0.20202830476514899275},
                                         {0.5, 50, 0.001, 0.24763098003462321218, 0.75236901996537678782}}) {
        auto const tails = real::beta_tails(a, b, x, 1 - x);
        EXPECT_NEAR(tails.lower / lower, 1, 1e-13) << a << ' ' << b;
        EXPECT_NEAR(tails.upper / upper, 1, 1e-13) << a << ' ' << b;
    }
}

TEST(BetaQuantile, InvertsTheTails) {
    for (double a : {0.5, 1.0, 2.2, 5.0, 40.0}) {
        for (double b : {0.5, 1.0, 3.8, 5.0}) {
            for (double p : {1e-12, 0.001, 0.3, 0.5, 0.8, 0.999, 1 - 1e-12}) {
                double const y = real::logit_beta_quantile(a, b, p);
                auto const tails = real::beta_tails(a, b, real::logistic(y), real::logistic(-y));
                EXPECT_NEAR(p < 0.5 ? tails.lower / p : tails.upper / (1 - p), 1, 1e-11) << a << ' ' << b << ' ' << p;
            }
        }
    }
}

}  // namespace
}  // namespace runrate
