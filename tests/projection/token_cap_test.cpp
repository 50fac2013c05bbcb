#include "projection/token_cap.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/date.h"
#include "stat/distribution.h"
#include "stat/stream.h"

namespace runrate {
namespace {

TEST(TokenCap, LeavesTheRestOfCustomersThatAlwaysUseAsMuch) {
    CappedCustomers c{.count = 10, .zipf = {}, .sessions = 1'000, .tokens = 500, .gaps_cv = 0};
    EXPECT_DOUBLE_EQ(share_beyond_cap(c, 24'750), 0.5) << "100 sessions each: the fiftieth crosses the cap";
    EXPECT_EQ(share_beyond_cap(c, 60'000), 0);
    EXPECT_DOUBLE_EQ(share_beyond_cap(c, 4'750), 0.9);
}

TEST(TokenCap, NeedsNoMoreCustomersToCapMore) {
    CappedCustomers c{.count = 10, .zipf = {}, .sessions = 1'000, .tokens = 500, .tokens_variance = 1e6};
    double last = 1;
    for (double cap : {1e3, 1e4, 3e4, 5e4, 1e5, 1e6}) {
        double const share = share_beyond_cap(c, cap);
        EXPECT_LE(share, last);
        last = share;
    }
    EXPECT_NEAR(last, 0, 1e-12);
}

TEST(TokenCap, FallsOnHeavyCustomers) {
    CappedCustomers equal{.count = 400, .zipf = {}, .sessions = 50'000, .tokens = 1'000, .gaps_cv = 0};
    auto zipf = equal;
    zipf.zipf = 1.1;
    double const cap = 200e3;  // 125 sessions of a mean customer are 125k tokens
    EXPECT_EQ(share_beyond_cap(equal, cap), 0);
    EXPECT_GT(share_beyond_cap(zipf, cap), 0.3);
}

/// Rank by rank, without classes.
TEST(TokenCap, ClassesOfRanksChangeLittle) {
    CappedCustomers c{.count = 5'000, .zipf = 0.9, .sessions = 100'000, .tokens = 1'000, .gaps_cv = 0};
    double const cap = 100e3;
    double all = 0;
    for (int rank = 1; rank <= 5'000; ++rank) all += std::pow(rank, -0.9);
    double capped = 0;
    for (int rank = 1; rank <= 5'000; ++rank) {
        double const used = 100e6 * std::pow(rank, -0.9) / all;
        capped += std::max(0.0, used - cap - 500) / 100e6;
    }
    EXPECT_NEAR(share_beyond_cap(c, cap), capped, 0.002 * capped);
}

/// Customers who use their tokens session by session until the cap is crossed.
TEST(TokenCap, AgreesWithCustomersOneByOne) {
    constexpr int customers = 20'000;
    constexpr double cap = 30'000;
    double started = 0;
    double beyond = 0;
    for (int i = 0; i < customers; ++i) {
        Stream chance{{.seed = 3, .purpose = Purpose::session, .entity = 0, .item = static_cast<std::uint64_t>(i)}};
        double used = 0;
        // Poisson sessions, 25 a month, of exponential length, 1,000 tokens on average.
        for (double at = -std::log(chance.uniform()) / 25; at < 1; at -= std::log(chance.uniform()) / 25) {
            started += 1;
            beyond += used >= cap ? 1 : 0;
            used += -1'000 * std::log(chance.uniform());
        }
    }
    CappedCustomers const c{
        .count = customers, .zipf = {}, .sessions = 25.0 * customers, .tokens = 1'000, .tokens_variance = 1e6};
    double const share = beyond / started;
    double const error = std::sqrt(share / (25.0 * customers)) * 3;  // sessions beyond the cap come in clusters
    EXPECT_NEAR(share_beyond_cap(c, cap), share, 4 * error + 0.03 * share) << "the gamma law is not exact";
    EXPECT_LT(4 * error, 0.1 * share);
}

}  // namespace
}  // namespace runrate
