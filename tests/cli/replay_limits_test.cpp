#include <fstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "run_cli.h"

namespace runrate {
namespace {

using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

/// 60 requests and 40,000 uncached prompt tokens per minute in tier 1; tier 2 leaves `v/m` out; tier 3 has room.
std::string book() {
    auto const path =
        testing::TempDir() + "replay_limits_" + testing::UnitTest::GetInstance()->current_test_info()->name() + ".yaml";
    std::ofstream{path, std::ios::binary}
        << "schema: runrate/prices/1\ncurrency: USD\nmodels:\n"
           "  v/m: {prices: [{from: 2026-01-01, as_of: 2026-01-02, source: x, input: $1/M tokens, output: $2/M tokens, "
           "cache_read: $0.1/M tokens, batch: 0.5x}]}\n"
           "  v/n: {prices: [{from: 2026-01-01, as_of: 2026-01-02, source: x, input: $1/M tokens}]}\n"
           "  v/o: {prices: [{from: 2026-01-01, as_of: 2026-01-02, source: x, input: $1/M tokens}]}\n"
           "  u/m: {prices: [{from: 2026-01-01, as_of: 2026-01-02, source: x, input: $1/M tokens}]}\n"
           "  w/m: {prices: [{from: 2026-01-01, as_of: 2026-01-01, source: y, input: $10/M tokens}]}\n"
           "  v/d: {prices: [{from: 2026-01-01, as_of: 2026-01-01, source: x, input: $1/M tokens}, {from: 2026-03-02, "
           "as_of: 2026-03-02, source: x, input: $3/M tokens}]}\n"
           "limits:\n"
           "  v:\n"
           "    tier 1: {as_of: 2026-02-03, source: z, spend: $1 per month, models: [{models: [v/m], requests: 60 per "
           "minute, input: 40k tokens per minute, cache_reads: free}]}\n"
           "    tier 2: {as_of: 2026-02-03, source: z, models: [{models: [v/n, v/d], requests: 60 per minute}]}\n"
           "    tier 3: {as_of: 2026-02-03, source: z, models: [{models: [v/m], requests: 6k per minute}]}\n"
           "  u:\n"
           "    slow: {as_of: 2026-02-03, source: z, models: [{models: [u/m], requests: 1 per minute, retry_after: 2 "
           "days}]}\n";
    return path;
}

Ran run_on(std::string const& trace, Words arguments) {
    arguments.insert(arguments.begin(), {"replay", "-", "--book", book()});
    return run_cli(arguments, trace);
}

/// 100 requests of 100 + 10 tokens at once, and one a minute later.
std::string burst(std::string const& at = "2026-03-01 10:00:00", std::string const& later = "2026-03-01 10:01:00") {
    std::string text = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
    for (int i = 0; i < 100; ++i) text += at + ",100,10\n";
    return text + later + ",100,10\n";
}

Words const tier_1{"--option", "v/m", "--tier", "tier 1"};

Words with(Words words, Words const& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

TEST(ReplayLimits, WhatIsRefusedForGoodIsNotBilled) {
    auto const arguments = with(tier_1, {"--format", "json"});
    auto const ran = run_on(burst(), arguments);
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_EQ(run_on(burst(), arguments).out, ran.out) << "the same bytes";
    auto const json = nlohmann::json::parse(ran.out);
    EXPECT_EQ(json["command"], "replay - --option v/m --tier 'tier 1' --book " + book());
    EXPECT_EQ(json["trace"][0]["requests"], 101);
    EXPECT_EQ(json["options"][0]["requests"], 62);
    EXPECT_EQ(json["options"][0]["nano_usd"], 62 * (100 * 1000 + 10 * 2000));
    EXPECT_EQ(json["refusals"].dump(),
              R"([{"delayed":1,"mean_wait_s":1.5,"option":"v/m","refused":39,"refused_attempts":119,"requests":101,)"
              R"("served":62}])");
    EXPECT_EQ(json["limits"][0].dump(),
              R"({"allowed":60,"as_of":"2026-02-03","limit":"rpm","max":100,"mean":50.5,"needed_p99":100,)"
              R"("option":"v/m","source":"z","tier":"tier 1","verdict":"needs a negotiated limit"})");
    EXPECT_EQ(json["limits"][1]["limit"], "itpm");
    EXPECT_EQ(json["limits"][1]["needed_p99"], 10'000);
    EXPECT_EQ(json["limits"][1]["verdict"], "within");
}

TEST(ReplayLimits, TheScreenSaysWhatWasRefused) {
    auto const ran = run_on(burst(), tier_1);
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_THAT(
        ran.out,
        HasSubstr("\nv/m under tier 1: 62 of 101 requests served, 1 of them after waiting 1.50 s on average; 39 "
                  "refused\n  in all 3 attempts, not billed\n"
                  "                 allowed            mean             p99  by the minute\n"
                  "rpm                   60              51             100  needs a negotiated limit\n"
                  "itpm              40,000           5,050          10,000  within\n"));
    EXPECT_THAT(ran.out, HasSubstr("Note: v/m: tier 1 allows $1.00 a month, this rate is billed $325.87\n"));
    EXPECT_THAT(
        run_on(burst(), with(tier_1, {"--retries", "0"})).out,
        HasSubstr("v/m under tier 1: 61 of 101 requests served; 40 refused at the first attempt, not billed\n"));
    EXPECT_THAT(run_on(burst(), {"--option", "v/m", "--tier", "tier 3"}).out,
                HasSubstr("v/m under tier 3: 101 of 101 requests served; none refused for good\n"));
    EXPECT_THAT(run_on(burst(), {"--option", "v/m"}).out, Not(HasSubstr("refused")));
}

TEST(ReplayLimits, TheLateAreBilledAtThePriceOfWhenTheyAreServed) {
    auto const ran = run_on(burst("2026-03-01 23:59:59", "2026-03-02 00:01:59"),
                            {"--option", "v/d", "--tier", "tier 2", "--at", "trace", "--format", "csv"});
    EXPECT_EQ(ran.out,
              "option,model,from,as_of,lane,region,above,hours,meter,unit,quantity,amount,nano_usd,source\n"
              "v/d,v/d,2026-01-01,2026-01-01,standard,,,,input,tokens,6000,0.006000,6000000,x\n"
              "v/d,v/d,2026-01-01,2026-01-01,standard,,,,output,tokens,600,0.000000,0,x\n"
              "v/d,v/d,2026-03-02,2026-03-02,standard,,,,input,tokens,200,0.000600,600000,x\n"
              "v/d,v/d,2026-03-02,2026-03-02,standard,,,,output,tokens,20,0.000000,0,x\n")
        << ran.err;
}

TEST(ReplayLimits, WithRoomForAllTheBillIsThatWithoutATier) {
    auto const tables = [](Words const& arguments) {
        auto json = nlohmann::json::parse(run_on(burst(), with(arguments, {"--format", "json"})).out);
        for (auto const* name : {"command", "limits", "refusals"}) json.erase(name);
        return json;
    };
    EXPECT_EQ(tables({"--option", "v/m", "--tier", "tier 3"}), tables({"--option", "v/m"}));
}

TEST(ReplayLimits, BatchesAndWhatTheGatewayAnsweredAskNothing) {
    std::string rows = "t,in,out,lane,old\n";
    for (int i = 0; i < 61; ++i) rows += "1,1,1,batch,0\n";
    for (int i = 0; i < 60; ++i) rows += "1,1000,1,,400\n";
    auto const ran = run_on(rows, with(tier_1, {"--columns", "time=t,input=in,output=out,lane=lane,cache_read=old",
                                                "--format", "csv", "--table", "refusals"}));
    EXPECT_EQ(ran.out, "option,requests,served,refused,refused_attempts,delayed,mean_wait_s\nv/m,60,60,0,0,0,\n")
        << "60 x 600 tokens fit when reads are free; " << ran.err;
}

TEST(ReplayLimits, TimesFromTheZeroOfTheTraceWork) {
    std::string rows;
    for (int i = 0; i < 100; ++i)
        rows += "{\"timestamp\": 0, \"input_length\": 100, \"output_length\": 1, \"hash_ids\": [1]}\n";
    auto const ran = run_on(rows, with(tier_1, {"--format", "csv", "--table", "refusals"}));
    EXPECT_THAT(ran.out, HasSubstr("v/m,100,61,39,119,1,1.5\n")) << ran.err;
}

TEST(ReplayLimits, WrongArgumentsAndTracesSayWhatIsPossible) {
    auto const said = [](Words const& arguments, std::string const& trace = burst()) {
        auto const ran = run_on(trace, arguments);
        EXPECT_EQ(ran.code, Exit::bad_input);
        EXPECT_EQ(ran.out, "");
        return ran.err;
    };
    EXPECT_EQ(said({"--option", "v/m", "--tier", "tier 9"}),
              "runrate: 'v' publishes no 'tier 9' (its tiers: 'tier 1', 'tier 2', 'tier 3')\n");
    EXPECT_EQ(said({"--option", "v/m", "--tier", "tier 2"}),
              "runrate: 'tier 2' does not limit 'v/m' (those that do: 'tier 1', 'tier 3')\n");
    EXPECT_EQ(
        said({"--option", "v/o", "--tier", "tier 1"}),
        "runrate: 'tier 1' does not limit 'v/o' (nor does any other tier of 'v': 'tier 1', 'tier 2', 'tier 3')\n");
    EXPECT_EQ(said({"--option", "w/m", "--tier", "tier 1"}),
              "runrate: no price book has limits of 'w' (it has those of 'u', 'v')\n");
    EXPECT_EQ(said({"--option", "u/m", "--tier", "slow"}),
              "runrate: 'slow' asks to wait 172800 s before a retry (at most a day is replayed)\n");
    EXPECT_EQ(said({"--option", "logged", "--tier", "tier 1"}),
              "runrate: 'logged' names no model (limits are of one model: bill 'logged' without a tier)\n");
    EXPECT_EQ(said({"--option", "v/m", "--tier", ""}),
              "runrate: --tier takes the name of a tier such as 'tier 4' (found '')\n");
    EXPECT_EQ(said({"--option", "v/m", "--retries", "1"}),
              "runrate: --retries is of what --tier refuses (leave it out)\n");
    EXPECT_EQ(said(with(tier_1, {"--retries", "101"})),
              "runrate: --retries takes a whole number from 0 to 100 (found '101')\n");
    EXPECT_EQ(said(with(tier_1, {"--lane", "batch"})),
              "runrate: --tier holds no batches back: they ask nothing of limits per minute (leave it out)\n");
    EXPECT_EQ(said(tier_1, burst("2026-03-01 10:00:00", "2026-03-01 09:59:59")),
              "<stdin>:102: error: goes back in time, to before line 101 (--tier takes requests in the order in which "
              "they came: sort the trace by time)\n");
    EXPECT_EQ(said(with(tier_1, {"--columns", "input=in,output=out"}), "in,out\n1,1\n"),
              "<stdin>:2: error: has no time (limits are per minute: leave out --tier)\n");
}

}  // namespace
}  // namespace runrate
