#include "pricing/owned_machines.h"

#include <gtest/gtest.h>

namespace runrate {
namespace {

/// A node of eight H100 with its network, as domain.md 3.2 works it out: colocation includes power.
OwnedMachines node() {
    return {.capex = 345'000,  // $300k and 15 % for the network
            .residual = 0,
            .life_months = 36,
            .maintenance = 15'000.0 / 345'000,
            .power_w = 10'200,
            .idle_power = 0.4,
            .pue = 1.3,
            .energy = 0.10,
            .colocation = 200};
}

TEST(OwnedMachines, CostWhatTheWorkedNodeDoes) {
    auto const m = node();
    EXPECT_NEAR(depreciation(m), 8333.33 + 1250, 0.01);
    EXPECT_NEAR(maintenance(m), 1250, 1e-9);
    EXPECT_NEAR(colocation(m), 2040, 1e-9);
    double const month = depreciation(m) + maintenance(m) + colocation(m);
    EXPECT_NEAR(month, 12'873, 1);
    EXPECT_NEAR(month / (8 * 730), 2.20, 0.005);
    auto sold = m;
    sold.residual = 90'000.0 / 345'000;  // 30 % of the node alone
    EXPECT_NEAR((depreciation(sold) + maintenance(m) + colocation(m)) / (8 * 730), 1.78, 0.005);
}

TEST(OwnedMachines, DrawTheEnergyOfTheWorkedMonthWhereTheyAreBusy) {
    EXPECT_NEAR(energy_kwh(node(), 730, 730) * node().energy, 968, 0.5);
    EXPECT_NEAR(energy_kwh(node(), 730, 0) * node().energy, 0.4 * 967.98, 0.01);
    EXPECT_NEAR(energy_kwh(node(), 730, 365) * node().energy, 0.7 * 967.98, 0.01);
}

TEST(OwnedMachines, AreWrittenOffToTheirResidualValueInTheirLife) {
    auto m = node();
    m.residual = 0.3;
    EXPECT_NEAR(unwritten(m, 0), 0.7 * 345'000, 1e-6);
    EXPECT_NEAR(unwritten(m, 18), 0.35 * 345'000, 1e-6);
    EXPECT_EQ(unwritten(m, 36), 0);
    EXPECT_EQ(unwritten(m, 40), 0);
    EXPECT_NEAR(unwritten(m, 7) - unwritten(m, 8), depreciation(m), 1e-6);
}

}  // namespace
}  // namespace runrate
