#include "projection/cache_reuse.h"

#include <gtest/gtest.h>

namespace runrate {
namespace {

/// Sessions of four calls of 1,000 tokens; each finds of the one before it what `own` says, after as many seconds.
CallSample sessions(std::array<std::int64_t, 4> own, double gap_s) {
    CallSample sample{.sessions = 100, .duration_s = 100, .call_s = 8, .busy_s = 8};
    for (std::uint32_t i = 0; i < 400; ++i)
        sample.calls.push_back({.prompt_tokens = 1000,
                                .output_tokens = 100,
                                .own_tokens = own[i % 4],
                                .gap_s = i % 4 == 0 ? 0 : gap_s,
                                .before = i % 4});
    return sample;
}

TEST(LeftFor, IsWhatTheCallBeforeLeftWhereOneReplicaHasAll) {
    auto const sample = sessions({0, 300, 500, 700}, 20);
    auto const left = left_for(sample, 3, 1, 0.9);
    EXPECT_EQ(left.tokens, 700);
    EXPECT_EQ(left.gap_s, 20);
    EXPECT_EQ(left_for(sample, 0, 1, 0.9).tokens, 0);
}

TEST(LeftFor, IsWhatAllBetweenHaveInCommonWhereReplicasShare) {
    auto const sample = sessions({0, 300, 500, 700}, 20);
    // Of two replicas by turns: u above 1/2 is the call before, above 1/4 the one before that.
    EXPECT_EQ(left_for(sample, 3, 2, 0.6).tokens, 700);
    auto const earlier = left_for(sample, 3, 2, 0.3);
    EXPECT_EQ(earlier.tokens, 500);
    EXPECT_EQ(earlier.gap_s, 20 + 2 + 20);              // a call of 8 / 4 s lies between
    EXPECT_EQ(left_for(sample, 3, 2, 0.05).tokens, 0);  // before the session began
}

TEST(CacheReuse, KeepsContentsUntilWhatIsUsedSinceFillsTheCache) {
    // Nothing is ever found again: 1,100 tokens a call, 2 calls a second, beside 3 x 1,000 in flight.
    auto const fresh = sessions({0, 0, 0, 0}, 0);
    CacheReuse const none{{{&fresh, 1}}, 100'000, 1};
    EXPECT_EQ(none.kept_s(3, 2), 0);  // nothing waits
    // Three of four calls find 400 after 30 s. As long as less than that is kept each second writes 2 x 800 tokens of
    // no use and 2 x 300 that wait: (100,000 - 3,000) / 2,200 = 44 s is more, so these wait 30 s and no longer.
    auto const chats = sessions({0, 400, 400, 400}, 30);
    CacheReuse const reuse{{{&chats, 1}}, 100'000, 1};
    EXPECT_NEAR(reuse.kept_s(3, 2), (97'000 - 2 * 300 * 30) / (2.0 * 800), 0.01);
    CacheReuse const tight{{{&chats, 1}}, 25'000, 1};
    EXPECT_NEAR(tight.kept_s(3, 2), 22'000 / 2'200.0, 0.01);
    EXPECT_EQ(reuse.kept_s(101, 2), 0);  // what is in flight fills it
}

TEST(CacheReuse, KeepsLessWhereReplicasShareSessions) {
    auto const chats = sessions({0, 400, 400, 400}, 30);
    CacheReuse const together{{{&chats, 1}}, 100'000, 1}, shared{{{&chats, 1}}, 100'000, 6};
    EXPECT_LT(shared.kept_s(3, 2), together.kept_s(3, 2));
}

}  // namespace
}  // namespace runrate
