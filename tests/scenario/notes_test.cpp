#include "scenario/notes.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "scenario/loaded.h"

namespace runrate {
namespace {

bool has_rule(LoadedScenario const& loaded, int number) {
    auto const& notes = loaded.scenario->notes;
    auto const begins = (number < 10 ? "   " : "  ") + std::to_string(number) + "  ";
    return std::any_of(notes.begin(), notes.end(), [&](std::string const& n) { return n.starts_with(begins); });
}

std::string last_note(LoadedScenario const& loaded) { return loaded.scenario->notes.back(); }

TEST(Notes, StandAtTheHeadOfTheResolvedScenario) {
    EXPECT_TRUE(load_text(good_scenario)
                    .resolved.starts_with(
                        "# rules that this scenario uses:\n"
                        "#    2  the user text joins at the call where it stands, once per turn\n"
                        "#   21  `per month` is that month's total; per day, workday and week are rates, so longer "
                        "months have more\n"
                        "#   24  all money is in `currency`\n"
                        "# prompt caches by option, role and model:\n"
                        "#   api answerer acme/large: off (explicit, and no workflow asks for it: context.cache)\n"
                        "schema: runrate/scenario/1\n"));
}

TEST(Notes, NameARuleOnlyWhereItIsUsed) {
    struct Case {
        int rule;
        char const* set;
    };
    for (auto const& c : {
             Case{1, "workflows.reply.context.history={window: 3 turns}"},
             Case{23, "plan={acme: {contract: {discount: 10%}}}"},
             Case{3, "workflows.reply.context.compact={above: 9k tokens, to: 1k tokens, by: answerer}"},
             Case{4, "workflows.reply.context.limit=200k tokens"},
             Case{5, "workflows.reply.steps=[{agent: a, call: answerer, output: 9 tokens}]"},
             Case{6, "features.chat.session.turns={geometric: {mean: 4}}"},
             Case{7, "workflows.reply.steps[0].cap=900 tokens"},
             Case{8, "workflows.reply.steps[0].reasoning=900 tokens"},
             Case{8, "workflows.reply.steps[0].reasoning_share=70%"},
             Case{9, "options.api.adjust={answerer: {steps: 1.2x}}"},
             Case{10, "gateway={semantic_cache: {roles: [answerer], hit: 30%}}"},
             Case{11, "targets={acme/*: {errors: 1%}}"},
             Case{12, "options.api.shares={answerer: {acme/large: 60%, acme/small: 40%}}"},
             Case{13, "targets={acme/*: {timeouts: 1%}}"},
             Case{14, "gateway={semantic_cache: {roles: [answerer], hit: 30%, false_hit: 1%}}"},
             Case{15, "workflows.reply.context.cache={}"},
             Case{15, "workflows.reply.variants={split: {terse: {share: 20%}}}"},
             Case{15, "workflows.reply.variants={shadow: {terse: {}}}"},
             Case{16, "options.api.serve.answerer=acme/small"},
             Case{17, "workflows.reply.context.cache={}"},
             Case{19, "features.chat.traffic.growth={exponential: 4% per month}"},
             Case{20, "features.chat.traffic.growth={logistic: {ceiling: 3x, half_way: 2026-07}}"},
             Case{22, "options.api.serve.answerer=acme/small"},
             Case{23, "prices.drift={api: -20% per year}"},
         }) {
        EXPECT_FALSE(has_rule(load_text(good_scenario), c.rule)) << c.rule;
        EXPECT_TRUE(has_rule(load_text(good_scenario, {c.set}), c.rule)) << c.rule;
    }
}

TEST(Notes, NameTheBatchLane) {
    auto text = good_scenario;
    auto const sessions = text.find("sessions: 50k per month");
    ASSERT_NE(sessions, std::string::npos);
    text.replace(sessions, 23, "jobs: {every: day, at: \"02:00\", items: 20}");
    auto const session = text.find("session: {");
    text.replace(session, text.find('}', session) + 1 - session, "item: {workflow: reply, lane: batch}");
    EXPECT_TRUE(has_rule(load_text(text), 18));
    EXPECT_FALSE(has_rule(load_text(good_scenario), 18));
}

TEST(CacheNotes, SayWhoCachesAndWhy) {
    EXPECT_EQ(last_note(load_text(good_scenario, {"workflows.reply.context.cache={}"})),
              "  api answerer acme/large: explicit, 5 min, from 1024 tokens");
    EXPECT_EQ(last_note(load_text(good_scenario, {"options.api.serve.answerer=acme/small"})),
              "  api answerer acme/small: automatic, 5 min, from 1024 tokens");
    EXPECT_EQ(last_note(load_text(good_scenario, {"options.api.serve.answerer=bolt/late"})),
              "  api answerer bolt/late: off (the price book states no cache)");
    EXPECT_EQ(last_note(load_text(good_scenario, {"workflows.reply.steps=[{retrieve: docs, chunks: 2, chunk: 9 tokens, "
                                                  "embed: embedder}, {call: answerer, output: 9 tokens}]",
                                                  "options.api.serve.embedder=bolt/embed"})),
              "  api answerer acme/large: off (explicit, and no workflow asks for it: context.cache)");
}

TEST(CacheNotes, SayWhereACacheIsKeptForPay) {
    auto const noted = [](std::string const& model, std::vector<std::string> sets) {
        sets.insert(sets.end(), {"prices.books=[kept.yaml]", "options.api.serve.answerer=" + model});
        return last_note(load_text(good_scenario, sets));
    };
    std::string const seven_hours = "workflows.reply.context.cache={lifetime: 7 h}";
    EXPECT_EQ(noted("acme/kept", {}), "  api answerer acme/kept: automatic, 5 min, from 1024 tokens");
    EXPECT_EQ(noted("acme/kept", {seven_hours}),
              "  api answerer acme/kept: on request with storage, 7 h, from 1024 tokens");
    EXPECT_EQ(noted("acme/asked", {seven_hours}), "  api answerer acme/asked: on request with storage, 7 h");
    EXPECT_EQ(
        noted("acme/kept", {seven_hours, "workflows.other={steps: [{call: answerer, output: 9 tokens}]}"}),
        "  api answerer acme/kept: on request with storage, 7 h; automatic where the context has no `cache`, from "
        "1024 tokens");
}

TEST(Notes, SayHowDollarsAreConverted) {
    auto const notes = load_text(good_scenario, {"money={currency: EUR, exchange: {rate: 0.92 EUR per USD, as_of: "
                                                 "2026-01-01, source: ECB}}"})
                           .scenario->notes;
    EXPECT_NE(
        std::find(notes.begin(), notes.end(),
                  "  24  vendors bill in dollars: each line is converted once, after billing, at the stated rate; "
                  "amounts in dollars are converted when they are read"),
        notes.end());
}

TEST(CacheNotes, SpeakOfAgentsThatInheritAndContextsThatDoNotAsk) {
    auto const loaded =
        load_text(good_scenario, {"workflows.reply.context.cache={lifetime: 5 min}",
                                  "workflows.reply.steps=[{agent: a, call: answerer, output: 9 tokens}]",
                                  "workflows.other={steps: [{call: answerer, output: 9 tokens}]}"});
    EXPECT_EQ(last_note(loaded),
              "  api answerer acme/large: explicit, 5 min; off where the context has no `cache`, from 1024 tokens");
}

TEST(AsComments, KeepsEachNoteOnItsLine) { EXPECT_EQ(as_comments({"a\nb", "c"}), "# a b\n# c\n"); }

TEST(Warnings, NameAWorkflowThatNoFeatureUses) {
    auto const loaded = load_text(good_scenario, {"workflows.spare={steps: [{call: answerer, output: 9 tokens}]}"});
    EXPECT_NE(loaded.warnings.find("warning: no feature uses the workflow 'spare' (it changes nothing)"),
              std::string::npos);
    EXPECT_EQ(load_text(good_scenario).warnings, "");
}

}  // namespace
}  // namespace runrate
