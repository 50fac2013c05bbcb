#include "experiment/pool_cost.h"

#include <algorithm>
#include <stdexcept>

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

TEST(PoolCost, HasHostsStorageAndNetwork) {
    auto const r = run_pool("",
                            "{at_least: 3, spare: 1, reserve: {replicas: 1, rate: $1/GPU-h}, rest: {on_demand: "
                            "$4/GPU-h}, host: $0.25/GPU-h, storage: $300 per month, network: $0.09/GB}");
    auto const hosts = line_of(r, "own hosts");
    EXPECT_NEAR(hosts.quantity, 4 * 2 * february_h, 1e-6);
    EXPECT_NEAR(hosts.usd, 4 * 2 * february_h * 0.25, 1e-3);
    EXPECT_NEAR(line_of(r, "own storage").usd, 300, 1e-6);
    auto const network = line_of(r, "own network", "2026-03");
    double tokens = 0;
    for (auto const& row : r.usage) {
        bool const counted = row.unit == "tokens" && row.target && *row.target == "pool own";
        if (row.period == "2026-03" && row.scale == 1 && counted) tokens += *row.mean;
    }
    EXPECT_GT(tokens, 1e8);
    EXPECT_NEAR(network.quantity, tokens * 4e-9, 1e-6);
    EXPECT_NEAR(network.usd, tokens * 4e-9 * 0.09, 1e-4);
    EXPECT_EQ(network.unit, "GB");
}

TEST(PoolCost, OfSpotPaysLostTimeAgainOnDemand) {
    // Of 2 replicas beyond the base half the hours are spot; each is interrupted 1/20 times and loses half an hour.
    auto const r = run_pool("",
                            "{at_least: 3, reserve: {replicas: 1, rate: $1/GPU-h}, rest: {on_demand: $4/GPU-h, spot: "
                            "{share: 50%, rate: $1.50/GPU-h, every: 20 h, lost: 30 min}}}");
    double const spot = 0.5 * 2 * 2 * february_h;
    EXPECT_NEAR(line_of(r, "own spot").quantity, spot, 1e-6);
    EXPECT_NEAR(line_of(r, "own spot").usd, spot * 1.5, 1e-3);
    EXPECT_NEAR(line_of(r, "own on demand").quantity, spot + spot / 20 * 0.5, 1e-6);
    EXPECT_NEAR(line_of(r, "own on demand").usd, spot * (1 + 1.0 / 40) * 4, 1e-3);
}

/// Mean cash of a month; nothing is discounted here.
double cash(Result const& r, std::string const& period) {
    for (auto const& row : r.cost)
        if (row.view == "cash" && row.period == period && row.scale == 1)
            return static_cast<double>(row.mean->millionths) * 1e-6;
    throw std::logic_error("no such row");
}

TEST(PoolCost, OfOwnedMachinesIsCashWhenTheyAreBoughtAndSold) {
    auto const r = run_pool("",
                            "{at_least: 1, own: {replicas: 1, from: 2026-01, life: 2 months, capex: $24k, residual: "
                            "25%, maintenance: 0% per year, power: 1 kW, colo: $0/kW-month}, rest: {on_demand: "
                            "$1/GPU-h}}");
    EXPECT_NEAR(cash(r, "2026-01"), 24'000, 1e-3);
    EXPECT_NEAR(cash(r, "2026-02"), -6'000, 1e-3);
    EXPECT_NEAR(cash(r, "2026-03"), 2 * 31 * 24, 1e-3);
    EXPECT_NEAR(line_of(r, "own owned", "2026-01").usd, 9'000, 1e-3);
    EXPECT_NEAR(line_of(r, "own owned", "2026-02").usd, 9'000, 1e-3);
}

TEST(PoolCost, OfATermIsPaidUpfrontInItsFirstMonth) {
    auto const r = run_pool("",
                            "{at_least: 1, reserve: {replicas: 1, from: 2026-02, term: 3 months, rate: $2/GPU-h, "
                            "upfront: 25%}, rest: {on_demand: $1/GPU-h}}");
    double const gpus = 2, rate = 2, term_h = (28 + 31 + 30) * 24;
    EXPECT_NEAR(cash(r, "2026-01"), gpus * 31 * 24, 1e-3);
    EXPECT_NEAR(cash(r, "2026-02"), gpus * rate * (0.75 * february_h + 0.25 * term_h), 1e-3);
    EXPECT_NEAR(cash(r, "2026-03"), gpus * rate * 0.75 * 31 * 24, 1e-3);
    EXPECT_NEAR(line_of(r, "own reserved", "2026-03").usd, gpus * rate * 31 * 24, 1e-3);
}

TEST(PoolCost, OfOnCallIsAFixedLine) {
    auto const r =
        run_pool("", "{at_least: 1, rest: {on_demand: $1/GPU-h}}",
                 "costs: {on_call: {self-host: $2k per month}, observability: {self-host: $300 per month}}\n");
    EXPECT_NEAR(line_of(r, "on call").usd, 2000, 1e-6);
    EXPECT_NEAR(line_of(r, "observability").usd, 300, 1e-6);
}

}  // namespace
}  // namespace runrate
