#include <vector>

#include <gtest/gtest.h>

#include "fleet/autoscaler.h"
#include "fleet/router.h"

namespace runrate {
namespace {

std::vector<Candidate> const three{{0, 5, 100}, {3, 2, 900}, {7, 2, 0}};

TEST(Router, LeastLoadTakesTheFirstOfTheLeastLoaded) {
    EXPECT_EQ(route(Router::least_load, three, {}), 1U);
    EXPECT_EQ(route(Router::least_load, three, {.home = 0U}), 1U);
}

TEST(Router, AffinityStaysAtHomeWhileItTakesRequests) {
    EXPECT_EQ(route(Router::session_affinity, three, {.home = 0U, .mean_in_flight = 5}), 0U);
    EXPECT_EQ(route(Router::session_affinity, three, {.home = 5U}), 1U) << "gone";
    EXPECT_EQ(route(Router::session_affinity, three, {}), 1U) << "a new session";
}

TEST(Router, AffinityLeavesAHomeThatHasFarMoreThanItsShare) {
    EXPECT_TRUE(stays_home(0, 0));
    EXPECT_TRUE(stays_home(15, 10));  // 16 of a bound of 16.5, rounded up
    EXPECT_TRUE(stays_home(16, 10));  // 17
    EXPECT_FALSE(stays_home(17, 10));
    std::vector<Candidate> const all{{0, 40, 0}, {1, 3, 0}, {2, 2, 0}};
    EXPECT_EQ(route(Router::session_affinity, all, {.home = 0U, .mean_in_flight = 15}), 2U);
    EXPECT_EQ(route(Router::session_affinity, all, {.home = 1U, .mean_in_flight = 15}), 1U);
}

TEST(Router, CacheAwareGoesWhereEnoughOfThePromptIs) {
    EXPECT_EQ(route(Router::cache_aware, three, {.prompt_tokens = 1000}), 1U);
    EXPECT_EQ(route(Router::cache_aware, std::vector<Candidate>{{0, 5, 900}, {1, 2, 100}}, {.prompt_tokens = 1000}),
              0U);
    EXPECT_EQ(route(Router::cache_aware, std::vector<Candidate>{{0, 5, 300}, {1, 2, 0}}, {.prompt_tokens = 1000}), 1U)
        << "30 % is not more than 30 %";
}

TEST(Router, CacheAwareBalancesUnevenLoads) {
    std::vector<Candidate> uneven{{0, 100, 1000}, {1, 35, 0}};
    EXPECT_EQ(route(Router::cache_aware, uneven, {.prompt_tokens = 1000}), 1U);
    uneven[1].in_flight = 36;  // no more than 64 apart
    EXPECT_EQ(route(Router::cache_aware, uneven, {.prompt_tokens = 1000}), 0U);
    uneven[0].in_flight = 300;
    uneven[1].in_flight = 200;  // no more than 1.5 times as many
    EXPECT_EQ(route(Router::cache_aware, uneven, {.prompt_tokens = 1000}), 0U);
}

AutoscaleRule const rule{.in_flight = 12, .least = 2, .most = 20};

TEST(Autoscaler, WantsAsManyAsTheTargetAsksWithinItsBounds) {
    EXPECT_EQ(recommended_replicas(rule, 0), 2);
    EXPECT_EQ(recommended_replicas(rule, 24), 2);
    EXPECT_EQ(recommended_replicas(rule, 25), 3);
    EXPECT_EQ(recommended_replicas(rule, 1e12), 20);
}

TEST(Autoscaler, GrowsByTheSurgeOrDoubles) {
    EXPECT_EQ(next_replicas(rule, 2, 20, 20), 6);
    EXPECT_EQ(next_replicas(rule, 8, 20, 20), 16);
    EXPECT_EQ(next_replicas(rule, 8, 9, 9), 9);
    EXPECT_EQ(next_replicas(rule, 0, 3, 3), 3);
}

TEST(Autoscaler, GoesDownToWhatTheWindowLeavesAndNotUpForAPastLook) {
    EXPECT_EQ(next_replicas(rule, 8, 2, 2), 2);
    EXPECT_EQ(next_replicas(rule, 8, 2, 5), 5);
    EXPECT_EQ(next_replicas(rule, 5, 2, 20), 5) << "a burst that is over";
}

TEST(Autoscaler, KeepsTheHighestOfItsWindow) {
    Stabiliser s;
    auto const window = from_seconds(300);
    auto const at = [&](double t, int recommended) { return s.settle(Instant{from_seconds(t)}, window, recommended); };
    EXPECT_EQ(at(0, 3), 3);
    EXPECT_EQ(at(30, 7), 7) << "more at once";
    EXPECT_EQ(at(60, 5), 7);
    EXPECT_EQ(at(330, 2), 7) << "300 s ago still counts";
    EXPECT_EQ(at(331, 2), 5);
    EXPECT_EQ(at(361, 2), 2);
}

TEST(Autoscaler, WindowOfNothingFollowsEveryLook) {
    Stabiliser s;
    EXPECT_EQ(s.settle(Instant{from_seconds(0)}, {}, 9), 9);
    EXPECT_EQ(s.settle(Instant{from_seconds(30)}, {}, 1), 1);
}

}  // namespace
}  // namespace runrate
