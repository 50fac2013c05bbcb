#include "stat/interval.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "core/contract.h"
#include "stat/distribution.h"

namespace runrate {
namespace {

TEST(Estimate, OfThreeGroupsByHand) {
    auto const [mean, standard_error, half_width] = estimate(std::vector<double>{1, 2, 6});
    EXPECT_DOUBLE_EQ(mean, 3);
    EXPECT_NEAR(standard_error, std::sqrt(7.0 / 3), 1e-15);  // variance 14/2, over 3 groups
    EXPECT_NEAR(half_width, 4.302652729749464 * std::sqrt(7.0 / 3), 1e-9);
}

TEST(Estimate, StatesNoErrorFromOneGroup) {
    auto const one = estimate(std::vector<double>{5});
    EXPECT_EQ(one.mean, 5);
    EXPECT_TRUE(std::isnan(one.standard_error) && std::isnan(one.half_width));
    auto const also = jackknife(5, 1, [](std::size_t) { return 0.0; });
    EXPECT_TRUE(std::isnan(also.standard_error) && std::isnan(also.half_width));
}

TEST(Estimate, CoversTheTruthAsOftenAsItClaims) {
    int covered = 0;
    for (std::uint64_t repetition = 0; repetition < 500; ++repetition) {
        Stream stream{{.seed = 77, .item = repetition}};
        std::vector<double> means(8);
        for (double& mean : means) mean = sample(Normal{10, 3}, stream);
        auto const e = estimate(means);
        covered += std::abs(e.mean - 10) <= e.half_width;
    }
    EXPECT_GE(covered, 455);  // 91 %
    EXPECT_LE(covered, 490);  // 98 %
}

TEST(QuantileOf, InterpolatesBetweenOrderStatistics) {
    std::vector<double> sample{40, 10, 30, 20};
    EXPECT_EQ(quantile_of(sample, 0), 10);
    EXPECT_EQ(quantile_of(sample, 1), 40);
    EXPECT_EQ(quantile_of(sample, 0.5), 25);
    EXPECT_DOUBLE_EQ(quantile_of(sample, 0.95), 38.5);
    std::vector<double> one{7};
    EXPECT_EQ(quantile_of(one, 0.95), 7);
    EXPECT_THROW(quantile_of(std::span<double>{}, 0.5), ContractError);
}

TEST(Jackknife, OfAMeanIsTheErrorOfTheMean) {
    std::vector<double> const xs{3, 1, 4, 1, 5, 9, 2, 6};
    double const sum = std::accumulate(xs.begin(), xs.end(), 0.0);
    auto const plain = estimate(xs);
    auto const left_out = jackknife(sum / 8, 8, [&](std::size_t g) { return (sum - xs[g]) / 7; });
    EXPECT_DOUBLE_EQ(left_out.mean, plain.mean);
    EXPECT_NEAR(left_out.standard_error, plain.standard_error, 1e-14);
    EXPECT_NEAR(left_out.half_width, plain.half_width, 1e-13);
}

TEST(Moments, AreThoseOfTheSumsEvenFarFromZero) {
    Moments moments;
    EXPECT_EQ(moments.variance(), 0);
    for (double x : {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}) moments.add(x);
    EXPECT_EQ(moments.count, 4);
    EXPECT_DOUBLE_EQ(moments.mean, 1e9 + 10);
    EXPECT_DOUBLE_EQ(moments.variance(), 22.5);
}

}  // namespace
}  // namespace runrate
