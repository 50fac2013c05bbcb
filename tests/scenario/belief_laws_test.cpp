#include <variant>

#include <gtest/gtest.h>

#include "scenario/loaded.h"
#include "scenario/scenario.h"

namespace runrate {
namespace {

std::string replaced(std::string text, std::string const& from, std::string const& to) {
    auto const at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

/// The first belief of the good scenario with a change in it.
Belief belief_of(std::string const& from, std::string const& to) {
    auto const loaded = load_text(replaced(good_scenario, from, to));
    EXPECT_EQ(loaded.scenario->beliefs.size(), 1U);
    return loaded.scenario->beliefs.at(0);
}

void expect_ends(Belief const& belief, double low, double high) {
    EXPECT_NEAR(quantile(belief.law, 0.05), low, 1e-9 * std::abs(low));
    EXPECT_NEAR(quantile(belief.law, 0.95), high, 1e-9 * std::abs(high));
}

TEST(BeliefLaw, OfAPositiveRangeIsLognormalWithItsEndsAsPercentiles) {
    auto const belief = belief_of("system: 500 tokens", "system: 300 to 600 tokens");
    EXPECT_TRUE(std::holds_alternative<Lognormal>(belief.law));
    EXPECT_EQ(belief.law_name, "lognormal");
    EXPECT_EQ(belief.name, "workflows.reply.context.system");
    expect_ends(belief, 300, 600);
}

TEST(BeliefLaw, OfAShareIsLogitNormalAndStaysAShare) {
    auto const belief =
        belief_of("{serve: {answerer: acme/large}}", "{serve: {answerer: acme/large}, success: 30% to 95%}");
    EXPECT_TRUE(std::holds_alternative<LogitNormal>(belief.law));
    expect_ends(belief, 0.30, 0.95);
    EXPECT_GT(quantile(belief.law, 1e-12), 0);
    EXPECT_LT(quantile(belief.law, 1 - 1e-12), 1);
}

TEST(BeliefLaw, OfASpreadInPercentIsLognormal) {
    auto const belief = belief_of("50k per month", "50k per month, day_to_day: 20% to 40%");
    EXPECT_TRUE(std::holds_alternative<Lognormal>(belief.law));
    expect_ends(belief, 0.20, 0.40);
}

TEST(BeliefLaw, OfAChangeIsNormalOnTheLogarithmOfTheFactor) {
    auto const belief = belief_of("50k per month", "50k per month, growth: {exponential: -5% to 9% per month}");
    EXPECT_TRUE(std::holds_alternative<RelativeNormal>(belief.law));
    expect_ends(belief, -0.05, 0.09);
    EXPECT_GT(quantile(belief.law, 1e-12), -1);
}

TEST(BeliefLaw, SaysWhatItsPercentIsWhereNothingElseDoes) {
    auto const loaded = load_text("beliefs: {much: {range: 60% to 90%, share: yes, source: survey}}\n" + good_scenario);
    auto const& belief = loaded.scenario->beliefs.at(0);
    EXPECT_TRUE(std::holds_alternative<LogitNormal>(belief.law));
    EXPECT_EQ(belief.source, "survey");
}

TEST(BeliefLaw, StatedByParametersAloneIsLognormal) {
    for (auto const* text :
         {"{p5: 300 tokens, p95: 600 tokens, source: survey}", "{p5: 300 tokens, p95: 600 tokens}"}) {
        auto const loaded = load_text(replaced("beliefs: {prompt: @}\n" + good_scenario, "@", text));
        EXPECT_TRUE(std::holds_alternative<Lognormal>(loaded.scenario->beliefs.at(0).law));
        expect_ends(loaded.scenario->beliefs.at(0), 300, 600);
    }
    expect_ends(belief_of("system: 500 tokens", "system: {p5: 300 tokens, p95: 600 tokens}"), 300, 600);
}

TEST(BeliefLaw, OfOneNumberIsThatNumber) {
    auto const belief = belief_of("system: 500 tokens", "system: 500 to 500 tokens");
    EXPECT_TRUE(std::holds_alternative<Constant>(belief.law));
}

TEST(BeliefLaw, CanBeAnyStatedOne) {
    auto const belief =
        belief_of("system: 500 tokens", "system: {triangular: {low: 300 tokens, mode: 400 tokens, high: 600 tokens}}");
    EXPECT_TRUE(std::holds_alternative<Triangular>(belief.law));
    EXPECT_EQ(belief.unit, Unit::tokens);
}

TEST(BeliefLaw, TakesThePeriodOfALawInPlace) {
    auto const loaded =
        load_text(replaced(good_scenario, "50k per month",
                           "50k per month, growth: {exponential: {uniform: {low: 1% per year, high: 9% per year}}}"));
    EXPECT_TRUE(std::get<ExponentialGrowth>(loaded.scenario->features.at(0).traffic.growth.at(0).law).per_year);
}

/// Options that say the same must cost the same in every world.
TEST(Belief, InPlaceIsOneForOptionsThatSayTheSame) {
    auto const loaded = load_text(good_scenario, {"options.api.staff=1 to 3 FTE", "options.twin={like: api}",
                                                  "options.other={like: api, staff: 1 to 4 FTE}"});
    auto const& options = loaded.scenario->options;
    EXPECT_EQ(options.at(0).staff_fte.belief, options.at(1).staff_fte.belief);
    EXPECT_NE(options.at(0).staff_fte.belief, options.at(2).staff_fte.belief);
    auto const again = load_text(loaded.resolved);
    EXPECT_EQ(again.scenario->beliefs.size(), loaded.scenario->beliefs.size());
}

TEST(Belief, IsOneOfAThousandAtMost) {
    std::string steps = "workflows.reply.steps=[{call: answerer, user: 60 tokens, output: 200 tokens}";
    for (int i = 0; i < 1001; ++i) steps += ", {tool: a, result: 10 to 20 tokens}";
    EXPECT_NE(said_of(good_scenario, {steps + "]"}).find("1001 beliefs (at most 1000 uncertain numbers)"),
              std::string::npos);
}

TEST(Belief, IsOneDrawForAllWhoNameIt) {
    auto const loaded = load_text("beliefs: {length: 300 to 600 tokens}\n" +
                                  replaced(good_scenario, "system: 500 tokens", "system: =length, tools: =length"));
    auto const& context = loaded.scenario->workflows.at(0).context;
    EXPECT_EQ(context.system.belief, context.tools.belief);
    EXPECT_TRUE(loaded.scenario->beliefs.at(0).reaches_behaviour);
}

TEST(Belief, OfPricesDoesNotReachBehaviour) {
    auto const belief =
        belief_of("{books: [small.yaml]}", "{books: [small.yaml], drift: {api: -30% to -10% per year}}");
    EXPECT_FALSE(belief.reaches_behaviour);
}

}  // namespace
}  // namespace runrate
