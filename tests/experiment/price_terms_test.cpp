// Price terms that depend on more than the date, from the scenario to the bill.

#include <gtest/gtest.h>

#include "run_text.h"

namespace runrate {
namespace {

Result run_months(std::string const& features, std::string const& workflow, std::string const& option,
                  std::string const& more = {}) {
    auto const yaml =
        "schema: runrate/scenario/1\nname: terms\ncalendar: {start: 2026-01, months: 2}\nscales: {by: [1]}\n"
        "features: {" +
        features + "}\nworkflows: {ask: " + workflow + "}\noptions: {one: " + option + "}\n" + more;
    StudySettings settings;
    settings.worlds = 64;
    return run(*load_text(yaml).scenario, settings).result;
}

double month(Result const& r, std::string const& period = "2026-01") {
    return dollars(cost_of(r, "one", 1, period).mean);
}

double line(Result const& r, std::string const& name, std::string const& period = "2026-01") {
    for (auto const& row : r.cost_lines) {
        if (row.line == name && row.period == period) return dollars(row.mean);
    }
    return 0;
}

std::string const sessions = "chat: {traffic: {sessions: 1000 per month}, session: {turns: 2, turn: ask}}";

TEST(LengthTier, ReachesTheBillOfTheLongPromptsAlone) {
    auto const r = run_months(sessions, "{steps: [{call: writer, user: 120k tokens, output: 1000 tokens}]}",
                              "{serve: {default: test/tiered}}");
    // Two turns of 120,000 and 241,000 tokens in, 1,000 out; the first prompt is still cached, and costs as input.
    EXPECT_DOUBLE_EQ(line(r, "writer output"), 10);
    EXPECT_DOUBLE_EQ(line(r, "writer output, prompts above 200000"), 20);
    EXPECT_DOUBLE_EQ(line(r, "writer input"), 120);
    EXPECT_DOUBLE_EQ(line(r, "writer cache_read, prompts above 200000"), 240);
    EXPECT_DOUBLE_EQ(line(r, "writer input, prompts above 200000"), 242);
    EXPECT_DOUBLE_EQ(month(r), 632);
    EXPECT_DOUBLE_EQ(month(r, "2026-02"), 120 + 241 + 20);  // the vendor gave the tier up
}

TEST(LengthTier, LeavesUsageByMeterWhole) {
    auto const r = run_months(sessions, "{steps: [{call: writer, user: 120k tokens, output: 1000 tokens}]}",
                              "{serve: {default: test/tiered}}");
    double output = 0;
    int rows = 0;
    for (auto const& row : r.usage) {
        if (row.period != "horizon" || row.meter != "output") continue;
        output += row.mean.value();
        ++rows;
    }
    EXPECT_DOUBLE_EQ(output, 4e6);
    EXPECT_EQ(rows, 1);
}

TEST(LengthTier, SharedPrefixesAreMissedInTheTierOfTheirPrompt) {
    // One session a month: its system prompt is never alive, so its first call reads nothing, in either tier.
    auto const r = run_months("chat: {traffic: {sessions: 1 per month, gaps_cv: 0}, session: {turn: ask}}",
                              "{context: {system: 201k tokens}, steps: [{call: writer, output: 1000 tokens}]}",
                              "{serve: {default: test/tiered}}");
    EXPECT_NEAR(line(r, "writer input, prompts above 200000"), 0.402, 1e-4);
    EXPECT_NEAR(line(r, "writer cache_read, prompts above 200000"), 0, 1e-4);
}

}  // namespace
}  // namespace runrate
