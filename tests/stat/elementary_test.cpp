#include "stat/elementary.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/contract.h"

namespace runrate {
namespace {

void expect_relative(double actual, double expected, double tolerance, char const* what) {
    EXPECT_LE(std::abs(actual - expected), tolerance * std::abs(expected))
        << what << ": " << actual << " for " << expected;
}

TEST(Elementary, AgreesWithTheStandardLibraryToTheLastDigits) {
    for (double x = -300; x < 300; x += 0.37) expect_relative(real::exp(x), std::exp(x), 3e-16, "exp");
    for (double x = -30; x < 30; x += 0.037) expect_relative(real::expm1(x), std::expm1(x), 3e-16, "expm1");
    for (double x = 1e-12; x < 1e12; x *= 1.37) {
        expect_relative(real::log(x), std::log(x), 3e-16, "log");
        expect_relative(real::log1p(x), std::log1p(x), 3e-16, "log1p");
        expect_relative(real::pow(x, 1.7), std::pow(x, 1.7), 3e-16, "pow");
    }
}

TEST(Elementary, LogitAndLogisticAreInverse) {
    EXPECT_EQ(real::logistic(0), 0.5);
    for (double p : {1e-9, 0.02, 0.3, 0.5, 0.77, 0.999})
        expect_relative(real::logistic(real::logit(p)), p, 1e-14, "share");
    EXPECT_EQ(real::logistic(-800), 0);
    EXPECT_EQ(real::logistic(800), 1);
}

// Reference values by 60-digit arithmetic.
TEST(NormalQuantile, MatchesReferenceValues) {
    struct Case {
        double p, z;
    };
    for (auto [p, z] : {Case{1e-15, -7.941345326170996781},
                        {1e-9, -5.9978070150076868716},
                        {0.001, -3.0902323061678135415},
                        {0.05, -1.6448536269514727149},
                        {0.25, -0.6744897501960817432},
                        {0.45, -0.12566134685507403421},
                        {0.6, 0.2533471031357997988},
                        {0.975, 1.9599639845400542355}}) {
        expect_relative(real::normal_quantile(p), z, 1e-15, "z");
    }
    EXPECT_EQ(real::normal_quantile(0.5), 0);
}

TEST(NormalQuantile, IsAskedForInsideTheOpenIntervalOnly) {
    EXPECT_THROW(real::normal_quantile(0), ContractError);
    EXPECT_THROW(real::normal_quantile(1), ContractError);
    EXPECT_THROW(real::normal_quantile(std::nan("")), ContractError);
}

TEST(NormalCdf, MatchesReferenceValues) {
    expect_relative(real::normal_cdf(-8), 6.2209605742717841235e-16, 1e-14, "cdf");
    expect_relative(real::normal_cdf(-1), 0.15865525393145705141, 1e-15, "cdf");
    expect_relative(real::normal_cdf(0.5), 0.69146246127401310364, 1e-15, "cdf");
    expect_relative(real::normal_cdf(3), 0.99865010196836990547, 1e-15, "cdf");
}

TEST(NormalCdf, InvertsTheQuantile) {
    for (double p = 1e-14; p < 0.5; p *= 1.9) {
        expect_relative(real::normal_cdf(real::normal_quantile(p)), p, 1e-13, "p");
        EXPECT_NEAR(real::normal_cdf(real::normal_quantile(1 - p)), 1 - p, 3e-16);
    }
}

TEST(StudentQuantile, MatchesReferenceValuesAndClosedForms) {
    EXPECT_NEAR(real::student_quantile(0.975, 7), 2.3646242515927853417, 1e-12);
    EXPECT_NEAR(real::student_quantile(0.975, 1), 12.706204736174704646, 1e-10);
    EXPECT_NEAR(real::student_quantile(0.95, 1000), 1.6463788172854647156, 1e-10);
    for (double p : {0.001, 0.3, 0.45, 0.5, 0.500001, 0.6, 0.9, 0.9999}) {
        double const alpha = 4 * p * (1 - p), two = 2 * (p - 0.5) * std::sqrt(2 / alpha);  // Student's law of 2 degrees
        EXPECT_NEAR(real::student_quantile(p, 2), two, 1e-12 * (1 + std::abs(two))) << p;
        double const cauchy = std::tan(3.14159265358979323846 * (p - 0.5));
        EXPECT_NEAR(real::student_quantile(p, 1), cauchy, 1e-12 * (1 + std::abs(cauchy))) << p;
    }
}

TEST(StudentQuantile, ApproachesTheNormalWithManyDegrees) {
    EXPECT_NEAR(real::student_quantile(0.975, 1'000'000), 1.959964, 5e-6);
}

}  // namespace
}  // namespace runrate
