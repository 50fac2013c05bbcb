#include "stat/sobol.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "core/contract.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

constexpr std::uint64_t seed = 20'26;

TEST(SobolPoints, FillEveryIntervalOfEachDimensionOnce) {
    constexpr std::size_t dimensions = 40;
    for (std::uint32_t group = 0; group < 8; ++group) {
        SobolPoints const points{dimensions, seed, group};
        for (std::uint32_t n : {1u, 2u, 32u, 256u}) {
            std::vector<std::set<std::uint32_t>> hit(dimensions);
            for (std::uint32_t i = 0; i < n; ++i) {
                auto const x = points.point(i);
                for (std::size_t d = 0; d < dimensions; ++d) hit[d].insert(static_cast<std::uint32_t>(x[d] * n));
            }
            for (auto const& intervals : hit) EXPECT_EQ(intervals.size(), n);
        }
    }
}

TEST(SobolPoints, FillEveryElementaryRectangleOfTheFirstTwoDimensionsOnce) {
    constexpr std::uint32_t m = 8, n = 1u << m;
    for (std::uint32_t group = 0; group < 8; ++group) {
        SobolPoints const points{2, seed, group};
        for (std::uint32_t k = 0; k <= m; ++k) {
            std::set<std::uint32_t> hit;
            for (std::uint32_t i = 0; i < n; ++i) {
                auto const x = points.point(i);
                auto const column = static_cast<std::uint32_t>(x[0] * (1u << k));
                auto const row = static_cast<std::uint32_t>(x[1] * (1u << (m - k)));
                hit.insert(column << (m - k) | row);
            }
            EXPECT_EQ(hit.size(), n) << "columns: 2^" << k;
        }
    }
}

TEST(SobolPoints, StayInTheOpenCubeAndDoNotDependOnHowManyAreDrawn) {
    SobolPoints const points{3, seed, 1};
    for (std::uint32_t i : {0u, 1u, 77u, 0xffffffffu}) {
        for (double x : points.point(i)) EXPECT_TRUE(0 < x && x < 1);
        EXPECT_EQ(points.point(i), SobolPoints(3, seed, 1).point(i));
    }
    auto const fewer = SobolPoints(2, seed, 1).point(77);
    EXPECT_EQ(fewer[1], points.point(77)[1]) << "a further belief must not move the others";
}

TEST(SobolPoints, GroupsSeedsAndPurposesDiffer) {
    auto const first = SobolPoints(2, seed, 0).point(0);
    EXPECT_NE(first, SobolPoints(2, seed, 1).point(0));
    EXPECT_NE(first, SobolPoints(2, seed + 1, 0).point(0));
    EXPECT_NE(first, SobolPoints(2, seed, 0, Purpose::price_scramble).point(0));
    EXPECT_NE(first[0], first[1]);
}

TEST(SobolPoints, EachPointIsUniformOverTheGroups) {
    double sum = 0;
    constexpr int groups = 4000;
    for (std::uint32_t g = 0; g < groups; ++g) sum += SobolPoints(1, seed, g).point(5)[0];
    EXPECT_NEAR(sum / groups, 0.5, 4 * 0.2887 / std::sqrt(groups));
}

TEST(SobolPoints, NeedDirectionsThatExist) {
    EXPECT_THROW(SobolPoints(3668, seed, 0), ContractError);
    EXPECT_TRUE(SobolPoints(0, seed, 0).point(3).empty());
}

/// Root mean squared error over the groups of the mean of a sum of eight lognormals, from n points each.
template <class PointOf>
double error_of_sum(PointOf const& point_of) {
    constexpr std::uint32_t groups = 64, n = 256;
    constexpr std::size_t inputs = 8;
    double squares = 0;
    for (std::uint32_t g = 0; g < groups; ++g) {
        auto const point = point_of(g, inputs);
        double sum = 0;
        for (std::uint32_t i = 0; i < n; ++i) {
            for (double u : point(i)) sum += real::exp(0.5 * real::normal_quantile(u));
        }
        double const error = sum / n / (inputs * std::exp(0.125)) - 1;
        squares += error * error;
    }
    return std::sqrt(squares / groups);
}

TEST(SobolPoints, HalveTheErrorOfPlainMonteCarloAtLeast) {
    double const sobol = error_of_sum([](std::uint32_t g, std::size_t inputs) {
        return [points = SobolPoints(inputs, seed, g)](std::uint32_t i) { return points.point(i); };
    });
    double const plain = error_of_sum([](std::uint32_t g, std::size_t inputs) {
        return [g, inputs](std::uint32_t i) {
            Stream stream{{.seed = seed, .world = g, .item = i}};
            std::vector<double> point(inputs);
            for (double& u : point) u = stream.uniform();
            return point;
        };
    });
    EXPECT_LT(sobol, plain / 2);
    EXPECT_NEAR(plain, std::sqrt(std::expm1(0.25) / 8 / 256), 0.3 * plain) << "the yardstick itself";
}

}  // namespace
}  // namespace runrate
