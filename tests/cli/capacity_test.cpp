#include "cli/engine_support.h"
#include "experiment/pool_scenario.h"

namespace runrate {
namespace {

std::string const objective = ", objective: {ttft_p95: 500 ms, tpot_p95: 30 ms}";

/// The small scenario with a pool of these keys; the names of its price books come with it.
Words sizing(std::string const& keys, Words const& more = {}, std::string const& verb = "capacity") {
    auto const plan = "plan: {own: {at_least: 1, rest: {on_demand: $3/GPU-h}}}\n";
    auto const file = file_of("pool.yaml", pool_scenario(keys, "{start: 2026-01, months: 1}") + plan);
    return with({verb, file, "--prices", test_books().string(), "--worlds", "64"}, more);
}

Json rows_of(std::string const& keys, Words const& more) {
    return json_of(run_cli(sizing(keys, with({"--format", "json"}, more))))["capacity"];
}

/// What a run says of the pool with another plan, in the reference month.
Json service_with(int at_least, char const* scale) {
    auto const plan = fmt::format("plan.own.at_least={}", at_least);
    auto const json = json_of(run_cli(
        sizing(objective, {"--set", plan, "--option", "self-host", "--scale", scale, "--format", "json"}, "run")));
    for (auto const& row : json["service"])
        if (row["period"] == "2026-01") return row;
    return {};
}

TEST(CapacityVerb, FindsThePlanThatMeetsTheObjectiveWhereOneLessDoesNot) {
    auto const row = rows_of(objective, {"--scale", "400"})[0];
    auto const found = row["at_least"].get<int>();
    ASSERT_GT(found, 1);
    EXPECT_EQ(row["option"], "self-host");
    EXPECT_EQ(row["gpu"], "h200-sxm");
    EXPECT_NEAR(row["replicas_mean"], found, 1e-9);
    EXPECT_EQ(row["on_frontier"], true);
    auto const there = service_with(found, "400"), less = service_with(found - 1, "400");
    EXPECT_GE(there["objective_met_p"], 0.9);
    EXPECT_LT(less["objective_met_p"], 0.9);
    EXPECT_EQ(there["objective_met_p"], row["objective_met_p"]);
    EXPECT_EQ(there["ttft_p95"], row["ttft_p95"]);
}

TEST(CapacityVerb, NeverNeedsFewerForMoreTraffic) {
    auto const rows = rows_of(objective, {"--scale", "400", "--scale", "1"});
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0]["at_least"], 1);
    EXPECT_TRUE(rows[0]["limited_by"].is_null()) << "it is the least anyway";
    EXPECT_LT(rows[0]["at_least"], rows[1]["at_least"]);
    EXPECT_LT(rows[0]["cost_mean"], rows[1]["cost_mean"]);
    EXPECT_EQ(rows[1]["at_least"], rows_of(objective, {"--scale", "400"})[0]["at_least"])
        << "scales are judged one by one";
}

TEST(CapacityVerb, KeepsWhatItHasFoundWhenItIsStopped) {
    int asked = 0, most = 1 << 30;
    auto const stop = [&] { return ++asked > most; };
    auto const find = [&](Words const& scales) {
        asked = 0;
        return run_cli(sizing(objective, with({"--threads", "1", "--format", "json"}, scales)), "", stop);
    };
    auto const one = json_of(find({"--scale", "1"}))["capacity"];
    most = asked + 5;
    auto const stopped = find({"--scale", "1", "--scale", "400"});
    EXPECT_EQ(stopped.code, Exit::interrupted);
    EXPECT_EQ(Json::parse(stopped.out)["capacity"], one);
    most = 5;
    EXPECT_EQ(find({"--scale", "1"}).err, "runrate: interrupted before a plan was found\n");
}

TEST(CapacityVerb, NeverNeedsMoreForALooserObjective) {
    auto const needed = [](std::string const& keys, Words const& more = {}) {
        return rows_of(keys, with({"--scale", "400"}, more))[0]["at_least"].get<double>();
    };
    auto const stated = needed(objective);
    EXPECT_LE(needed(", objective: {ttft_p95: 500 ms, tpot_p95: 60 ms}"), stated);
    EXPECT_LE(needed(objective, {"--confidence", "50%"}), stated);
}

TEST(CapacityVerb, SaysWhyNoPlanIsLargeEnough) {
    auto const slow = rows_of(", objective: {ttft_p95: 500 ms, tpot_p95: 1 ms}", {"--scale", "1"})[0];
    EXPECT_TRUE(slow["at_least"].is_null());
    EXPECT_TRUE(slow["cost_mean"].is_null());
    EXPECT_TRUE(slow["on_frontier"].is_null());
    EXPECT_EQ(slow["limited_by"], "tpot");
    auto const few = objective + ", autoscale: {in_flight: 4 per replica, every: 30 s, cold_start: 3 min, most: 2}";
    EXPECT_EQ(rows_of(few, {"--scale", "400"})[0]["limited_by"], "most");
    auto const ran = run_cli(sizing(few, {"--scale", "400"}));
    EXPECT_EQ(ran.code, Exit::ok);
    EXPECT_THAT(ran.out, HasSubstr("no plan meets the objective in 90% of worlds"));
    EXPECT_THAT(ran.out, HasSubstr("raise pools.own.autoscale.most"));
}

TEST(CapacityVerb, ComparesGpus) {
    auto const file = sizing(objective, {"--scale", "30", "--gpu", "h200-sxm", "--gpu", "h100-sxm", "--gpus", "4"});
    auto const out = run_cli(file).out;
    EXPECT_THAT(out, HasSubstr("4 x h200-sxm, fp8"));
    EXPECT_THAT(out, HasSubstr("frontier"));
    EXPECT_THAT(out, HasSubstr("capacity.rate: 4 x h100-sxm, fp8: the plan's rates of a GPU-hour are taken"));
}

TEST(CapacityVerb, GivesTheSameBytesOnAnyThreads) {
    auto const out = [](char const* threads) {
        return run_cli(sizing(objective, {"--scale", "30", "--format", "csv", "--threads", threads})).out;
    };
    auto const alone = out("1");
    EXPECT_THAT(alone, StartsWith("option,scale,gpu,gpus_per_replica,precision,at_least,reserved,"));
    EXPECT_EQ(alone, out("2"));
}

TEST(CapacityVerb, SaysWhatIsWrong) {
    auto const said = [](Words const& more, std::string const& keys = objective) {
        auto const ran = run_cli(sizing(keys, more));
        EXPECT_EQ(ran.code, Exit::bad_input);
        EXPECT_EQ(ran.out, "");
        return ran.err;
    };
    EXPECT_EQ(said({}, ""),
              "runrate: pool 'own' has no objective to be met (state pools.own.objective: {ttft_p95: 2 s, tpot_p95: 60 "
              "ms})\n");
    EXPECT_EQ(said({"--pool", "mine"}), "runrate: no pool 'mine' in the scenario (own)\n");
    EXPECT_EQ(said({"--option", "api"}),
              "runrate: option 'api' is not served by a pool (write for instance serve: {default: pool own})\n");
    EXPECT_EQ(said({"--option", "none"}), "runrate: no option 'none' in the scenario\n");
    EXPECT_EQ(said({"--confidence", "110%"}), "runrate: --confidence takes a share such as 2% (found '110%')\n");
    EXPECT_EQ(said({"--scale", "1", "--scale", "1x"}), "runrate: scale 1 is named twice\n");
    EXPECT_THAT(said({"--gpu", "h900"}), HasSubstr("h900"));
    EXPECT_THAT(said({"--table", "notes"}), HasSubstr("names a table of --format csv"));
    EXPECT_EQ(run_cli({"capacity", file_of("api.yaml", first_scenario())}).err,
              "runrate: no option is served by a pool (write for instance serve: {default: pool NAME})\n");
}

}  // namespace
}  // namespace runrate
