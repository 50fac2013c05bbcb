#include "experiment/pool_cost.h"

#include <gtest/gtest.h>

#include "experiment/pool_run.h"

namespace runrate {
namespace {

/// A day on which 2 replicas serve for 16 hours and 7 for 8.
double day_above(double replicas) { return 16 * std::max(0.0, 2 - replicas) + 8 * std::max(0.0, 7 - replicas); }

PoolPlan standing_by(int spare, double headroom) {
    PoolPlan plan;
    plan.spare = spare;
    plan.deploy_headroom = headroom;
    return plan;
}

void expect_hours(RentedHours const& hours, double serving, double spare, double headroom) {
    EXPECT_NEAR(hours.serving, serving, 1e-9);
    EXPECT_NEAR(hours.spare, spare, 1e-9);
    EXPECT_NEAR(hours.headroom, headroom, 1e-9);
}

TEST(RentedHours, AreThoseBeyondTheBase) {
    expect_hours(rented_hours(standing_by(0, 0), 0, 24, day_above), 32 + 56, 0, 0);
    expect_hours(rented_hours(standing_by(0, 0), 3, 24, day_above), 8 * 4, 0, 0);
    expect_hours(rented_hours(standing_by(0, 0), 7, 24, day_above), 0, 0, 0);
}

TEST(RentedHours, OfSparesAreThoseThatTheBaseHasNoRoomFor) {
    expect_hours(rented_hours(standing_by(1, 0), 0, 24, day_above), 88, 24, 0);
    // Three are paid for: one of them stands by while two serve.
    expect_hours(rented_hours(standing_by(1, 0), 3, 24, day_above), 8 * 4, 8, 0);
    expect_hours(rented_hours(standing_by(3, 0), 2, 24, day_above), 8 * 5, 24 * 3, 0);
}

TEST(RentedHours, OfHeadroomFollowWhatServes) {
    expect_hours(rented_hours(standing_by(0, 0.5), 0, 24, day_above), 88, 0, 44);
    // Of 3 and 10.5 replicas: 0 and 7.5 are beyond the base.
    expect_hours(rented_hours(standing_by(0, 0.5), 3, 24, day_above), 8 * 4, 0, 8 * 7.5 - 8 * 4);
    expect_hours(rented_hours(standing_by(1, 0.5), 3, 24, day_above), 32, 8, 16 * 1 + 8 * 8.5 - 40);
}

TEST(PoolCost, OfReplicasThatStandByHasItsOwnLines) {
    auto const r =
        run_pool("", "{at_least: 2, regions: 2, spare: 1, deploy_headroom: 25%, rest: {on_demand: $4/GPU-h}}");
    EXPECT_NEAR(line_of(r, "own on demand").quantity, 2 * 2 * 2 * february_h, 1e-6);
    EXPECT_NEAR(line_of(r, "own spare on demand").quantity, 2 * 2 * february_h, 1e-6);
    EXPECT_NEAR(line_of(r, "own deploy headroom on demand").usd, 1 * 2 * february_h * 4, 1e-3);
    for (auto const& row : r.service) EXPECT_NEAR(*row.replicas_mean, 4, 1e-9);
}

TEST(PoolCost, NeedsNoPriceOnDemandWhereTheBaseHoldsThoseThatStandBy) {
    auto const r = run_pool("", "{at_least: 2, spare: 1, reserve: {replicas: 3, rate: $1/GPU-h}}");
    EXPECT_NEAR(line_of(r, "own reserved").usd, 3 * 2 * february_h, 1e-4);
    EXPECT_THROW(run_pool("", "{at_least: 2, spare: 1, reserve: {replicas: 2, rate: $1/GPU-h}}"),
                 std::invalid_argument);
}

}  // namespace
}  // namespace runrate
