#include <gtest/gtest.h>

#include "engine/build.h"
#include "engine/drive.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

struct Round {
    std::vector<EngineOutcome> outcomes;
    std::int64_t taken() const { return std::ssize(outcomes); }
};

template <class Think>
Round drive(std::vector<EngineTime> const& first, std::int64_t requests, Think const& think,
            std::int64_t prompt = 500) {
    ReplicaEngine engine{small_replica(), {}};
    Round round;
    drive_sources(
        engine, first, requests,
        [&](std::int64_t) { return EngineRequest{.prompt_tokens = prompt, .output_tokens = 100}; }, think,
        [&](EngineOutcome const& o) { round.outcomes.push_back(o); });
    return round;
}

TEST(Sources, ThatDoNotThinkAreAClosedLoop) {
    auto const open = drive(std::vector<EngineTime>(4), 40, [](std::uint64_t) { return EngineTime{}; });
    ReplicaEngine engine{small_replica(), {}};
    std::vector<EngineOutcome> closed;
    drive_closed_loop(
        engine, 4, 40, [](std::int64_t) { return EngineRequest{.prompt_tokens = 500, .output_tokens = 100}; },
        [&](EngineOutcome const& o) { closed.push_back(o); });
    ASSERT_EQ(open.taken(), std::ssize(closed));
    for (std::size_t i = 0; i < closed.size(); ++i) {
        EXPECT_EQ(open.outcomes[i].request, closed[i].request);
        EXPECT_EQ(open.outcomes[i].finished, closed[i].finished);
    }
}

TEST(Sources, GoRoundInACallAndAThought) {
    // Little's law for the loop: callers = throughput x (sojourn + thinking), with thinks that differ.
    constexpr int callers = 20, requests = 2000;
    std::vector<EngineTime> first;
    for (int i = 0; i < callers; ++i) first.push_back(seconds(0.1 * i));
    auto const think = [](std::uint64_t i) { return seconds(0.5 + 0.1 * static_cast<double>(i % 11)); };
    auto const round = drive(first, requests, think);
    ASSERT_EQ(round.taken(), requests);
    double sojourn = 0, thought = 0;
    EngineTime last{};
    for (auto const& o : round.outcomes) {
        sojourn += to_seconds(o.finished - o.arrival);
        thought += to_seconds(think(o.request));
        last = std::max(last, o.arrival);
    }
    EXPECT_NEAR((sojourn + thought) / to_seconds(last), callers, 0.05 * callers);
}

TEST(Sources, FollowARefusedRequestByTheNextAtOnce) {
    auto const round = drive(
        {EngineTime{}}, 3, [](std::uint64_t) { return seconds(1); }, 1'000'000);
    ASSERT_EQ(round.taken(), 3);
    for (auto const& o : round.outcomes) {
        EXPECT_NE(o.refusal, Refusal::none);
        EXPECT_EQ(o.arrival, EngineTime{});
    }
}

}  // namespace
}  // namespace runrate
