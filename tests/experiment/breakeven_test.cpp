// Which option is cheaper from which volume on, from the scenario to the tables of the result.

#include <algorithm>
#include <map>

#include <gmock/gmock.h>

#include "run_text.h"

namespace runrate {
namespace {

/// A million sessions at $0.009 by the large model, $0.0006 by the small one.
std::string compared(std::string const& large, std::string const& small, std::string const& more) {
    auto text = one_call("1M per month");
    auto const options = text.find("options:");
    return text.substr(0, options) + "options:\n  large: {serve: {default: test/plain}" + large +
           "}\n  small: {serve: {default: test/small}" + small + "}\n" + more;
}

Result result_of(std::string const& yaml, StudySettings settings = {}) {
    settings.worlds = 64;
    return run(*load_text(yaml).scenario, settings).result;
}

StudySettings of_options(std::vector<std::string> names) {
    StudySettings settings;
    settings.options = std::move(names);
    return settings;
}

StudySettings at_scales(std::vector<double> scales) {
    StudySettings settings;
    settings.scales = std::move(scales);
    return settings;
}

BreakevenRow const& bought(Result const& r, std::string const& challenger) {
    auto const at = std::find_if(r.breakeven.begin(), r.breakeven.end(), [&](BreakevenRow const& row) {
        return row.challenger == challenger && row.quality == "as_bought";
    });
    if (at == r.breakeven.end()) throw std::out_of_range("not compared: " + challenger);
    return *at;
}

std::string const staffed = "costs: {staff: {rate: $100.8k per year}}\n";  // $8.4k a month: what a million calls save

TEST(Breakeven, IsSafeFromTheLeastVolumeOnWhereTheChallengerIsAlwaysCheaper) {
    auto const r = result_of(compared("", "", "compare: {range: 0.1x to 10x}\n"));
    auto const& row = bought(r, "small");
    EXPECT_EQ(row.status, "always");
    EXPECT_NEAR(*row.safe50_sessions, 100'000, 1e-6);
    EXPECT_EQ(row.safe80_sessions, row.safe50_sessions);
}

TEST(Breakeven, HasNoRegretAtAVolumeThatIsNotCompared) {
    auto const r = result_of(compared("", "", "compare: {range: 10x to 100x}\n"), at_scales({10}));
    EXPECT_FALSE(bought(r, "small").regret_challenger);
}

TEST(Breakeven, OfARunIsAtTheVolumeWhereStaffIsSaved) {
    auto const r = result_of(compared("", ", staff: 0.5 FTE", staffed + "compare: {range: 0.1x to 10x}\n"));
    ASSERT_EQ(r.breakeven.size(), 2U);
    auto const& row = bought(r, "small");
    EXPECT_EQ(row.baseline, "large");
    EXPECT_EQ(row.status, "crosses");
    EXPECT_EQ(row.reference, "2026-03");
    EXPECT_NEAR(*row.safe50_sessions, 500'000, 1);
    EXPECT_NEAR(*row.safe80_tokens, 500'000 * 1400.0, 1400);
    EXPECT_NEAR(dollars(row.regret_baseline), 12 * 4200, 1e-6);
    std::map<double, double> probability;
    for (auto const& at : r.breakeven_curve)
        if (at.quality == "as_bought") probability[at.multiplier] = *at.p_cheaper;
    EXPECT_EQ(probability.at(1), 1);
    EXPECT_EQ(probability.at(10), 1);
    EXPECT_FALSE(probability.contains(100)) << "beyond the range";
    EXPECT_EQ(probability.begin()->second, 0);
}

TEST(Breakeven, IsOfTheMonthAndTheOptionsThatTheScenarioNames) {
    auto const yaml = compared("", "",
                               "  third: {like: large}\n"
                               "compare: {baseline: small, challengers: [large], reference: 2026-02}\n");
    auto const r = result_of(yaml);
    ASSERT_EQ(r.breakeven.size(), 2U);
    EXPECT_EQ(r.breakeven[0].baseline, "small");
    EXPECT_EQ(r.breakeven[0].challenger, "large");
    EXPECT_EQ(r.breakeven[0].reference, "2026-02");
    EXPECT_EQ(r.breakeven[0].status, "never");
    EXPECT_EQ(r.breakeven[0].range_to, 300);
    EXPECT_TRUE(result_of(yaml, of_options({"large", "third"})).breakeven.empty()) << "its baseline is not run";
}

TEST(Breakeven, SaysWhatIsNotComparedBecauseItIsNotRun) {
    auto const said = [](std::string const& compare, std::vector<std::string> options) {
        auto const r =
            result_of(compared("", "", "  third: {like: large}\n" + compare), of_options(std::move(options)));
        for (auto const& row : r.warnings)
            if (row.code == "compare.left_out") return row.text;
        return std::string{};
    };
    std::string const all = "compare: {baseline: small, challengers: [large, third]}\n";
    EXPECT_EQ(said(all, {}), "");
    EXPECT_EQ(said(all, {"large", "third"}),
              "there is no breakeven of `compare` (not run: small; name all of them by --option, or none)");
    EXPECT_EQ(said(all, {"large", "small"}),
              "the breakeven is without options of `compare` (not run: third; name all of them by --option, or none)");
    EXPECT_EQ(said("compare: {}\n", {"large"}),
              "there is no breakeven of `compare` (one option is run alone; name all of them by --option, or none)");
    EXPECT_EQ(said("compare: {}\n", {"large", "small"}), "");
    EXPECT_EQ(said("", {"large"}), "");
}

TEST(Breakeven, IsNotShownWhereNobodyAsksForIt) {
    EXPECT_TRUE(result_of(compared("", "", "")).breakeven.empty());
    StudySettings settings;
    settings.breakeven.always = true;
    EXPECT_EQ(result_of(compared("", "", ""), settings).breakeven.size(), 2U);
    EXPECT_TRUE(result_of(compared("", "", "compare: {}\n"), of_options({"small"})).breakeven.empty());
}

TEST(Breakeven, RefusesSettingsThatDoNotFit) {
    auto const refused = [](auto const& change) {
        StudySettings settings;
        change(settings.breakeven);
        EXPECT_THROW(result_of(compared("", "", "compare: {}\n"), settings), std::invalid_argument);
    };
    refused([](BreakevenSettings& b) { b.points = 2; });
    refused([](BreakevenSettings& b) { b.from = 3, b.to = 1; });
    refused([](BreakevenSettings& b) { b.to = 9; });
    refused([](BreakevenSettings& b) { b.baseline = "nobody"; });
    refused([](BreakevenSettings& b) { b.challengers = {"nobody"}; });
}

TEST(Breakeven, IsTheSameInAnyOrderOfOptions) {
    std::string const more = staffed + "beliefs: {people: 0.2 to 1 FTE}\ncompare: {baseline: large}\n";
    auto text = compared("", "", "");
    auto const head = text.substr(0, text.find("options:"));
    std::string const large = "  large: {serve: {default: test/plain}}\n";
    std::string const small = "  small: {serve: {default: test/small}, staff: =people}\n";
    auto const one = result_of(head + "options:\n" + large + small + more);
    auto const other = result_of(head + "options:\n" + small + large + more);
    EXPECT_EQ(*bought(one, "small").safe50_sessions, *bought(other, "small").safe50_sessions);
    EXPECT_EQ(*bought(one, "small").world_p95, *bought(other, "small").world_p95);
    EXPECT_EQ(bought(one, "small").regret_challenger, bought(other, "small").regret_challenger);
}

TEST(Breakeven, SaysWhenASetUpHasPaidForItself) {
    // Spread over two months: $10,600, $10,600, $600 against $9,000 each; paid $20,600, $600, $600.
    auto const r = result_of(compared("", ", one_off: {set-up: $20k, spread: 2 months}", "compare: {}\n"));
    EXPECT_EQ(bought(r, "small").month_p50, "2026-03");
    EXPECT_EQ(bought(r, "small").payback_p50, "2026-03");
    auto const dear = result_of(compared("", ", one_off: {set-up: $26k, spread: 36 months}", "compare: {}\n"));
    EXPECT_EQ(bought(dear, "small").month_p50, "2026-01");
    EXPECT_FALSE(bought(dear, "small").payback_p50) << "3 x $8,400 is less";
}

TEST(Breakeven, DiscountsWhatIsPaidLater) {
    std::string const discounted = "money: {discount_rate: 40% per year}\ncompare: {}\n";
    // 3 x $8,400 less $25,000 at the ends of months: ahead by $200, but not at 40 % a year.
    auto const one_off = ", one_off: {set-up: $25k, spread: 36 months}";
    EXPECT_EQ(bought(result_of(compared("", one_off, "compare: {}\n")), "small").payback_p50, "2026-03");
    EXPECT_FALSE(bought(result_of(compared("", one_off, discounted)), "small").payback_p50);
}

/// What the baseline costs at the largest volume.
double baseline_at_most(Result const& r) {
    double cost = 0;
    for (auto const& row : r.breakeven_curve)
        if (row.quality == "as_bought") cost = dollars(row.cost_baseline);
    return cost;
}

TEST(Breakeven, SettlesAgreementsAtItsVolumesAsAtScales) {
    for (std::string const terms :
         {"contract: {vendor: test, commitment: $1M per year}", "contract: {vendor: test, discount: 12%}",
          "contract: {vendor: test, tiers: [{above: $40k per month, discount: 8%}]}, credits: {test: $180k}"}) {
        auto text = compared("", "", "plan: {large: {" + terms + "}}\ncompare: {range: 1x to 9x}\n");
        text.replace(text.find("months: 3"), 9, "months: 12");
        auto const at_volume = baseline_at_most(result_of(text, at_scales({1})));
        auto const at_scale = baseline_at_most(result_of(text, at_scales({1, 9})));
        EXPECT_NEAR(at_volume, at_scale, 2e-4 * at_scale) << terms;  // chance draws other months' bills
        EXPECT_GT(at_volume, 60'000) << terms;
    }
}

TEST(Breakeven, LeavesTheFiguresOfScalesAsTheyAre) {
    auto const alone = result_of(compared("", "", ""));
    auto const beside = result_of(compared("", "", "compare: {range: 0.01x to 900x}\n"));
    ASSERT_EQ(alone.cost.size(), beside.cost.size());
    for (std::size_t i = 0; i < alone.cost.size(); ++i) EXPECT_EQ(alone.cost[i].mean, beside.cost[i].mean);
    ASSERT_EQ(alone.cost_lines.size(), beside.cost_lines.size());
    for (std::size_t i = 0; i < alone.cost_lines.size(); ++i)
        EXPECT_EQ(alone.cost_lines[i].mean, beside.cost_lines[i].mean);
}

/// A million chats and three million searches, which save $8,400 and $1,260 a month; staff costs $4,830.
std::string two_features(std::string const& staff) {
    return R"(schema: runrate/scenario/1
name: two features
calendar: {start: 2026-01, months: 3}
features:
  chat:
    traffic: {sessions: 1M per month, growth: {table: {2026-01: 1x, 2026-02: 1x, 2026-03: 2x}}}
    session: {turn: ask}
  search:
    traffic: {sessions: 3M per month}
    session: {turn: look}
workflows:
  ask: {steps: [{call: answerer, user: 1000 tokens, output: 400 tokens}]}
  look: {steps: [{call: answerer, user: 100 tokens, output: 10 tokens}]}
options:
  large: {serve: {default: test/plain}}
  small: {serve: {default: test/small}, staff: )" +
           staff + R"(}
costs: {staff: {rate: $57960 per year}}
compare: {reference: 2026-01, range: 0.01x to 10x}
)";
}

TEST(Breakeven, OfOtherMixesIsByHand) {
    StudySettings settings;
    settings.breakeven.mixes = true;
    auto const r = result_of(two_features("1 FTE"), settings);
    std::map<std::string, double> sessions;
    for (auto const& row : r.breakeven)
        if (row.quality == "as_bought") sessions[*row.mix] = row.safe50_sessions.value_or(0);
    ASSERT_EQ(sessions.size(), 3U);
    EXPECT_NEAR(sessions.at("reference"), 4e6 * 4830 / (8400 + 1260), 10);
    EXPECT_NEAR(sessions.at("chat alone"), 4830 / 0.0084, 10);
    EXPECT_NEAR(sessions.at("mix of 2026-03"), 5e6 * 4830 / (2 * 8400 + 1260), 10);
    EXPECT_EQ(bought(r, "small").status, "depends");
    EXPECT_EQ(r.breakeven.back().status, "crosses") << "other mixes keep theirs";
    EXPECT_EQ(
        std::count_if(r.breakeven_curve.begin(), r.breakeven_curve.end(),
                      [](BreakevenCurveRow const& row) { return row.mix == "chat alone" && row.multiplier == 1; }),
        2);
}

TEST(Breakeven, DoesNotDependOnTheMixWhereNothingIsFixed) {
    StudySettings settings;
    settings.breakeven.mixes = true;
    auto const r = result_of(two_features("0 FTE"), settings);
    for (auto const& row : r.breakeven) EXPECT_EQ(row.status, "always") << *row.mix;
}

TEST(Breakeven, HasNoOtherMixOfOneFeature) {
    StudySettings settings;
    settings.breakeven.mixes = true;
    auto const r = result_of(compared("", ", staff: 0.5 FTE", staffed + "compare: {}\n"), settings);
    EXPECT_EQ(r.breakeven.size(), 2U);
    EXPECT_EQ(bought(r, "small").status, "crosses");
}

/// What the challenger costs more than the baseline at 1x, dollars a month.
double difference_at_one(Result const& r, std::string const& quality) {
    for (auto const& row : r.breakeven_curve)
        if (row.quality == quality && row.multiplier == 1)
            return dollars(row.cost_challenger) - dollars(row.cost_baseline);
    throw std::out_of_range("1x is not compared");
}

TEST(TurningPoint, OfStaffLeavesNoDifferenceWhenItIsRun) {
    std::string const more = "beliefs: {rate: $150k to $280k per year}\ncosts: {staff: {rate: =rate}}\ncompare: {}\n";
    auto const r = result_of(compared(", staff: 0.02 FTE", ", staff: 0.2 FTE", more));
    ASSERT_TRUE(bought(r, "small").fte);
    auto const there =
        result_of(compared(", staff: 0.02 FTE", ", staff: " + std::to_string(*bought(r, "small").fte) + " FTE", more));
    EXPECT_LT(difference_at_one(r, "as_bought"), -1000);
    EXPECT_NEAR(difference_at_one(there, "as_bought"), 0, 0.02);  // six places of an FTE
}

TEST(TurningPoint, OfApiPricesLeavesNoDifferenceWhenAllAreLower) {
    std::string const more = staffed + "compare: {}\n";
    auto const r = result_of(compared("", ", staff: 0.25 FTE", more));
    // 4,200 of a difference of 8,400: half the price, of $9,000 for 1.4B tokens.
    EXPECT_NEAR(dollars(bought(r, "small").api_price), 9000 * 0.25 / 1400, 1e-5);
    auto const lower = "plan: {test: {contract: {vendor: test, discount: 75%}}}\n";
    auto const there = result_of(compared("", ", staff: 0.25 FTE", more + lower));
    EXPECT_NEAR(difference_at_one(there, "as_bought"), 0, 1e-4);
    EXPECT_NEAR(dollars(bought(there, "small").api_price), 9000 * 0.25 / 1400, 1e-5) << "discounts are of the price";
}

TEST(TurningPoint, OfApiPricesIsNotSaidWhereBillsAreNotProportional) {
    for (std::string const terms : {"commitment: $20k per month", "tiers: [{above: $1k per month, discount: 8%}]"}) {
        auto const plan = "plan: {large: {contract: {vendor: test, " + terms + "}}}\n";
        auto const r = result_of(compared("", ", staff: 0.25 FTE", staffed + "compare: {}\n" + plan));
        EXPECT_FALSE(bought(r, "small").api_price) << terms;
        EXPECT_TRUE(bought(r, "small").fte) << terms;
    }
}

TEST(TurningPoint, OfSuccessLeavesNoDifferenceWhenItIsRun) {
    auto const scenario = [](std::string const& success) {
        auto text = compared(", success: 95%", ", success: " + success, "compare: {}\n");
        text.replace(text.find("revenue: $0.05"), 14, "failure_cost: $0.10 to $0.30");
        return text;
    };
    auto const r = result_of(scenario("80%"));
    EXPECT_FALSE(bought(r, "small").success) << "what is bought does not know of failures";
    auto const& adjusted = r.breakeven[1];
    ASSERT_TRUE(adjusted.success);
    EXPECT_GT(difference_at_one(r, "adjusted"), 1000);
    auto const there = result_of(scenario(std::to_string(100 * *adjusted.success) + "%"));
    EXPECT_NEAR(difference_at_one(there, "adjusted"), 0, 0.02);
}

TEST(TurningPoint, IsNotSaidWhereNoPositiveOneDoes) {
    auto const r = result_of(compared("", ", staff: 3 FTE", staffed + "compare: {}\n"));
    EXPECT_GT(difference_at_one(r, "as_bought"), 10'000);
    EXPECT_NEAR(*bought(r, "small").fte, 1, 1e-9);
    EXPECT_FALSE(bought(r, "small").gpu_price);
    auto const hopeless =
        result_of(compared("", ", one_off: {set-up: $900k, spread: 3 months}", staffed + "compare: {}\n"));
    EXPECT_FALSE(bought(hopeless, "small").fte);
}

/// domain.md 3.4: a unit of two H100 in months of 730 h against $3 and $15 at as many tokens in as out.
Result one_unit(std::string const& plan) {
    std::string const text = R"(schema: runrate/scenario/1
name: one unit
calendar: {start: 2026-01, months: 1, month: 730 h}
features:
  chat:
    traffic: {sessions: 100k per month}
    session: {turn: ask}
workflows:
  ask: {steps: [{call: answerer, user: 500 tokens, output: 500 tokens}]}
options:
  api: {serve: {default: test/plain}}
  own: {serve: {default: pool llama-70b}}
pools: {llama-70b: {model: llama-3.3-70b, precision: fp8, gpus_per_replica: 2, gpu: h100-sxm}}
scales: {by: [1, 4]}
compare: {range: 1x to 10x}
prices: {books: [prices.yaml]}
)";
    auto const loaded = load_scenario({"-",
                                       text + "plan: {llama-70b: " + plan + "}\n",
                                       {},
                                       {test_prices()},
                                       {std::string{RUNRATE_SOURCE_DIR} + "/calibration"}});
    StudySettings settings;
    settings.worlds = 64;
    return run(*loaded.scenario, settings).result;
}

TEST(Breakeven, OfAFixedPoolIsItsRentOverThePriceOfTheApi) {
    auto const r = one_unit("{at_least: 1, rest: {on_demand: $2.375/GPU-h}}");
    EXPECT_NEAR(*bought(r, "own").safe50_tokens, 385e6, 0.5e6);
    EXPECT_NEAR(*bought(r, "own").safe50_tokens, 3467.5 / 9e-6, 10);
    for (auto const& row : r.breakeven_curve) EXPECT_NEAR(*row.replicas, 1, 1e-9);
}

TEST(Breakeven, IsSaidForEachPriceOfGpuHours) {
    auto const r = one_unit("{at_least: 2, reserve: {replicas: 1, rate: $1/GPU-h}, rest: {on_demand: $4/GPU-h}}");
    std::map<std::string, double> tokens;
    for (auto const& row : r.breakeven)
        if (row.quality == "as_bought") tokens[*row.gpu_price_basis] = row.safe50_tokens.value_or(0);
    ASSERT_EQ(tokens.size(), 3U);
    EXPECT_NEAR(tokens.at("as planned"), 1460 * (1 + 4) / 9e-6, 100);
    EXPECT_EQ(tokens.at("on demand"), 0) << "1460 * 8 / 9e-6 is beyond 10x";
    EXPECT_NEAR(tokens.at("reserved"), 1460 * (1 + 1) / 9e-6, 100);
    auto const unreserved = one_unit("{at_least: 1, rest: {on_demand: $4/GPU-h}}");
    EXPECT_EQ(unreserved.breakeven.size(), 4U) << "nobody knows what a reserved hour costs";
    EXPECT_EQ(unreserved.breakeven[0].safe50_tokens, unreserved.breakeven[1].safe50_tokens);
}

TEST(Breakeven, IsHeldAgainstWhatIsClaimed) {
    auto const r = one_unit("{at_least: 1, rest: {on_demand: $2.375/GPU-h}}");
    std::map<std::string, ClaimRow> claims;
    for (auto const& row : r.claims) claims[row.claim] = row;
    EXPECT_EQ(claims.at("self-hosting breaks even").here, "from 385 million tokens a month");
    EXPECT_EQ(claims.at("an API wins at small volumes").here, "below 385 million tokens a month");
    EXPECT_EQ(claims.at("self-hosting breaks even").why,
              "own pays 3468 USD for a month of 100 million tokens, api 9.00 for a million of 100 million");
}

TEST(TurningPoint, OfTheGpuPriceLeavesNoDifferenceWhenItIsPaid) {
    auto const price = dollars(bought(one_unit("{at_least: 1, rest: {on_demand: $2.375/GPU-h}}"), "own").gpu_price);
    EXPECT_NEAR(price, 900.0 / 1460, 1e-6);  // 100M tokens at $9/M over the hours of two GPUs
    auto const there = one_unit("{at_least: 1, rest: {on_demand: $" + std::to_string(price) + "/GPU-h}}");
    EXPECT_NEAR(difference_at_one(there, "as_bought"), 0, 0.002);
}

}  // namespace
}  // namespace runrate
