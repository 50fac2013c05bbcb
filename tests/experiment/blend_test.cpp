// Dollars per million tokens of whole workloads, worked by hand.

#include <gtest/gtest.h>

#include "run_text.h"

namespace runrate {
namespace {

/// Ten thousand sessions of the workflow.
Result run_blend(std::string const& workflow, std::string const& model) {
    auto const yaml =
        "schema: runrate/scenario/1\nname: blend\ncalendar: {start: 2026-01, months: 1}\nscales: {by: [1]}\n"
        "features: {task: {traffic: {sessions: 10k per month}, session: {turn: do}}}\nworkflows: {do: " +
        workflow + "}\noptions: {one: {serve: {default: " + model + "}}}\n";
    StudySettings settings;
    settings.worlds = 64;
    return run(*load_text(yaml).scenario, settings).result;
}

/// What the chain of ratios says a token costs, in dollars per million.
double per_million(std::string const& workflow, std::string const& model) {
    for (auto const& row : run_blend(workflow, model).ratios) {
        if (row.name == "dollars per token" && row.period == "2026-01") return row.value * 1e6;
    }
    return 0;
}

/// Nineteen calls, each with 4,000 tokens more than the one before: of 190 parts read 19 are new, a tenth. They write
/// a hundredth of what they read: (10 x 3.75 + 90 x 0.30 + 1 x 15) / 101.
TEST(Blend, OfAnAgentIsThatOfAHundredToOneWithNineReadsInTen) {
    EXPECT_NEAR(
        per_million("{context: {cache: {lifetime: 5 min}}, steps: [{call: agent, user: 4000 tokens, output: 400 "
                    "tokens}, {repeat: {times: 18, steps: [{tool: shell, result: 3600 tokens}, {call: agent, "
                    "output: 400 tokens}]}}]}",
                    "test/sonnet"),
        79.5 / 101, 1e-6);
}

TEST(Blend, OfAChatIsThatOfThreeToOne) {
    EXPECT_NEAR(per_million("{steps: [{call: chat, user: 3000 tokens, output: 1000 tokens}]}", "test/sonnet"), 6, 1e-6);
}

/// Three dollars for a million tokens of a tokenizer that makes 1.3 of one are $3.90 per million of the old.
TEST(Tokenizer, OfThePriceBookReachesTheBill) {
    std::string const read_only = "{steps: [{call: reader, user: 1M tokens, output: 0 tokens}]}";
    EXPECT_DOUBLE_EQ(dollars(cost_of(run_blend(read_only, "test/plain"), "one", 1, "2026-01").mean), 30'000);
    EXPECT_DOUBLE_EQ(dollars(cost_of(run_blend(read_only, "test/wordy"), "one", 1, "2026-01").mean), 39'000);
    EXPECT_NEAR(per_million(read_only, "test/wordy"), 3, 1e-9);
}

}  // namespace
}  // namespace runrate
