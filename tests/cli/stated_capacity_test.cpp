#include "cli/stated_capacity.h"

#include "cli/engine_support.h"

namespace runrate {
namespace {

/// A scenario that has pools beside what it forecasts.
std::string scenario_with(std::string const& pools) {
    return file_of("pools.yaml", first_scenario() + "\npools:\n" + pools);
}

std::string const output = "  own: {model: llama-3.1-8b, gpu: h200-sxm, capacity: {output: 1000 tokens/s}}\n";
std::string const total = "  own: {model: llama-3.1-8b, gpu: h200-sxm, capacity: {total: 1000 tokens/s}}\n";
std::string const range = "  own: {model: llama-3.1-8b, gpu: h200-sxm, capacity: {output: 1000 to 2000 tokens/s}}\n";

/// Of a list of requests.
Json taken_by(std::string const& list, std::string const& pools, Words const& more = {}) {
    auto const file = file_of("list.csv", "arrival_s,prompt_tokens,output_tokens\n" + list);
    return json_of(run_cli(with({"engine", file, "--scenario", scenario_with(pools), "--format", "json"}, more)));
}

/// One request every second, for so long.
std::string every_second(int seconds, int prompt, int written) {
    std::string list;
    for (int s = 0; s <= seconds; ++s) list += fmt::format("{},{},{}\n", s, prompt, written);
    return list;
}

TEST(TokenBacklog, DrainsAtTheStatedRateAndNeverBelowNothing) {
    TokenBacklog backlog{100};
    auto const at = [](double s) { return from_seconds(s); };
    backlog.add(at(0), 300);
    backlog.add(at(1), 100);
    EXPECT_DOUBLE_EQ(backlog.left_s(), 3);
    backlog.add(at(10), 50);
    EXPECT_DOUBLE_EQ(backlog.left_s(), 0.5);
    EXPECT_DOUBLE_EQ(backlog.longest_s(), 3);
}

TEST(StatedCapacity, IsHeldAgainstTheTokensOfAListPerSecond) {
    auto const row = taken_by(every_second(120, 4000, 400), output)["capacity"][0];
    EXPECT_EQ(row["level"], "stated");
    EXPECT_DOUBLE_EQ(row["share"], 0.4);
    EXPECT_DOUBLE_EQ(row["busiest_minute_share"], 0.4);
    EXPECT_DOUBLE_EQ(row["requests_per_s"], 2.5);
    EXPECT_DOUBLE_EQ(row["longest_backlog_s"], 0.4);
    EXPECT_EQ(row["falls_behind"], 0);
    EXPECT_EQ(row["replicas_for_mean"], 1);
}

TEST(StatedCapacity, CountsPromptsWhereItIsOfAllTokens) {
    auto const json = taken_by(every_second(120, 4000, 400), total);
    auto const row = json["capacity"][0];
    EXPECT_DOUBLE_EQ(row["share"], 4.4);
    EXPECT_EQ(row["falls_behind"], 1);
    EXPECT_EQ(row["replicas_for_mean"], 5);
    // 121 requests of 4.4 s of work each, of which a second passes between two.
    EXPECT_NEAR(row["backlog_at_last_arrival_s"], 121 * 4.4 - 120, 1e-9);
    EXPECT_EQ(json["notes"][0]["code"], "load.falls_behind");
}

TEST(StatedCapacity, OfSeveralReplicasIsTheirSum) {
    auto const row = taken_by(every_second(120, 4000, 400), total, {"--replicas", "5"})["capacity"][0];
    EXPECT_DOUBLE_EQ(row["tokens_per_s"], 5000);
    EXPECT_DOUBLE_EQ(row["share"], 0.88);
    EXPECT_EQ(row["falls_behind"], 0);
    EXPECT_EQ(row["replicas_for_mean"], 5);
}

TEST(StatedCapacity, OfABeliefIsShownAtItsTenthHalfAndNinetieth) {
    auto const levels = taken_by(every_second(120, 100, 1300), range)["capacity"];
    ASSERT_EQ(levels.size(), 3);
    EXPECT_EQ(levels[0]["level"], "low");
    EXPECT_NEAR(levels[1]["tokens_per_s"], std::sqrt(1000.0 * 2000.0),
                1);  // lognormal of these 5th and 95th percentiles
    EXPECT_GT(levels[0]["tokens_per_s"], 1000);
    EXPECT_LT(levels[2]["tokens_per_s"], 2000);
    EXPECT_EQ(levels[0]["falls_behind"], 1);
    EXPECT_EQ(levels[2]["falls_behind"], 0);
}

TEST(StatedCapacity, KnowsTheBusiestMinute) {
    auto const row = taken_by("0,10,100\n60,10,100\n61,10,59900\n180,10,100\n", output)["capacity"][0];
    EXPECT_DOUBLE_EQ(row["busiest_minute_share"], 1);
    EXPECT_NEAR(row["share"], 60100.0 / 180 / 1000, 1e-12);
    EXPECT_NEAR(row["longest_backlog_s"], 59.9, 1e-9);
    EXPECT_EQ(row["falls_behind"], 0);
}

TEST(StatedCapacity, IsTakenWholeByRequestsInFlight) {
    Words const loop{"--concurrency", "8", "--prompt", "100", "--output", "50", "--format", "json"};
    auto const json = json_of(run_cli(with({"engine", "--scenario", scenario_with(output)}, loop)));
    auto const row = json["capacity"][0];
    EXPECT_DOUBLE_EQ(row["share"], 1);
    EXPECT_DOUBLE_EQ(row["requests_per_s"], 20);
    EXPECT_TRUE(row["longest_backlog_s"].is_null());
    EXPECT_EQ(row["falls_behind"], 0);
}

TEST(StatedCapacity, LeavesOutWhatExceedsTheContext) {
    auto const json = taken_by("0,10,100\n1,200000,100\n2,10,100\n", output);
    EXPECT_EQ(json["capacity"][0]["refused_too_long"], 1);
    EXPECT_EQ(json["capacity"][0]["requests"], 2);
    EXPECT_DOUBLE_EQ(json["capacity"][0]["share"], 0.05);
    EXPECT_EQ(json["notes"][0]["code"], "refused.too_long");
}

TEST(StatedCapacity, SaysThatThereIsNoRateWhereAllArriveAtOnce) {
    auto const json = taken_by("5,10,100\n5,10,100\n", output);
    EXPECT_TRUE(json["capacity"][0]["share"].is_null());
    EXPECT_DOUBLE_EQ(json["capacity"][0]["longest_backlog_s"], 0.2);
    EXPECT_EQ(json["notes"][0]["code"], "load.at_once");
}

TEST(StatedCapacity, RefusesWhatIsOfStepTimes) {
    auto const scenario = scenario_with(output);
    auto const said = [&](Words const& more) {
        return error_of(with({"--scenario", scenario, "--rate", "1", "--prompt", "10", "--output", "10"}, more));
    };
    for (Words const& option :
         {Words{"--parameters", "compute=0.5"}, {"--draft", "3"}, {"--router", "cache-aware"}, {"--outcomes", "x.csv"}})
        EXPECT_EQ(said(option), "runrate: " + option.front() +
                                    " is of step times, which a pool with a stated capacity does not have (leave it "
                                    "out)\n");
    EXPECT_EQ(said({"--format", "csv", "--table", "latency"}),
              "runrate: unknown table 'latency' (capacity, load, skipped, notes)\n");
    EXPECT_FALSE(std::filesystem::exists("x.csv"));
}

TEST(StatedCapacity, IsShownOnAScreenAndAsMarkdown) {
    Words const rate{"--rate", "30", "--prompt", "10", "--output", "50"};
    auto const command = with({"engine", "--scenario", scenario_with(range)}, rate);
    auto const screen = run_cli(command).out;
    EXPECT_THAT(screen, HasSubstr("Pool own: llama-3.1-8b on 1 x h200-sxm, stated output tokens of a replica"));
    EXPECT_THAT(screen, HasSubstr("more than the low and median"));
    EXPECT_THAT(run_cli(with(command, {"--format", "markdown"})).out, HasSubstr("## Capacity\n"));
    EXPECT_THAT(run_cli(with(command, {"--format", "csv"})).out, StartsWith("level,replicas,counts,tokens_per_s"));
}

std::string const rows =
    "model,gpu,precision,tp,engine,concurrency,isl,osl,ttft_ms,tpot_ms,output_tokens_per_s\n"
    "llama-3.1-8b,h200-sxm,bf16,1,trtllm,16,1000,101,100,10,1200\n"
    "llama-3.1-8b,h200-sxm,bf16,1,trtllm,4,1000,101,100,9,\n"
    "llama-3.1-8b,h200-sxm,bf16,1,vllm,4,1000,101,110,9,900\n"
    "llama-3.1-8b,h200-sxm,fp8,1,vllm,4,1000,101,90,7,600\n";

Json held(std::string const& pools) {
    return json_of(
        run_cli({"validate", file_of("rows.csv", rows), "--scenario", scenario_with(pools), "--format", "json"}));
}

TEST(ValidateStatedCapacity, HoldsItAgainstTheMostThatAnyEngineWasMeasuredAt) {
    auto const json = held(output);
    EXPECT_EQ(json["schema"], "runrate/validate-capacity/1");
    ASSERT_EQ(json["capacity"].size(), 2);
    auto const trtllm = json["capacity"][0]["combination"] == "llama-3.1-8b h200-sxm bf16 trtllm tp1" ? 0U : 1U;
    EXPECT_EQ(json["capacity"][trtllm]["most_measured"], 1200);
    EXPECT_EQ(json["capacity"][trtllm]["load_of_most"], "16 x 1000/101");
    EXPECT_EQ(json["capacity"][trtllm]["verdict"], "within what was measured");
    EXPECT_EQ(json["capacity"][1 - trtllm]["verdict"], "more than was measured");
    EXPECT_EQ(json["skipped"][0]["rule"], "of another engine than pool 'own'");
}

TEST(ValidateStatedCapacity, TakesThroughputOfALoopFromItsLatencies) {
    auto const json = held(output);
    double by_little = 0;
    for (auto const& row : json["rows"])
        if (row["load"] == "4 x 1000/101" && row["measured"] != 900) by_little = row["measured"];
    EXPECT_NEAR(by_little, 4 * 101 / (0.1 + 100 * 0.009), 0.1);
}

TEST(ValidateStatedCapacity, CountsPromptsAndShowsABelief) {
    EXPECT_NEAR(held(total)["capacity"][0]["most_measured"].get<double>() * 101 / 1101 / 1200, 1, 1e-3);
    auto const row = held(range)["capacity"][0];
    EXPECT_EQ(row["verdict"], "in part more than was measured");
    EXPECT_LT(row["stated_low"], row["stated"]);
    EXPECT_LT(row["stated"], row["stated_high"]);
}

TEST(ValidateStatedCapacity, RefusesToFit) {
    auto const ran =
        run_cli({"validate", file_of("rows.csv", rows), "--scenario", scenario_with(output), "--leave-out", "all"});
    EXPECT_EQ(ran.code, Exit::bad_input);
    EXPECT_THAT(ran.err, HasSubstr("--leave-out fits step times, which a stated capacity does not have"));
}

}  // namespace
}  // namespace runrate
