#include "report/json.h"

#include <cstdint>
#include <limits>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "report/example_result.h"
#include "report/tables.h"
#include "runrate/version.h"

namespace runrate {
namespace {

/// What stands between `key` and the next comma or brace: a number's text, before any parser rounds it.
std::string raw_value(std::string_view row, std::string_view key) {
    auto const mark = "\"" + std::string{key} + "\": ";
    auto const from = row.find(mark) + mark.size();
    return std::string{row.substr(from, row.find_first_of(",}", from) - from)};
}

/// Millionths from a decimal number with six places.
std::int64_t millionths(std::string text) {
    auto const point = text.find('.');
    EXPECT_EQ(text.size() - point, 7u) << text;
    return std::stoll(text.erase(point, 1));
}

/// The lines of one table of the JSON text: a row each.
std::vector<std::string> rows_of_table(std::string const& json, std::string const& table) {
    std::istringstream in{json};
    std::vector<std::string> rows;
    std::string line;
    while (std::getline(in, line) && line != "\"" + table + "\": [") {}
    while (std::getline(in, line) && line.starts_with("  {")) rows.push_back(line);
    return rows;
}

TEST(Json, ASmallResultWholeToTheByte) {
    Result r;
    r.command = "run";
    r.seed = 18'446'744'073'709'551'615u;
    r.worlds = 64;
    r.status = Status::partial;
    r.scenario.name = "Say \"hi\"";
    r.cost.push_back({.option = "api",
                      .scale = 2.5,
                      .period = "2026-01",
                      .period_kind = "month",
                      .months_in = 1,
                      .basis = "forecast",
                      .view = "accrual",
                      .mean = Amount{12'340'000},
                      .se = {},
                      .sd_worlds = {},
                      .sd_within = {},
                      .model_error = {},
                      .p5 = {},
                      .p50 = {},
                      .p95 = Amount{-1},
                      .p5_half = {},
                      .p95_half = {},
                      .p_over_budget = 0.1,
                      .feasible = true});
    r.gates.push_back({"g", std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), "pass"});
    std::string expected =
        R"({
"schema": "runrate/result/1",
"runrate_version": "VERSION",
"command": "run",
"seed": 18446744073709551615,
"worlds": 64,
"price_draws": 0,
"status": "partial",
"currency": "USD",
"inputs": [],
"scenario": {"name": "Say \"hi\"", "hash": "", "start": "", "months": 0, "month_rule": "", )"
        R"("scale_multiplies": "", "reference_period": ""},
"options": [],
"features": [],
"beliefs": [],
"plan": [],
"cost": [
  {"option": "api", "scale": 2.5, "period": "2026-01", "period_kind": "month", "months_in": 1, )"
        R"("basis": "forecast", "view": "accrual", "mean": 12.340000, "se": null, "sd_worlds": null, )"
        R"("sd_within": null, "model_error": null, "p5": null, "p50": null, "p95": -0.000001, )"
        R"("p5_half": null, "p95_half": null, "p_over_budget": 0.1, "feasible": true}
],
"cost_lines": [],
"nonlinearity": [],
"ratios": [],
"capacity": [],
"liabilities": [],
"usage": [],
"tokens": [],
"service": [],
"limits": [],
"unit_costs": [],
"breakeven": [],
"breakeven_curve": [],
"breakeven_intervals": [],
"drivers": [],
"levers": [],
"claims": [],
"accuracy": [],
"provenance": [],
"gates": [
  {"gate": "g", "value": null, "bound": null, "verdict": "pass"}
],
"warnings": []
}
)";
    expected.replace(expected.find("VERSION"), 7, version());
    EXPECT_EQ(to_json(r), expected);
}

TEST(Json, ParsesAndHoldsEveryRowOfEveryTable) {
    auto const result = example::result();
    auto const parsed = nlohmann::json::parse(to_json(result));
    for_each_table(result, [&](std::string_view name, auto const& table) {
        auto const& value = parsed.at(std::string{name});
        EXPECT_EQ(value.is_array() ? value.size() : 1, rows_of(table).size()) << name;
        for (auto const& row : value.is_array() ? value : nlohmann::json::array({value})) {
            for (auto const& cell : row) EXPECT_TRUE(cell.is_primitive()) << name;
        }
    });
    EXPECT_EQ(parsed.at("beliefs").at(1).at("source"), "pilot, 2025-11");
}

TEST(Json, LinesSumToTotalsToTheLastDecimal) {
    auto const json = to_json(example::result());
    auto const key = [](std::string const& row) {
        return raw_value(row, "option") + raw_value(row, "scale") + raw_value(row, "period");
    };
    std::map<std::string, std::int64_t> sums;
    for (auto const& row : rows_of_table(json, "cost_lines")) sums[key(row)] += millionths(raw_value(row, "mean"));
    auto const totals = rows_of_table(json, "cost");
    ASSERT_EQ(totals.size(), 2u * 3u * example::periods().size());
    for (auto const& row : totals) EXPECT_EQ(sums[key(row)], millionths(raw_value(row, "mean"))) << row;
}

TEST(Json, TextIsEscapedAndReadsBack) {
    std::string const text = "\"\\\n\r\t\x01\x7f</script><!-- é";
    EXPECT_EQ(nlohmann::json::parse(json_string(text)), text);
    EXPECT_EQ(json_string("</script>"), "\"\\u003c/script>\"");
    EXPECT_EQ(json_string("a\xFFz"), "\"a\uFFFDz\"");
}

}  // namespace
}  // namespace runrate
