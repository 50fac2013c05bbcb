#include "stat/sketch.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/contract.h"
#include "stat/distribution.h"

namespace runrate {
namespace {

TEST(LogSketch, QuantilesAreWithinFourPermille) {
    Stream stream{{.seed = 8}};
    LogSketch sketch;
    std::vector<double> values;
    for (int i = 0; i < 20'000; ++i) {
        values.push_back(sample(Lognormal{3, 4}, stream));
        sketch.add(values.back());
    }
    std::sort(values.begin(), values.end());
    for (double p : {0.001, 0.05, 0.25, 0.5, 0.95, 0.999, 1.0}) {
        double const exact = values[static_cast<std::size_t>(std::ceil(p * 20'000)) - 1];
        EXPECT_NEAR(sketch.quantile(p) / exact, 1, 0.004) << p;
    }
}

TEST(LogSketch, EveryValueComesBackWithinFourPermille) {
    for (double x = 0x1p-20; x < 1e30; x *= 1.0013) {
        LogSketch sketch;
        sketch.add(x);
        ASSERT_NEAR(sketch.quantile(0.5) / x, 1, 0.004) << x;
    }
}

TEST(LogSketch, DoesNotDependOnTheOrderOfMerging) {
    LogSketch a, b, c, whole;
    for (int i = 0; i < 300; ++i) {
        double const x = std::exp2(i / 10.0 - 5);
        (i % 3 == 0 ? a : i % 3 == 1 ? b : c).add(x, static_cast<std::uint64_t>(i));
        whole.add(x, static_cast<std::uint64_t>(i));
    }
    LogSketch left = a, right = c;
    left.merge(b);
    left.merge(c);
    right.merge(a);
    right.merge(b);
    EXPECT_EQ(left.count(), whole.count());
    for (double p = 0.01; p <= 1; p += 0.01) {
        EXPECT_EQ(left.quantile(p), whole.quantile(p));
        EXPECT_EQ(right.quantile(p), whole.quantile(p));
    }
}

TEST(LogSketch, CountsZeroesAsZero) {
    LogSketch sketch;
    sketch.add(0, 3);
    sketch.add(0x1p-30);
    sketch.add(100, 4);
    EXPECT_EQ(sketch.quantile(0.5), 0);
    EXPECT_NEAR(sketch.quantile(0.51), 100, 0.4);
}

TEST(LogSketch, TakesNoNegativeAndNoInfiniteValues) {
    LogSketch sketch;
    EXPECT_THROW(sketch.add(-1), ContractError);
    EXPECT_THROW(sketch.add(std::nan("")), ContractError);
    EXPECT_THROW(sketch.add(std::numeric_limits<double>::infinity()), ContractError);
    EXPECT_THROW((void)sketch.quantile(0.5), ContractError);
}

TEST(Sketch, AConstantComesOutExactly) {
    LogSketch sketch;
    for (int i = 0; i < 10; ++i) sketch.add(400);
    EXPECT_EQ(sketch.quantile(0.5), 400);
    LogSketch merged;
    merged.merge(sketch);
    EXPECT_EQ(merged.quantile(0.99), 400);
}

}  // namespace
}  // namespace runrate
