// Laws of what own GPUs cost, out of the whole program: how many to reserve, where a staircase crosses, and that names
// and orders decide nothing.

#include <algorithm>
#include <map>
#include <numeric>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "experiment/pool_run.h"
#include "report/json.h"

namespace runrate {
namespace {

/// One call a session, on replicas that write 1,000 tokens a second.
std::string stated(std::string const& sessions, std::string const& plan, std::string const& rest = "") {
    return R"(schema: runrate/scenario/1
name: stated
calendar: {start: 2026-01, months: 1, month: 730 h}
scales: {by: [1]}
features:
  chat:
    traffic: {sessions: )" +
           sessions + R"(, gaps_cv: 0}
    session: {turn: ask}
workflows:
  ask: {steps: [{call: answerer, user: 100 tokens, output: 1000 tokens}]}
options:
  api: {serve: {default: acme/large}}
  own: {serve: {default: pool own}}
pools:
  own: {model: llama-3.3-70b, gpu: h200-sxm, capacity: {output: 1000 tokens/s}, autoscale: {yield: 100%, cold_start: 1 s, most: 100}}
prices: {books: [small.yaml]}
plan: {own: )" +
           plan + "}\n" + rest;
}

constexpr double hours = 730, sessions_of_a_replica = 3600 * hours;

Study study_of(std::string const& text, StudySettings settings = {}) {
    settings.worlds = 64;
    settings.keep_samples = true;
    return run(*load_text(text).scenario, settings);
}

/// What every draw costs in the month, dollars.
std::vector<double> costs_of(std::string const& plan) {
    StudySettings settings;
    settings.options = {"own"};
    // A customer asks for as much as a replica writes. There are 10 to 50, all as likely.
    auto const study = study_of(
        stated("86400 per customer per day, customers: {count: {uniform: {low: 10, high: 50}}}", plan), settings);
    auto const& columns = study.samples.columns;
    auto const at = std::find_if(columns.begin(), columns.end(),
                                 [](std::string const& c) { return c.find("own") != std::string::npos; });
    std::vector<double> costs;
    for (auto const& row : study.samples.rows) costs.push_back(row.at(static_cast<std::size_t>(at - columns.begin())));
    return costs;
}

double mean_of(std::vector<double> const& v) {
    return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}

/// Replicas that each cost $1 an hour reserved and $4 on demand: one too few costs 3, one too many 1, so that the
/// demand is at most what is reserved in 3 of 4 worlds (the newsvendor's fractile).
TEST(Reserved, CostLeastAtTheNewsvendorsFractile) {
    auto demand = costs_of("{at_least: 1, rest: {on_demand: $4/GPU-h}}");  // x $4 x 730 h
    std::sort(demand.begin(), demand.end());
    auto const best = static_cast<int>(std::lround(demand[demand.size() * 3 / 4] / (4 * hours)));
    EXPECT_NEAR(best, 40, 3) << "and what an autoscaler keeps for some minutes";
    auto const cost = [&](int reserved) {
        double const got = mean_of(costs_of("{at_least: 1, reserve: {replicas: " + std::to_string(reserved) +
                                            ", rate: $1/GPU-h}, rest: {on_demand: $4/GPU-h}}"));
        double beyond = 0;
        for (double const d : demand) beyond += std::max(0.0, d - 4 * hours * reserved);
        double const by_hand = beyond / static_cast<double>(demand.size()) + hours * reserved;
        EXPECT_NEAR(got, by_hand, 0.01 * by_hand);
        return got;
    };
    double const least = cost(best);
    EXPECT_GT(cost(best - 5), least);
    EXPECT_GT(cost(best + 5), least);
}

/// A replica costs $26,002.60 a month and serves for $40,208.40 of what the API costs: cheaper from 0.6467 of that on,
/// dearer once a second one is started, and cheaper again from twice that on.
TEST(Staircase, OfReplicasCrossesThreeTimes) {
    StudySettings settings;
    settings.breakeven.points = 41;
    auto const r = study_of(stated("2.628M per month", "{at_least: 1, rest: {on_demand: $35.62/GPU-h}}",
                                   "compare: {baseline: api, range: 0.4x to 1.9x}\n"),
                            settings)
                       .result;
    std::vector<BreakevenIntervalRow> cheaper;
    for (auto const& row : r.breakeven_intervals)
        if (row.quality == "as_bought") cheaper.push_back(row);
    ASSERT_EQ(cheaper.size(), 2U);
    double const replica = 35.62 * hours, full = 0.0153 * sessions_of_a_replica;
    EXPECT_NEAR(*cheaper[0].from, replica / full, 0.002);
    EXPECT_GT(*cheaper[0].to, 0.8) << "nearly full";
    EXPECT_LT(*cheaper[0].to, 1);
    EXPECT_NEAR(*cheaper[1].from, 2 * replica / full, 0.002);
    EXPECT_EQ(*cheaper[1].to, 1.9);
}

/// A replica writes 1,000 tokens a second: a session each. What it costs beyond that is no bill of a plan that serves.
TEST(Breakeven, EndsWhereAPoolIsTooSmall) {
    std::string const compare = "compare: {baseline: api, range: ";
    auto const compared_from = [&](std::string const& from) {
        auto text =
            stated("2.628M per month", "{at_least: 1, rest: {on_demand: $5/GPU-h}}", compare + from + " to 100x}\n");
        auto const autoscale = text.find(", autoscale");
        text.erase(autoscale, text.find('}', autoscale) + 1 - autoscale);
        return study_of(text).result;
    };
    auto const r = compared_from("0.01x");
    for (auto const& row : r.breakeven) {
        EXPECT_GT(*row.range_to, 0.8);
        EXPECT_LT(*row.range_to, 2);
        EXPECT_LT(*row.safe50_sessions, 2.628e6);
    }
    for (auto const& row : r.breakeven_curve) EXPECT_LT(row.multiplier, 2);
    for (auto const& row : r.breakeven_intervals) EXPECT_LT(*row.to, 2);
    EXPECT_TRUE(std::any_of(r.warnings.begin(), r.warnings.end(),
                            [](WarningRow const& row) { return row.code == "breakeven.pool"; }));
    EXPECT_TRUE(compared_from("5x").breakeven.empty()) << "no volume is served";
}

/// Two ways to serve chats and a nightly job on own GPUs, and an API.
std::string compared(std::vector<std::string> const& options) {
    auto text = pool_scenario(autoscaled, "{start: 2026-01, months: 1}");
    auto const from = text.find("options:\n"), to = text.find("prices:");
    std::string listed = "options:\n";
    for (auto const& option : options) listed += option;
    text.replace(from, to - from, listed);
    return text +
           "plan: {own: {at_least: 1, rest: {on_demand: $4/GPU-h}}}\n"
           "beliefs: {words: 150 to 300 tokens}\n"
           "compare: {baseline: api, challengers: [own, mixed]}\n";
}

std::string const api = "  api: {serve: {default: acme/large}}\n", own = "  own: {serve: {default: pool own}}\n",
                  mixed = "  mixed: {serve: {tagger: acme/large, default: pool own}}\n";

nlohmann::json result_of(std::string text) {
    text.replace(text.find("output: 200 tokens"), 18, "output: =words");
    StudySettings settings;
    settings.scales = {20};
    settings.worlds = 64;
    settings.audit = false;
    settings.breakeven.points = 3;
    return nlohmann::json::parse(to_json(run(*load_text(text).scenario, settings).result));
}

/// The rows of a table, in an order of their own.
std::vector<std::string> rows_of(nlohmann::json const& result, std::string const& table) {
    std::vector<std::string> rows;
    for (auto row : result.at(table)) {
        row.erase("order");
        rows.push_back(row.dump());
    }
    std::sort(rows.begin(), rows.end());
    return rows;
}

constexpr char const* tables[] = {"cost",      "cost_lines",      "service",
                                  "usage",     "unit_costs",      "plan",
                                  "breakeven", "breakeven_curve", "breakeven_intervals",
                                  "gates",     "accuracy",        "nonlinearity"};

TEST(PoolFigures, AreTheSameInAnyOrderOfOptions) {
    auto const one = result_of(compared({api, own, mixed})), other = result_of(compared({mixed, api, own}));
    for (auto const* table : tables) EXPECT_EQ(rows_of(one, table), rows_of(other, table)) << table;
}

TEST(PoolFigures, AreTheSameUnderOtherNames) {
    auto text = compared({api, own, mixed});
    auto const one = result_of(text);
    auto const rename = [](std::string where, std::string const& from, std::string const& to) {
        for (auto at = where.find(from); at != std::string::npos; at = where.find(from, at + to.size()))
            where.replace(at, from.size(), to);
        return where;
    };
    text = rename(rename(rename(text, "  chat:", "  zebra:"), "nightly:", "ant:"), "reply", "yak");
    text = rename(rename(rename(text, "pool own", "pool pigs"), "{own: {at", "{pigs: {at"), "{own: {model",
                  "{pigs: {model");
    auto const other = nlohmann::json::parse(
        rename(rename(rename(rename(result_of(text).dump(), "zebra", "chat"), "\"ant", "\"nightly"), "pigs", "own"),
               "yak", "reply"));
    for (auto const* table : tables) EXPECT_EQ(rows_of(one, table), rows_of(other, table)) << table;
    EXPECT_EQ(rows_of(one, "ratios"), rows_of(other, "ratios"));
}

TEST(PoolFigures, OfEqualOptionsDifferByNothing) {
    auto const r = result_of(compared({api, own, "  mixed: {like: own}\n"}));
    std::map<std::pair<double, std::string>, std::string> costs;
    for (auto const& row : r.at("breakeven_curve"))
        costs[{row["multiplier"].get<double>(),
               row["quality"].get<std::string>() + row["challenger"].get<std::string>()}] =
            row["cost_challenger"].dump();
    ASSERT_FALSE(costs.empty());
    for (auto const& [key, cost] : costs) {
        auto const challenger = key.second.find("own");
        if (challenger == std::string::npos) continue;
        EXPECT_EQ(cost, costs.at({key.first, key.second.substr(0, challenger) + "mixed"})) << key.first;
    }
}

}  // namespace
}  // namespace runrate
