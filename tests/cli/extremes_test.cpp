// What nobody plans for: an answer or a clear error, and never a figure that cannot be.

#include <algorithm>
#include <cmath>
#include <set>

#include "cli/engine_support.h"
#include "experiment/pool_scenario.h"

namespace runrate {
namespace {

struct Extreme {
    std::string name;
    std::vector<std::pair<std::string, std::string>> changes;  ///< of the small scenario with a pool
    std::string error = {};                                    ///< a part of it; empty: there is an answer
};

std::ostream& operator<<(std::ostream& out, Extreme const& e) { return out << e.name; }

std::string scenario_of(Extreme const& e) {
    auto text =
        pool_scenario(autoscaled + ", objective: {ttft_p95: 2 s, tpot_p95: 60 ms}", "{start: 2026-01, months: 1}") +
        "plan: {own: {at_least: 1, rest: {on_demand: $3/GPU-h}}}\nscales: {by: [1]}\n";
    for (auto const& [from, to] : e.changes) {
        auto const at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
    }
    return file_of("extreme.yaml", text);
}

/// Figures that are less than nothing where none may be.
void expect_possible(Json const& table, std::string const& name) {
    for (auto const& row : table) {
        for (auto const& [key, value] : row.items()) {
            if (!value.is_number()) continue;
            auto const figure = value.get<double>();
            EXPECT_TRUE(std::isfinite(figure)) << name << '.' << key;
            EXPECT_GE(figure, 0) << name << '.' << key << ' ' << row;
        }
    }
}

class Extremes : public testing::TestWithParam<Extreme> {};

TEST_P(Extremes, HaveAnAnswerOrAClearError) {
    auto const file = scenario_of(GetParam());
    for (Words const& verb :
         {Words{"run", file, "--worlds", "64", "--option", "self-host"}, Words{"verify", file, "--option", "self-host"},
          Words{"breakeven", file, "--worlds", "64", "--points", "3"}}) {
        auto const ran = run_cli(with(verb, {"--prices", test_books().string(), "--format", "json"}));
        if (!GetParam().error.empty()) {
            EXPECT_EQ(ran.code, Exit::bad_input) << verb.front();
            EXPECT_THAT(ran.err, HasSubstr(GetParam().error)) << verb.front();
            EXPECT_EQ(ran.out, "") << verb.front();
            continue;
        }
        if (verb.front() == "breakeven" && ran.code == Exit::bad_input) {
            EXPECT_THAT(ran.err, StartsWith("runrate: no volume is served by both options: pool 'own'"));
            continue;
        }
        ASSERT_EQ(ran.code, Exit::ok) << verb.front() << ": " << ran.err;
        auto const json = Json::parse(ran.out);
        for (char const* table : {"cost", "cost_lines", "service", "usage", "unit_costs", "breakeven_curve"})
            if (json.contains(table)) expect_possible(json[table], table);
    }
}

std::string const scaled = ", autoscale: {in_flight: 4 per replica, every: 30 s, cold_start: 3 min, most: 200}";
std::pair<std::string, std::string> const no_autoscaler{scaled, ""};
std::pair<std::string, std::string> const no_chats{"50k per month", "0 per month"}, no_items{"items: 800", "items: 0"};
std::pair<std::string, std::string> scales(std::string const& by) { return {"by: [1]", "by: [" + by + "]"}; }
std::pair<std::string, std::string> pool_with(std::string const& keys) {
    return {", objective", ", " + keys + ", objective"};
}

INSTANTIATE_TEST_SUITE_P(
    Plans, Extremes,
    testing::Values(
        Extreme{"nothing asked", {no_chats, no_items}},
        Extreme{"nothing asked of replicas that come and go", {no_chats, no_items, {"at_least: 1", "at_least: 0"}}},
        Extreme{"a feature without traffic", {no_chats, no_autoscaler}},
        Extreme{"a millionth", {scales("0.000001"), {"at_least: 1", "at_least: 0"}}},
        Extreme{"ten years", {{"months: 1", "months: 120"}, no_autoscaler}},
        Extreme{"no queue",
                {pool_with("admission: {in_flight: 2 per replica, queue: 0}"), no_autoscaler, scales("50")}},
        Extreme{"failures all the time", {pool_with("failures: {every: 1 min, repair: 10 h}"), no_autoscaler}},
        Extreme{"prompts beyond the context", {{"user: 60 tokens", "user: 200k tokens"}}, "takes no call of 'chat'"}),
    [](auto const& i) {
        auto name = i.param.name;
        std::replace(name.begin(), name.end(), ' ', '_');
        return name;
    });

TEST(ExtremeTraffic, OfNoneNeedsTheLeast) {
    auto const file = scenario_of({"nothing asked", {no_chats, no_items}});
    auto const json =
        json_of(run_cli({"capacity", file, "--worlds", "64", "--prices", test_books().string(), "--format", "json"}));
    EXPECT_EQ(json["capacity"][0]["at_least"], 1);
    expect_possible(json["capacity"], "capacity");
}

TEST(ExtremeScales, TwelvePowersOfTenApartAreComparedAsFarAsMoneyGoes) {
    auto const file = scenario_of({"all scales", {scales("0.000001, 1, 1000000"), no_autoscaler}});
    Words const run{"run", file, "--worlds", "64", "--prices", test_books().string(), "--option", "self-host"};
    auto const screen = run_cli(run);
    EXPECT_EQ(screen.code, Exit::ok) << screen.err;
    EXPECT_THAT(screen.out, testing::Not(HasSubstr("T (")));  // no trillions
    auto const json = json_of(run_cli(with(run, {"--format", "json"})));
    std::set<double> scales_of_causes;
    for (auto const& row : json["nonlinearity"]) scales_of_causes.insert(row["scale"].get<double>());
    EXPECT_EQ(scales_of_causes, (std::set<double>{1e-6, 1}));
    for (char const* table : {"cost", "cost_lines", "service"}) expect_possible(json[table], table);
}

TEST(ExtremeAmounts, AreTheScenariosFault) {
    auto const file =
        scenario_of({"years of growth",
                     {{"{sessions: 50k per month}", "{sessions: 50k per month, growth: {exponential: 20% per month}}"},
                      {"months: 1", "months: 120"}}});
    auto const ran = run_cli({"run", file, "--worlds", "64", "--prices", test_books().string(), "--option", "api"});
    EXPECT_EQ(ran.code, Exit::bad_input);
    EXPECT_EQ(ran.err,
              "runrate: an amount is beyond 9.2 billion dollars (the traffic, the scale or a price is too large)\n");
}

}  // namespace
}  // namespace runrate
