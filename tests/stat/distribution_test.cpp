#include "stat/distribution.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/contract.h"
#include "stat/density.h"
#include "stat/elementary.h"
#include "stat/laws.h"

namespace runrate {
namespace {

class SmoothLaw : public testing::TestWithParam<NamedLaw> {};
INSTANTIATE_TEST_SUITE_P(Laws, SmoothLaw, testing::ValuesIn(smooth_laws()), name_of);

class AnyLaw : public testing::TestWithParam<NamedLaw> {};
INSTANTIATE_TEST_SUITE_P(Laws, AnyLaw, testing::ValuesIn(all_laws()), name_of);

TEST_P(SmoothLaw, CdfInvertsTheQuantile) {
    for (double p = 1e-9; p < 1; p += p < 0.01 ? p : 0.0137) {
        double const x = quantile(GetParam().law, p);
        if (x < 1e-290) continue;  // where the least double is reached
        EXPECT_NEAR(cdf(GetParam().law, x), p, 1e-11 * p + 2e-14) << p;
    }
}

TEST_P(SmoothLaw, DensityIsTheSlopeOfTheCdf) {
    for (double p : {0.013, 0.2, 0.47, 0.71, 0.98}) {
        double const x = quantile(GetParam().law, p), h = std::abs(x) * 1e-5;
        if (x < 1e-290 && x >= 0) continue;
        double const slope = (cdf(GetParam().law, x + h) - cdf(GetParam().law, x - h)) / (2 * h);
        EXPECT_NEAR(density(GetParam().law, x) / slope, 1, 2e-4) << p;
    }
}

TEST_P(AnyLaw, QuantileIsTheLeastValueThatAShareReaches) {
    for (double p : {1e-6, 0.013, 0.2, 0.47, 0.71, 0.89, 0.98, 0.999999}) {
        double const x = quantile(GetParam().law, p);
        if (x < 1e-290 && x > 0) continue;
        EXPECT_GE(cdf(GetParam().law, x), p - 1e-12) << p;
        EXPECT_LE(cdf_before(GetParam().law, x), p + 1e-12) << p;
    }
}

TEST_P(AnyLaw, MoreUniformGivesNoLessValue) {
    double last = -1e300;
    for (double p = 1e-12; p < 1; p += p < 0.001 ? p / 3 : 0.0007) {
        double const x = quantile(GetParam().law, p);
        EXPECT_GE(x, last - 1e-14 * std::abs(last)) << p;
        last = x;
    }
}

/// The integral of the quantile function: midpoints of z-space, where it is smooth and falls off like a normal density.
double mean_by_quadrature(Distribution const& law) {
    double sum = 0;
    constexpr double step = 1.0 / 512;
    for (double z = -8.2 + step / 2; z < 8.2; z += step) {
        double const p = z < 0 ? real::normal_cdf(z) : 1 - real::normal_cdf(-z);
        sum += quantile(law, p) * std::exp(-z * z / 2) * step / std::sqrt(2 * 3.14159265358979323846);
    }
    return sum;
}

TEST_P(AnyLaw, MeanIsTheIntegralOfTheQuantile) {
    auto const& [name, law] = GetParam();
    // Atoms, ends and far tails cost the quadrature its accuracy.
    double const tolerance = name == "wide_lognormal" || name == "pareto" || name == "mixture_with_a_gap" ? 2e-3 : 6e-4;
    double const expected = mean(law);
    EXPECT_NEAR(mean_by_quadrature(law), expected, tolerance * std::abs(expected));
}

TEST(Mean, OfALogitNormalIsExactInTheKnownCases) {
    EXPECT_NEAR(mean(LogitNormal{0, 1.7}), 0.5, 1e-12);  // by symmetry
    EXPECT_NEAR(mean(LogitNormal{1.3, 1e-9}), real::logistic(1.3), 1e-12);
    // E[logistic(mu + s Z)] + E[logistic(-mu + s Z)] = 1 for every spread.
    for (double s : {0.2, 1.0, 4.0, 12.0}) EXPECT_NEAR(mean(LogitNormal{2, s}) + mean(LogitNormal{-2, s}), 1, 1e-12);
}

TEST(Mean, OfAParetoWithoutOneIsInfinite) {
    EXPECT_TRUE(std::isinf(mean(Pareto{1, 1})));
    EXPECT_EQ(mean(Pareto{2, 3}), 3);
}

TEST(Geometric, HasTheMeanAsStatedFromEitherStart) {
    for (auto [mean_stated, from] : {std::pair{0.25, 0}, {2.5, 0}, {1.5, 1}, {40.0, 1}}) {
        Distribution const law = Geometric{mean_stated, from};
        double sum = 0;
        for (int k = from; k < 3000; ++k) sum += k * (cdf(law, k) - cdf_before(law, k));
        EXPECT_NEAR(sum, mean_stated, 1e-9 * mean_stated);
    }
}

TEST(Geometric, NeverStartsBelowItsStart) {
    EXPECT_EQ(quantile(Geometric{5, 1}, 1e-16), 1);
    EXPECT_EQ(quantile(Geometric{5, 0}, 1e-16), 0);
    EXPECT_EQ(quantile(Geometric{1, 1}, 0.999), 1);
}

TEST(Quantile, AgreesWithClosedFormsOfTheStandardLibrary) {
    for (double p : {1e-9, 0.01, 0.3, 0.5, 0.9, 0.999}) {
        double const z = real::normal_quantile(p), e = -std::log1p(-p);
        auto const same = [&](Distribution const& law, double expected) {
            EXPECT_NEAR(quantile(law, p) / expected, 1, 1e-12) << law.index() << ' ' << p;
        };
        same(Lognormal{3, 0.7}, std::exp(3 + 0.7 * z));
        same(LogitNormal{3, 0.7}, 1 / (1 + std::exp(-3 - 0.7 * z)));
        same(RelativeNormal{0.3, 0.7}, std::expm1(0.3 + 0.7 * z));
        same(Exponential{20}, 20 * e);
        same(Gamma{1, 20}, 20 * e);
        same(Weibull{1.7, 20}, 20 * std::pow(e, 1 / 1.7));
        same(Pareto{20, 1.7}, 20 * std::exp(e / 1.7));
        same(Pert{0, 0, 1}, -std::expm1(std::log1p(-p) / 5));
    }
}

TEST(Quantile, NeedsAProbabilityInsideTheOpenInterval) {
    EXPECT_THROW(quantile(Constant{1}, 0), ContractError);
    EXPECT_THROW(quantile(Constant{1}, 1), ContractError);
}

TEST(Sample, TakesOneUniform) {
    Stream a{{.seed = 1}}, b{{.seed = 1}};
    sample(Gamma{2, 3}, a);
    b.uniform();
    EXPECT_EQ(a.bits(), b.bits());
}

}  // namespace
}  // namespace runrate
