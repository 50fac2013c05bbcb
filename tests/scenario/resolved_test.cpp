#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "scenario/files.h"
#include "scenario/loaded.h"
#include "scenario/scenario.h"

namespace runrate {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> shipped_scenarios() {
    std::vector<fs::path> found;
    for (auto const& entry : fs::recursive_directory_iterator{source_folder() / "scenarios"}) {
        if (entry.path().extension() == ".yaml") found.push_back(entry.path());
    }
    return found;
}

/// Without the marks of defaults, which a reader cannot know once they are written out.
std::string unmarked(std::string text) {
    std::string const mark = " # default\n";
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) text.erase(at, mark.size() - 1);
    return text;
}

void expect_same_again(LoadedScenario const& once, std::vector<fs::path> const& books, std::string const& name) {
    auto const again = load_scenario({"-", once.resolved, {}, books});
    EXPECT_EQ(unmarked(again.resolved), unmarked(once.resolved)) << name;
    auto const third = load_scenario({"-", again.resolved, {}, books});
    EXPECT_EQ(third.resolved, again.resolved) << name;
}

TEST(Resolved, ReadsBackToItselfForEveryShippedScenario) {
    for (auto const& path : shipped_scenarios()) {
        std::vector<fs::path> const books{source_folder() / "calibration/prices", path.parent_path()};
        auto const loaded = load_scenario({path, {}, {}, books});
        if (!loaded.scenario->calendar.holidays) expect_same_again(loaded, books, path.filename().string());
    }
}

TEST(Resolved, ReadsBackToItselfAndIsTheSameInput) {
    auto const loaded = load_text(good_scenario);
    expect_same_again(loaded, {test_books()}, "good");
    EXPECT_EQ(load_text(loaded.resolved).scenario->hash, loaded.scenario->hash);
    EXPECT_NE(load_text(good_scenario, {"calendar.months=13"}).scenario->hash, loaded.scenario->hash);
}

TEST(Resolved, OfAJobReadsBack) {
    auto const loaded = load_text(
        good_scenario, {"features.chat={traffic: {jobs: {every: day, items: 20k}}, item: {workflow: reply}}"});
    expect_same_again(loaded, {test_books()}, "job");
}

TEST(Resolved, OfOwnedMachinesReadsBack) {
    std::string const pool =
        "pools: {own: {model: llama-3.3-70b, precision: fp8, gpus_per_replica: 2, gpu: h200-sxm}}\n"
        "plan: {own: {at_least: 3, rest: {on_demand: $2/GPU-h}, own: [{replicas: 1, capex: $90k, power: 3 kW}, "
        "{replicas: 1, capex: $90k, power: 3 kW, colo: $200/kW-month}]}}\n";
    auto const loaded = load_text(good_scenario + pool);
    EXPECT_EQ(unmarked(load_text(loaded.resolved).resolved), unmarked(loaded.resolved));
    EXPECT_EQ(loaded.scenario->pool_plans.at(0).own.at(1).energy_usd.value, 0);
}

TEST(Resolved, WritesEveryDefaultOut) {
    auto const resolved = load_text(good_scenario).resolved;
    for (char const* text : {"fiscal_year_starts: January # default", "discount_rate: 0% per year # default",
                             "multiply: customers # default", "stale_after: 90 days # default", "history: dialogue",
                             "gaps_cv: 1", "attempts: 1"}) {
        EXPECT_NE(resolved.find(text), std::string::npos) << text << "\n" << resolved;
    }
}

TEST(Like, LaysAnOptionOverAnother) {
    auto const loaded = load_text(
        good_scenario, {"options.other={like: api, staff: 2 FTE}", "options.third={like: other, success: 90%}"});
    auto const& options = loaded.scenario->options;
    ASSERT_EQ(options.size(), 3U);
    EXPECT_EQ(options[2].staff_fte.value, 2);
    EXPECT_EQ(options[2].success->value, 0.9);
    EXPECT_EQ(std::get<TargetId>(*options[2].behaviour.routes.at(0)),
              std::get<TargetId>(*options[0].behaviour.routes.at(0)));
}

TEST(Set, IsAppliedInOrderAndBeforeLike) {
    auto const loaded =
        load_text(good_scenario, {"options.other={like: api}", "options.api.staff=1 FTE", "options.api.staff=3 FTE",
                                  "workflows.reply.steps[0].output=9 tokens"});
    EXPECT_EQ(loaded.scenario->options.at(1).staff_fte.value, 3);
    auto const& call = std::get<CallStep>(loaded.scenario->workflows.at(0).steps.at(0).what);
    EXPECT_EQ(call.output.parameters.at(0).second.value, 9);
}

TEST(Extends, LaysAFileOverAnother) {
    auto const file = source_folder() / "tests/scenario/good/above.yaml";
    auto const loaded = load_scenario({file, {}, {}, {test_books()}});
    EXPECT_EQ(loaded.scenario->name, "above");
    EXPECT_EQ(loaded.scenario->calendar.months, 24);
    EXPECT_EQ(loaded.scenario->calendar.start, (std::chrono::year{2026} / std::chrono::January));
    ASSERT_EQ(loaded.scenario->inputs.size(), 4U);
    std::vector<std::string> kinds;
    for (auto const& input : loaded.scenario->inputs) kinds.push_back(input.path + ": " + input.kind);
    EXPECT_EQ(kinds, (std::vector<std::string>{"above.yaml: scenario", "below.yaml: scenario", "holidays.csv: holidays",
                                               "small.yaml: price book"}));
    for (auto const& input : loaded.scenario->inputs) EXPECT_EQ(input.sha256.size(), 64U);
}

TEST(Sha256, IsTheStandards) {  // FIPS 180-2, appendix B.1
    EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(PriceBook, IsReadWithItsDatesAndCacheTerms) {
    auto const loaded = load_text(good_scenario, {"options.api.serve.answerer=acme/small"});
    auto const& small = loaded.scenario->prices.book.models.at("acme/small");
    ASSERT_EQ(small.rows.size(), 2U);
    EXPECT_EQ(small.rows[0].standard.base.input, TokenPrice{250'000});
    EXPECT_EQ(small.rows[1].standard.base.output, TokenPrice{1'600'000});
    EXPECT_EQ(small.rows[1].standard.base.cache_read, TokenPrice{20'000});
    EXPECT_FALSE(small.rows[0].standard.base.cache_write_5m);
    EXPECT_EQ(small.cache.kind, CacheTerms::Kind::automatic);
    EXPECT_EQ(small.cache.step_tokens, 128);
    EXPECT_EQ(small.cache.lifetime_s, 300);
}

TEST(PriceBook, MayStartLateWherePricesAreNotStrict) {
    EXPECT_EQ(said_of(good_scenario, {"options.api.serve.answerer=bolt/late"}), "");
}

TEST(Schema, HasEveryKeyOfTheLanguage) {
    auto const schema = nlohmann::json::parse(scenario_schema());
    std::string const text = schema.dump();
    for (char const* key : {"schema", "name", "extends", "calendar", "money", "scales", "beliefs", "features",
                            "workflows", "gateway", "options", "targets", "prices", "costs", "gates", "compare"}) {
        EXPECT_TRUE(schema["properties"].contains(key)) << key;
    }
    for (char const* key : {"start",
                            "months",
                            "fiscal_year_starts",
                            "fiscal_year_named",
                            "utc_offset",
                            "holidays",
                            "month",
                            "currency",
                            "discount_rate",
                            "budget",
                            "multiply",
                            "by",
                            "correlation",
                            "tags",
                            "traffic",
                            "sessions",
                            "jobs",
                            "every",
                            "at",
                            "items",
                            "customers",
                            "count",
                            "share",
                            "zipf",
                            "growth",
                            "exponential",
                            "logistic",
                            "ceiling",
                            "half_way",
                            "until",
                            "then",
                            "table",
                            "week",
                            "season",
                            "day_to_day",
                            "day_memory",
                            "gaps_cv",
                            "events",
                            "days",
                            "from",
                            "turns",
                            "think",
                            "turn",
                            "workflow",
                            "call",
                            "input",
                            "output",
                            "outcome",
                            "revenue",
                            "failure_cost",
                            "context",
                            "system",
                            "tools",
                            "history",
                            "window",
                            "of",
                            "limit",
                            "compact",
                            "above",
                            "to",
                            "cache",
                            "lifetime",
                            "keep_reasoning",
                            "steps",
                            "user",
                            "reasoning",
                            "cap",
                            "cap_visible",
                            "retry",
                            "probability",
                            "tool",
                            "time",
                            "result",
                            "retrieve",
                            "chunks",
                            "chunk",
                            "embed",
                            "rerank",
                            "parallel",
                            "repeat",
                            "times",
                            "while",
                            "at_most",
                            "at_least",
                            "agent",
                            "task",
                            "lognormal",
                            "gamma",
                            "weibull",
                            "pareto",
                            "geometric",
                            "quantiles",
                            "samples",
                            "mixture",
                            "median",
                            "p95",
                            "cv",
                            "semantic_cache",
                            "roles",
                            "hit",
                            "false_hit",
                            "lookup",
                            "attempts",
                            "backoff",
                            "jitter",
                            "serve",
                            "like",
                            "shares",
                            "sticky",
                            "cascade",
                            "first",
                            "keep",
                            "adjust",
                            "tokenizer",
                            "success",
                            "staff",
                            "one_off",
                            "errors",
                            "timeouts",
                            "billed",
                            "timeout",
                            "ttft",
                            "speed",
                            "books",
                            "drift",
                            "api",
                            "stale_after",
                            "strict",
                            "rate",
                            "observability",
                            "total",
                            "unit_cost",
                            "margin",
                            "option",
                            "scale",
                            "period",
                            "p",
                            "unit",
                            "feature",
                            "below"}) {
        EXPECT_NE(text.find('"' + std::string{key} + "\":"), std::string::npos) << key;
    }
}

}  // namespace
}  // namespace runrate
