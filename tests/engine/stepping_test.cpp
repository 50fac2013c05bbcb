// The skipping engine and one that steps through every iteration agree in every outcome, bit for bit.

#include "engine/stepping_engine.h"

#include <gtest/gtest.h>

#include "engine/random_workload.h"

namespace runrate {
namespace {

class Stepping : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Stepping, SkippingGivesTheSameOutcomesToTheBit) {
    std::int64_t preemptions = 0, hits = 0, refused = 0;
    for (std::uint64_t i = 0; i < 300; ++i) {
        auto const w = random_workload(GetParam() * 300 + i);
        SteppingEngine oracle{w.replica, {}};
        auto const stepped = oracle.run(w.requests);
        auto const skipped = serve(w.requests, w.replica, {});
        for (std::size_t k = 0; k < stepped.size(); ++k)
            ASSERT_TRUE(skipped[k] == stepped[k]) << "request " << k << " of workload " << GetParam() * 300 + i;
        ASSERT_LE(oracle.most_used, oracle.total());
        ASSERT_EQ(oracle.used(), 0);
        for (auto const& o : stepped) {
            preemptions += o.preemptions;
            hits += o.cached_tokens;
            refused += o.refusal != Refusal::none;
        }
    }
    EXPECT_GT(preemptions, 0);
    EXPECT_GT(hits, 0);
    EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(Random, Stepping, testing::Range<std::uint64_t>(0, 10));

}  // namespace

}  // namespace runrate
