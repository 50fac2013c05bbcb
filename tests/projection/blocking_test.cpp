#include "projection/blocking.h"

#include <gtest/gtest.h>

namespace runrate {
namespace {

/// Erlang's B by its recursion.
double erlang_b(int servers, double offered) {
    double b = 1;
    for (int n = 1; n <= servers; ++n) b = offered * b / (n + offered * b);
    return b;
}

TEST(Blocking, IsErlangsWithoutSlope) {
    EXPECT_NEAR(full_share(10, {8, 0}), 0.121661, 1e-6);
    EXPECT_NEAR(full_share(100, {90, 0}), 0.026957, 1e-6);
    for (double const offered : {0.3, 4.0, 20.0, 200.0})
        EXPECT_NEAR(full_share(12, {offered, 0}), erlang_b(12, offered), 2e-6);
}

TEST(Blocking, OfManyIsErlangsToo) {
    for (double const load : {0.97, 0.99, 1.0, 1.02, 1.1, 1.5, 5.0}) {
        double const exact = erlang_b(4000, 4000 * load);
        EXPECT_NEAR(full_share(4000, {4000 * load, 0}), exact, 0.03 * exact + 1e-5) << load;
    }
    EXPECT_NEAR(full_share(1000, {1010, 0}), full_share(999, {1009, 0}), 0.001) << "no step between the two ways";
}

TEST(Blocking, OfFewSourcesIsEngsets) {
    // 8 sources that each ask at rate 1 while idle, calls of mean 0.5, 4 at a time: births (8 - n) / 2, deaths n.
    double const idle[] = {8, 7, 6, 5, 4};
    double weight = 1, sum = 0, at_bound = 0;
    for (int n = 0; n <= 4; ++n) {
        sum += weight;
        at_bound = weight;
        weight *= idle[n] * 0.5 / (n + 1);
    }
    EXPECT_NEAR(full_share(4, {0.5 * 5, -0.5}), at_bound / sum, 1e-6);
}

TEST(Blocking, HasNoneWithoutCallsAndAllWithoutRoom) {
    EXPECT_EQ(full_share(10, {0, 0}), 0);
    EXPECT_EQ(full_share(0, {3, 0}), 1);
    EXPECT_EQ(full_share(100'000, {50'000, 0}), 0);
    EXPECT_NEAR(full_share(16e6, {32e6, 0}), 0.5, 1e-9);
}

}  // namespace
}  // namespace runrate
