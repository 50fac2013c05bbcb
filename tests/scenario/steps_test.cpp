// How answers, uses and variants are written.
#include <gtest/gtest.h>

#include "scenario/loaded.h"
#include "scenario/scenario.h"

namespace runrate {
namespace {

Workflow workflow_of(std::vector<std::string> const& sets) {
    return load_text(good_scenario, sets).scenario->workflows.at(0);
}

template <class What>
What first_step(std::vector<std::string> const& sets) {
    return std::get<What>(workflow_of(sets).steps.at(0).what);
}

TEST(AToolsAsk, NamesARoleThatAnOptionServes) {
    auto const loaded =
        load_text(good_scenario, {"workflows.reply.steps=[{tool: web, ask: searcher, result: 9 tokens}]",
                                  "options.api.serve={searcher: bolt/tool}"});
    auto const& tool = std::get<ToolStep>(loaded.scenario->workflows.at(0).steps.at(0).what);
    ASSERT_TRUE(tool.ask.has_value());
    EXPECT_EQ(loaded.scenario->roles.at(tool.ask->index()), "searcher");
    EXPECT_NE(loaded.resolved.find("#   10  a tool or a query that asks a role"), std::string::npos);
}

TEST(ARetrieval, MayFetchMoreThanItJoins) {
    auto const step = first_step<RetrieveStep>(
        {"workflows.reply.steps=[{retrieve: kb, chunks: 3, chunk: 9 tokens, query: store, rerank: store, fetch: 20}]",
         "options.api.serve={store: bolt/tool}"});
    EXPECT_EQ(step.fetch->value, 20);
    EXPECT_EQ(step.query, step.rerank);
}

TEST(AnAnswer, MayStateItsReasoningAsAShareAndGoOn) {
    auto const call = first_step<CallStep>({"workflows.reply.steps[0].reasoning_share={uniform: {low: 60%, high: 90%}}",
                                            "workflows.reply.steps[0].cap=500 tokens",
                                            "workflows.reply.steps[0].continues=20% to 40%"});
    EXPECT_FALSE(call.reasoning);
    EXPECT_EQ(call.reasoning_share->family, Family::uniform);
    EXPECT_TRUE(call.continues->uncertain());
}

TEST(AnAgentsCall, HasTheLengthsOfACall) {
    auto const agent = first_step<AgentStep>(
        {"workflows.reply.steps=[{agent: a, call: answerer, output: 9 tokens, reasoning_share: 70%, cap: 5 tokens, "
         "continues: 30%}]"});
    auto const& call = std::get<CallStep>(agent.body.at(0).what);
    EXPECT_DOUBLE_EQ(call.reasoning_share->parameters.at(0).second.value, 0.7);
    EXPECT_DOUBLE_EQ(call.continues->value, 0.3);
}

TEST(AReasoningShare, MayHaveALongLawThatIsBounded) {
    EXPECT_EQ(said_of(good_scenario, {"workflows.reply.steps[0].reasoning_share={lognormal: {mean: 70%, cv: 0.2}, "
                                      "at_most: 98%}"}),
              "");
    EXPECT_EQ(said_of(good_scenario, {"workflows.reply.steps[0].reasoning_share=60% to 80%"}), "");
}

TEST(Variants, OfASplitKeepTheirOrder) {
    auto const variants =
        workflow_of({"workflows.reply.variants={split: {b: {share: 20%, system: 300 tokens}, a: {share: 10% to 30%}}}"})
            .variants;
    EXPECT_EQ(variants.variation, Variation::split);
    ASSERT_EQ(variants.all.size(), 2U);
    EXPECT_EQ(variants.all[0].name, "b");
    EXPECT_DOUBLE_EQ(variants.all[0].share.value, 0.2);
    EXPECT_EQ(variants.all[0].system->value, 300);
    EXPECT_FALSE(variants.all[0].tools);
    EXPECT_TRUE(variants.all[1].share.uncertain());
}

TEST(Variants, InShadowHaveDefaultsThatAreShown) {
    auto const loaded = load_text(good_scenario, {"workflows.reply.variants={shadow: {terse: {}}}"});
    auto const& variants = loaded.scenario->workflows.at(0).variants;
    EXPECT_EQ(variants.variation, Variation::shadow);
    EXPECT_EQ(variants.all.at(0).share.value, 1);
    EXPECT_EQ(variants.all.at(0).output.value, 1);
    EXPECT_NE(loaded.resolved.find("shadow: {terse: {share: 100%, output: 1x}}"), std::string::npos) << loaded.resolved;
}

}  // namespace
}  // namespace runrate
