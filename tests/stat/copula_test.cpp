#include "stat/copula.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/contract.h"
#include "stat/elementary.h"
#include "stat/stream.h"

namespace runrate {
namespace {

std::vector<double> const chained{1, 0.5, 0.3, 0.5, 1, -0.6, 0.3, -0.6, 1};

TEST(GaussianCopula, OfIndependentBeliefsReturnsItsInput) {
    auto const copula = GaussianCopula::from(std::vector<double>{1, 0, 0, 1}, 2);
    ASSERT_TRUE(copula);
    std::vector<double> const u{0.1, 0.87};
    EXPECT_EQ(copula->tie(u), u);
}

TEST(GaussianCopula, GivesNormalScoresTheStatedCorrelation) {
    auto const copula = GaussianCopula::from(chained, 3);
    ASSERT_TRUE(copula);
    constexpr int n = 40'000;
    double products[3][3] = {};
    for (int i = 0; i < n; ++i) {
        Stream stream{{.seed = 3, .item = static_cast<std::uint64_t>(i)}};
        std::vector<double> u{stream.uniform(), stream.uniform(), stream.uniform()};
        u = copula->tie(u);
        for (std::size_t a = 0; a < 3; ++a) {
            for (std::size_t b = 0; b < 3; ++b) {
                products[a][b] += real::normal_quantile(u[a]) * real::normal_quantile(u[b]) / n;
            }
        }
    }
    for (std::size_t a = 0; a < 3; ++a) {
        for (std::size_t b = 0; b < 3; ++b) {
            double const r = chained[3 * a + b];  // the product of scores has variance 1 + r^2
            EXPECT_NEAR(products[a][b], r, 4 * std::sqrt((1 + r * r) / n)) << a << b;
        }
    }
}

TEST(GaussianCopula, EachResultDependsOnEarlierInputsOnly) {
    auto const copula = GaussianCopula::from(chained, 3);
    auto const one = copula->tie(std::vector<double>{0.2, 0.7, 0.4}),
               other = copula->tie(std::vector<double>{0.2, 0.7, 0.9});
    EXPECT_EQ(one[0], other[0]);
    EXPECT_EQ(one[1], other[1]);
    EXPECT_LT(one[2], other[2]);
}

TEST(GaussianCopula, StaysInTheOpenCubeAtItsCorners) {
    auto const copula = GaussianCopula::from(std::vector<double>{1, 0.99, 0.99, 1}, 2);
    for (double u : {0x1p-53, 1 - 0x1p-53}) {
        double const x = copula->tie(std::vector{u, u})[1];
        EXPECT_TRUE(0 < x && x < 1);
    }
}

TEST(GaussianCopula, DoesNotExistForCorrelationsThatContradictEachOther) {
    EXPECT_FALSE(GaussianCopula::from(std::vector<double>{1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1}, 3));
    EXPECT_FALSE(GaussianCopula::from(std::vector<double>{1, 1.1, 1.1, 1}, 2));
    EXPECT_FALSE(GaussianCopula::from(std::vector<double>{1, 1, 1, 1}, 2));
    EXPECT_TRUE(GaussianCopula::from({}, 0));
}

TEST(GaussianCopula, NeedsOneInputPerDimension) {
    auto const copula = GaussianCopula::from(chained, 3);
    EXPECT_THROW((void)copula->tie(std::vector<double>{0.5}), ContractError);
}

}  // namespace
}  // namespace runrate
