#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include <gmock/gmock.h>

#include "experiment/pool_run.h"

namespace runrate {
namespace {

// Two replicas of two GPUs each; $36k over 36 months.
std::string const machines = "{replicas: 2, capex: $36k, maintenance: 6% per year, power: 4 kW";

TEST(OwnedPool, CostsDepreciationMaintenanceAndColocation) {
    auto const r = run_pool("", "{at_least: 2, own: " + machines + ", residual: 25%, colo: $200/kW-month}}");
    auto const owned = line_of(r, "own owned");
    EXPECT_NEAR(owned.usd, 750, 1e-6);
    EXPECT_NEAR(owned.quantity, 2 * 2 * february_h, 1e-6);
    EXPECT_EQ(owned.group, "GPU-hours");
    EXPECT_EQ(owned.unit, "GPU-hours");
    EXPECT_NEAR(line_of(r, "own maintenance").usd, 180, 1e-6);
    EXPECT_NEAR(line_of(r, "own colocation").usd, 800, 1e-6);
    EXPECT_EQ(line_of(r, "own colocation").group, "owned machines");
    for (auto const& row : r.cost_lines) {
        EXPECT_NE(row.line, "own power");  // part of colocation
        EXPECT_NE(row.line, "own on demand");
    }
}

TEST(OwnedPool, WouldNeedHostsWereItRented) {
    // Machines bring their hosts: as GPUs on demand they would pay for them.
    auto const text = pool_scenario("") + "plan: {own: {at_least: 2, own: " + machines +
                      ", colo: $200/kW-month}, host: $0.50/GPU-h, rest: {on_demand: $4/GPU-h}}}\n"
                      "compare: {baseline: api, challengers: [self-host], range: 1x to 2x, reference: 2026-02}\n";
    StudySettings settings;
    settings.worlds = 64;
    std::map<std::string, double> regret;
    for (auto const& row : run(*load_text(text).scenario, settings).result.breakeven)
        if (row.quality == "as_bought")
            regret[*row.gpu_price_basis] = static_cast<double>(row.regret_challenger->millionths) * 1e-6;
    double const rented = 2 * 2 * february_h * (4 + 0.5), owned = 1000 + 180 + 800;
    ASSERT_GT(regret["as planned"], 0);
    EXPECT_NEAR(regret["on demand"] - regret["as planned"], 12 * (rented - owned), 1e-3);
}

TEST(OwnedPool, DrawsIdlePowerWhereNothingIsAsked) {
    auto text = pool_scenario("") + "plan: {own: {at_least: 2, own: " + machines +
                ", idle_power: 25%, pue: 1.5, energy: $0.20/kWh}}}\n";
    text.replace(text.find("50k per month"), 13, "0 per month");
    text.replace(text.find("items: 800"), 10, "items: 0");
    StudySettings settings;
    settings.worlds = 64;
    settings.options = {"self-host"};
    auto const power = line_of(run(*load_text(text).scenario, settings).result, "own power");
    double const kwh = 0.25 * 4 * 1.5 * february_h;
    EXPECT_NEAR(power.quantity, kwh, 1e-6);
    EXPECT_NEAR(power.usd, 0.20 * kwh, 1e-4);
    EXPECT_EQ(power.unit, "kWh");
}

TEST(OwnedPool, DrawsMoreInProportionToItsCallsUpToFullPower) {
    auto const plan = "{at_least: 2, own: " + machines + ", idle_power: 25%, pue: 1.5, energy: $0.20/kWh}}";
    double const full = 4 * 1.5 * february_h, idle = 0.25 * full;
    auto const r = run_pool("", plan);
    double const busy = line_of(r, "own power").quantity - idle;
    EXPECT_GT(busy, 1e-3 * full);
    EXPECT_NEAR(line_of(r, "own power", "2026-02", 20).quantity - idle, 20 * busy,
                0.4 * busy);                                              // 2 %: the fluid's noise
    auto const strict = run_pool(", objective: {tpot_p95: 1 ms}", plan);  // full with one in flight
    EXPECT_NEAR(line_of(strict, "own power", "2026-02", 20).quantity, full, 1e-6 * full);
}

TEST(OwnedPool, PaysOnDemandOnlyBeyondWhatIsReservedAndOwned) {
    auto const r = run_pool("", "{at_least: 5, reserve: {replicas: 1, rate: $1/GPU-h}, own: " + machines +
                                    "}, rest: {on_demand: $4/GPU-h}}");
    EXPECT_NEAR(line_of(r, "own on demand").quantity, (5 - 3) * 2 * february_h, 1e-6);
    EXPECT_NEAR(line_of(r, "own reserved").quantity, 2 * february_h, 1e-6);
    EXPECT_NEAR(line_of(r, "own owned").quantity, 2 * 2 * february_h, 1e-6);
}

TEST(OwnedPool, LeavesItsMachinesAtTheEndOfTheirLife) {
    auto const r = run_pool("",
                            "{at_least: 2, own: {replicas: 2, from: 2024-02, life: 24 months, capex: $24k, power: 4 "
                            "kW}, rest: {on_demand: $4/GPU-h}}");
    EXPECT_NEAR(line_of(r, "own owned", "2026-01").usd, 1000, 1e-6);
    EXPECT_EQ(line_of(r, "own on demand", "2026-01").quantity, 0);
    EXPECT_EQ(line_of(r, "own owned", "2026-02").usd, 0);
    EXPECT_EQ(line_of(r, "own power", "2026-02").usd, 0);
    EXPECT_NEAR(line_of(r, "own on demand", "2026-02").quantity, 2 * 2 * february_h, 1e-6);
}

TEST(OwnedPool, IsListedInThePlan) {
    auto const r = run_pool("", "{at_least: 2, own: " + machines + ", from: 2025-11, energy: $0.09/kWh}}");
    std::set<std::string> rows;
    for (auto const& row : r.plan)
        rows.insert(row.item + " = " + row.value + " " + row.unit.value_or("") + " " + row.from.value_or("") + ".." +
                    row.to.value_or(""));
    EXPECT_THAT(rows, testing::IsSupersetOf({"own owned = 2 replicas 2025-11..2028-10",
                                             "own capex of owned = 36000 $ 2025-11..2028-10",
                                             "own energy of owned = 0.09 $ per kWh 2025-11..2028-10"}));
}

ServiceRow const& service_of(Result const& r, double scale) {
    for (auto const& row : r.service)
        if (row.period == "2026-02" && row.scale == scale) return row;
    throw std::logic_error("no such row");
}

double idle_usd(Result const& r, double scale = 1) {
    return static_cast<double>(service_of(r, scale).idle_cost->millionths) * 1e-6;
}

TEST(IdleCost, IsAllOfItWhereNothingIsAskedAndLessTheMoreIsAsked) {
    std::string const plan = "{at_least: 2, rest: {on_demand: $4/GPU-h}}";
    double const all = 2 * 2 * february_h * 4;
    auto const r = run_pool("", plan);
    double const busy = all - idle_usd(r), more = all - idle_usd(r, 20);
    EXPECT_GT(busy, 0);
    EXPECT_NEAR(more, 20 * busy, 0.4 * busy);  // 2 %: the fluid's noise
    // Without an objective, replicas shall be saturated: idle is 1 - yield.
    EXPECT_NEAR(idle_usd(r, 20), all * (1 - *service_of(r, 20).yield), 0.05 * more);  // mean against median of worlds
    // One call in flight is as much as there shall be: nothing is idle any more, but the yield stays.
    auto const strict = run_pool(", objective: {tpot_p95: 1 ms}", plan);
    EXPECT_NEAR(idle_usd(strict, 20), 0, 1e-6);
    EXPECT_NEAR(*service_of(strict, 20).yield, *service_of(r, 20).yield, 1e-9);
}

TEST(IdleCost, HoldsWhatIsPaidForAndDoesNotServe) {
    auto const idle = [](char const* replicas) {
        return idle_usd(run_pool(autoscaled, std::string{"{at_least: 1, reserve: {replicas: "} + replicas +
                                                 ", rate: $1/GPU-h}, rest: {on_demand: $4/GPU-h}}"));
    };
    EXPECT_NEAR(idle("90") - idle("50"), 40 * 2 * february_h, 0.01);
}

TEST(IdleCost, IsOfMachinesAlone) {
    std::string const plan = "{at_least: 2, rest: {on_demand: $4/GPU-h}";
    EXPECT_EQ(idle_usd(run_pool("", plan + ", storage: $5k per month, network: $10/GB}")),
              idle_usd(run_pool("", plan + "}")));
}

TEST(Liabilities, AreHoursLeftOfATermAndWhatIsNotWrittenOff) {
    auto const r = run_pool("",
                            "{at_least: 4, reserve: [{replicas: 1, from: 2026-03, term: 2 months, rate: $2/GPU-h}, "
                            "{replicas: 1, rate: $1/GPU-h}], own: {replicas: 2, from: 2025-12, life: 24 months, capex: "
                            "$48k, residual: 25%, power: 4 kW}, rest: {on_demand: $4/GPU-h}}");
    ASSERT_EQ(r.liabilities.size(), 2U);
    EXPECT_EQ(r.liabilities[0].item, "own reserved");
    EXPECT_EQ(r.liabilities[0].until, "2026-04");
    EXPECT_EQ(r.liabilities[0].amount->millionths, 30 * 24 * 2 * 2 * 1'000'000LL);  // April, two GPUs, $2
    EXPECT_EQ(r.liabilities[1].item, "own owned");
    EXPECT_EQ(r.liabilities[1].until, "2027-11");
    EXPECT_EQ(r.liabilities[1].amount->millionths, 36'000 / 24 * (24 - 4) * 1'000'000LL);
    auto const note = std::find_if(r.warnings.begin(), r.warnings.end(),
                                   [](WarningRow const& row) { return row.code == "commitment.owed"; });
    ASSERT_NE(note, r.warnings.end());
    EXPECT_EQ(note->text,
              "after the horizon 'self-host' still has to bear 2880.00 USD of own reserved until 2026-04, 30000.00 USD "
              "of own owned until 2027-11");
}

TEST(OwnedPool, LinesSumToTheTotalWhereTheirPricesAreUncertain) {
    auto const r = run_pool("",
                            "{at_least: 2, own: {replicas: 2, capex: $30k to $40k, residual: 20% to 35%, maintenance: "
                            "3% to 6% per year, power: 4 kW, pue: 1.2 to 1.4, energy: $0.08/kWh to $0.12/kWh}}");
    std::map<std::pair<double, std::string>, std::int64_t> sums;
    for (auto const& row : r.cost_lines) sums[{row.scale, row.period}] += row.mean->millionths;
    for (auto const& row : r.cost) {
        if (row.view != "accrual") continue;
        EXPECT_EQ((sums[{row.scale, row.period}]), row.mean->millionths) << row.period;
    }
}

}  // namespace
}  // namespace runrate
