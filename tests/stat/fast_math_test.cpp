#include "stat/fast_math.h"

#include <cmath>

#include <gtest/gtest.h>

#include "stat/stream.h"

namespace runrate {
namespace {

TEST(FastMath, NormalQuantileIsWithinABillionth) {
    auto const& fast = FastMath::tables();
    Stream stream{{.seed = 11}};
    double worst = 0;
    for (int i = 0; i < 200'000; ++i) {
        // Half of the points are spread over the octaves of a tail.
        double const u = i % 2 == 0 ? stream.uniform() : std::exp2(-52 * stream.uniform()) * 0.999;
        worst = std::max(worst, std::abs(fast.normal(u) - real::normal_quantile(u)));
        worst = std::max(worst, std::abs(fast.normal(1 - u) - real::normal_quantile(1 - u)));
    }
    EXPECT_LT(worst, 1e-9);
}

TEST(FastMath, NormalQuantileRisesAndIsOdd) {
    auto const& fast = FastMath::tables();
    double last = -10;
    for (double u = 0x1p-40; u < 1; u += u < 0.001 ? u * 1e-3 : 1e-6) {
        double const z = fast.normal(u);
        ASSERT_GT(z, last) << u;
        last = z;
    }
    EXPECT_EQ(fast.normal(0.5), 0);
    EXPECT_EQ(fast.normal(0.25), -fast.normal(0.75));
    EXPECT_EQ(fast.normal(0x1p-53), real::normal_quantile(0x1p-53));
}

TEST(FastMath, ExpIsExactToRounding) {
    auto const& fast = FastMath::tables();
    for (double x = -708; x < 709; x += 0.00731) ASSERT_NEAR(fast.exp(x), std::exp(x), 4e-16 * std::exp(x)) << x;
    EXPECT_EQ(fast.exp(0), 1);
    EXPECT_TRUE(std::isinf(fast.exp(800)));
    EXPECT_EQ(fast.exp(-800), 0);
}

TEST(FastMath, LogIsExactToRounding) {
    auto const& fast = FastMath::tables();
    for (double x = 1e-290; x < 1e290; x *= 1.00731) {
        ASSERT_NEAR(fast.log(x), std::log(x), 5e-16 * std::abs(std::log(x)) + 3e-16) << x;
    }
    for (double d = 1e-15; d < 0.4; d *= 1.01) {
        ASSERT_NEAR(fast.log(1 - d) / std::log1p(-(1 - (1 - d))), 1, 2e-13) << d;
    }
    EXPECT_EQ(fast.log(1), 0);
}

}  // namespace
}  // namespace runrate
