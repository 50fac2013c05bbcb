// Who is due first is whom a search over all finds.

#include <algorithm>

#include <gtest/gtest.h>

#include "fleet/due_times.h"
#include "stat/stream.h"

namespace runrate {
namespace {

TEST(DueTimes, FindTheFirstAndTheLowestOfEquals) {
    Stream chance{{.seed = 9}};
    DueTimes due;
    std::vector<Instant> expected;
    for (int i = 0; i < 20'000; ++i) {
        if (chance.bits() % 500 == 0 || expected.empty()) {
            expected.push_back(DueTimes::never);
            due.resize(expected.size());
        }
        auto const who = chance.bits() % expected.size();
        auto const at = chance.bits() % 5 == 0 ? DueTimes::never : Instant{Duration{chance.bits() % 50}};
        expected[who] = at;
        due.set(static_cast<std::uint32_t>(who), at);
        auto const first = std::min_element(expected.begin(), expected.end());
        ASSERT_EQ(due.soonest(), *first);
        if (*first == DueTimes::never) continue;
        ASSERT_EQ(due.first(), first - expected.begin());
    }
    EXPECT_GT(expected.size(), 20u);
}

TEST(DueTimes, OfNobodyAreNever) { EXPECT_EQ(DueTimes{}.soonest(), DueTimes::never); }

}  // namespace
}  // namespace runrate
