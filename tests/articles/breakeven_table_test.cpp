// Breakeven of a unit of two H100 against APIs, cell by cell, out of the whole program: $3,467.50 a month for up to
// 23,221 million tokens, half of them written.

#include <gtest/gtest.h>

#include "runrate/study.h"

namespace runrate {
namespace {

/// Millions of tokens a month from which on units are cheaper: one unit; with one that stands by (N + 1); with a
/// quarter of $200k a year and all of $250k a year of staff besides.
struct Row {
    std::string api;
    double bare, spare, quarter, one;
};

std::ostream& operator<<(std::ostream& out, Row const& row) { return out << row.api; }

constexpr double of_a_unit = 23'221;

/// \param units  that serve where a person runs them
std::string units_against(std::string const& api, int units) {
    std::string text = R"(schema: runrate/scenario/1
name: units against an API
calendar: {start: 2026-09, months: 1, month: 730 h}
scales: {by: [1]}
features:
  request:
    traffic: {sessions: 1M per month, gaps_cv: 0}   # x 1,000 tokens
    session: {turn: answer}
workflows:
  answer: {steps: [{call: answerer, user: 500 tokens, output: 500 tokens}]}
options:
  api: {serve: {answerer: API}}
  bare: {serve: {default: pool alone}}
  spare: {serve: {default: pool with-spare}}
  quarter: {like: spare, staff: 0.25 FTE}
  one: {serve: {default: pool for-all}, staff: 1.25 FTE}
pools:
  alone: &unit
    model: llama-3.3-70b
    gpu: h100-sxm
    gpus_per_replica: 2
    capacity: {total: 8836 tokens/s}   # x 730 h
  with-spare: *unit
  for-all: *unit
plan:
  alone: {at_least: 1, rest: {on_demand: $2.375/GPU-h}}
  with-spare: {at_least: 1, spare: 1, rest: {on_demand: $2.375/GPU-h}}
  for-all: {at_least: UNITS, spare: 1, rest: {on_demand: $2.375/GPU-h}}
costs: {staff: {rate: $200k per year}}
prices: {books: [articles.yaml, api-2026-08.yaml]}
compare: {baseline: api, range: 0.05x to 40x}
)";
    text.replace(text.find("API}"), 3, api);
    return text.replace(text.find("UNITS"), 5, std::to_string(units));
}

class BreakevenTable : public testing::TestWithParam<Row> {};

TEST_P(BreakevenTable, IsReproduced) {
    auto const source = std::string{RUNRATE_SOURCE_DIR};
    auto const& row = GetParam();
    auto const loaded = load_scenario({"-",
                                       units_against(row.api, row.one > of_a_unit ? 2 : 1),
                                       {},
                                       {source + "/calibration/prices"},
                                       {source + "/calibration"}});
    StudySettings settings;
    settings.worlds = 64;
    settings.breakeven.points = 9;
    auto const result = run(*loaded.scenario, settings).result;
    auto const expect = [&](std::string const& challenger, double tokens) {
        for (auto const& r : result.breakeven) {
            if (r.challenger != challenger || r.quality != "as_bought" || r.gpu_price_basis != "as planned") continue;
            EXPECT_NEAR(*r.safe50_tokens * 1e-6, tokens, 0.6) << challenger;
            EXPECT_EQ(r.status, "crosses");
            return;
        }
        FAIL() << "no " << challenger;
    };
    expect("bare", row.bare);
    expect("spare", row.spare);
    expect("quarter", row.quarter);
    expect("one", row.one);
}

INSTANTIATE_TEST_SUITE_P(Apis, BreakevenTable,
                         testing::Values(Row{"article/hosted-llama-70b", 3940, 7881, 12'616, 35'495},
                                         Row{"openai/gpt-5", 616, 1233, 1974, 4937},
                                         Row{"openai/gpt-4o", 555, 1110, 1776, 4443},
                                         Row{"article/three-fifteen", 385, 771, 1234, 3085},
                                         Row{"anthropic/claude-opus-5", 231, 462, 740, 1851},
                                         Row{"openai/gpt-5.5", 198, 396, 634, 1587}));

}  // namespace
}  // namespace runrate
