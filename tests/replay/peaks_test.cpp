#include "replay/peaks.h"

#include "support.h"

namespace runrate {
namespace {

using namespace std::chrono_literals;

TraceTime at(std::chrono::nanoseconds t) { return TraceTime{t}; }

TEST(Peaks, EmptyMinutesCountToo) {
    Peaks peaks;
    peaks.add(at(90s), 10, 1);            // the second minute
    peaks.add(at(60s), 5, 1);             // no order is needed
    peaks.add(at(100min + 59s), 100, 2);  // the hundred-and-first: 100 minutes in all
    auto const result = peaks.result();
    ASSERT_EQ(result.size(), 3u);
    EXPECT_EQ(result[0].meter, "requests");
    EXPECT_EQ(result[0].minutes, 100);
    EXPECT_DOUBLE_EQ(result[0].mean, 0.03);
    EXPECT_EQ(result[0].most, 2);
    EXPECT_EQ(result[0].at, at(60s));
    EXPECT_EQ(result[0].p99, 1) << "rank 99 of 98 zeros, 1 and 2";
    EXPECT_EQ(result[1].most, 100);
    EXPECT_EQ(result[1].at, at(100min));
    EXPECT_EQ(result[1].p99, 15);
    EXPECT_EQ(result[2].most, 2);
    EXPECT_EQ(result[2].at, at(60s)) << "the first of equals";
}

TEST(Peaks, AQuietTraceHasAP99OfZero) {
    Peaks peaks;
    peaks.add(at(0s), 10, 1);
    peaks.add(at(1000min), 10, 1);
    EXPECT_EQ(peaks.result()[1].p99, 0);
    EXPECT_EQ(peaks.result()[1].most, 10);
}

TEST(Peaks, WithoutTimesThereAreNone) { EXPECT_TRUE(Peaks{}.result().empty()); }

TEST(Peaks, MoreHoursThanFitAreNotGuessedAt) {
    Peaks peaks;
    for (std::size_t h = 0; h <= Peaks::most_hours; ++h) peaks.add(at(std::chrono::hours{h}), 1, 1);
    EXPECT_TRUE(peaks.too_long());
    EXPECT_TRUE(peaks.result().empty());
}

}  // namespace
}  // namespace runrate
