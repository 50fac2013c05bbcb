#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "catalogue/load_catalogue.h"
#include "catalogue/make_replica.h"
#include "cli/engine_tables.h"
#include "rows/csv.h"
#include "run_cli.h"
#include "runrate/calibration.h"

namespace runrate {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

std::filesystem::path file_named(std::string const& name) {
    // Tests run side by side: the line of each is its own.
    auto const test = std::to_string(testing::UnitTest::GetInstance()->current_test_info()->line());
    return std::filesystem::path{testing::TempDir()} / ("engine_" + test + "_" + name);
}

std::string file_of(std::string const& name, std::string const& text) {
    auto const path = file_named(name);
    std::ofstream{path, std::ios::binary} << text;
    return path.string();
}

std::string text_of(std::filesystem::path const& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

Replica llama_on_h100() {
    auto const catalogue = load_catalogue({std::string{RUNRATE_SOURCE_DIR} + "/calibration"});
    return std::get<Replica>(make_replica(catalogue, {"llama-3.1-8b", "h100-sxm", "vllm"}));
}

Words with(Words first, Words const& more) {
    first.insert(first.end(), more.begin(), more.end());
    return first;
}

/// By priors, so that times follow from step_time() of default parameters.
Words const llama{"--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--calibration", "none"};
Words const at_a_rate{"--rate", "2.5", "--prompt", "800:2400", "--output", "180", "--requests", "300"};

Ran engine_on(std::string const& list, Words const& more = {}) {
    return run_cli(with(with({"engine", "-"}, llama), more), list);
}
Ran engine_drawn(Words const& more = {}) { return run_cli(with(with(with({"engine"}, llama), at_a_rate), more)); }

Json json_of(Ran const& ran) {
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    return Json::parse(ran.out);
}

std::string error_of(Words const& arguments, std::string const& input = {}) {
    auto const ran = run_cli(with({"engine"}, arguments), input);
    EXPECT_EQ(ran.code, Exit::bad_input);
    EXPECT_EQ(ran.out, "");
    return ran.err;
}

std::vector<std::vector<std::string>> cells_of(std::string const& csv) {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines{csv};
    for (std::string line; std::getline(lines, line);) {
        rows.emplace_back();
        std::istringstream cells{line + ","};
        for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
    }
    return rows;
}

std::string const two = "arrival_s,prompt_tokens,output_tokens\n0,100,3\n0.001,50,2\n";

// The first prompt alone; the second prompt beside the first's second token; then both decode: the first its third
// token, the second its second.
TEST(EngineVerb, AListByHandTakesTheStepsThatItShould) {
    auto const r = llama_on_h100();
    StepParameters const q;
    double const one = step_time({.prefill_tokens = 100, .prompt_pairs = 5000, .first_tokens = 1}, r, q);
    double const both =
        step_time({.prefill_tokens = 50, .decodes = 1, .context = 100, .prompt_pairs = 1250, .first_tokens = 1}, r, q);
    double const decode = step_time({.decodes = 2, .context = 151}, r, q);
    auto const json = json_of(engine_on(two, {"--format", "json"}));
    double const front_1 = q.request_s + 100 * q.prompt_token_s, front_2 = q.request_s + 50 * q.prompt_token_s;
    double const ttft_1 = one + front_1, ttft_2 = one + both - 0.001 + front_2;
    double const e2e_1 = one + both + decode + front_1, e2e_2 = e2e_1 - front_1 - 0.001 + front_2;
    auto const& latency = json["latency"];
    EXPECT_EQ(latency[0]["metric"], "ttft");
    EXPECT_EQ(latency[0]["requests"], 2);
    EXPECT_NEAR(latency[0]["mean_s"], (ttft_1 + ttft_2) / 2, 1e-9);
    EXPECT_NEAR(latency[0]["p50_s"], std::min(ttft_1, ttft_2), 0.004 * ttft_1);
    EXPECT_NEAR(latency[1]["mean_s"], ((both + decode) / 2 + decode) / 2, 1e-9);
    EXPECT_NEAR(latency[2]["mean_s"], (e2e_1 + e2e_2) / 2, 1e-9);
    EXPECT_NEAR(latency[3]["mean_s"], (one - 0.001) / 2, 1e-9);
    auto const& totals = json["totals"][0];
    double const all = one + both + decode;
    EXPECT_EQ(totals["requests"], 2);
    EXPECT_EQ(totals["iterations"], 3);
    EXPECT_NEAR(totals["duration_s"], all, 1e-9);
    EXPECT_NEAR(totals["busy_share"], 1, 1e-9);
    EXPECT_NEAR(totals["mean_step_s"], all / 3, 1e-9);
    EXPECT_NEAR(totals["requests_per_s"], 2 / all, 1e-6);
    EXPECT_NEAR(totals["output_tokens_per_s"], 5 / all, 1e-6);
    EXPECT_NEAR(totals["prompt_tokens_per_s_gpu"], 150 / all, 1e-5);
    EXPECT_NEAR(totals["running_mean"], (both + 2 * decode) / all, 1e-9);
    double parts = 0, shares = 0;
    for (auto const& row : json["times"]) {
        parts += row["seconds"].get<double>();
        shares += row["share"].get<double>();
    }
    EXPECT_NEAR(parts, all, 1e-9);
    EXPECT_NEAR(shares, 1, 1e-12);
}

TEST(EngineVerb, JsonHasFlatTablesWithUniqueKeysAndTheSameBytesEveryTime) {
    Words const as_json{"--format", "json", "--cv", "2"};
    auto const ran = engine_drawn(as_json);
    EXPECT_EQ(engine_drawn(as_json).out, ran.out);
    auto const json = json_of(ran);
    EXPECT_EQ(json["schema"], "runrate/engine/1");
    EXPECT_EQ(json["command"],
              "engine --model llama-3.1-8b --gpu h100-sxm --calibration none --rate 2.5 --cv 2 --prompt 800:2400 "
              "--output 180 --requests "
              "300");
    std::set<std::string> keys;
    auto const count_keys = [&](int, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::object_start) keys.clear();
        bool const twice = event == Json::parse_event_t::key && !keys.insert(parsed.get<std::string>()).second;
        EXPECT_FALSE(twice) << parsed;
        return true;
    };
    EXPECT_FALSE(Json::parse(ran.out, count_keys).is_discarded());
    for (auto const* table : {"replica", "load", "latency", "totals", "times", "provenance", "skipped", "notes"}) {
        ASSERT_TRUE(json[table].is_array()) << table;
        for (auto const& row : json[table]) {
            for (auto const& cell : row) EXPECT_FALSE(cell.is_structured()) << table;
        }
    }
    EXPECT_EQ(json["load"][0]["kind"], "open");
    EXPECT_EQ(json["load"][0]["requests"], 300);
    EXPECT_EQ(json["provenance"][0]["value"], "llama-3.1-8b");
}

TEST(EngineVerb, OutcomesSumToTheTotals) {
    auto const path = file_named("outcomes.csv").string();
    auto const list = two + "0.5,200000,5\n2,7,1\n";
    auto const totals = json_of(engine_on(list, {"--outcomes", path, "--format", "json"}))["totals"][0];
    auto const rows = cells_of(text_of(path));
    ASSERT_EQ(rows.size(), 5u);
    EXPECT_EQ(fmt::format("{}", fmt::join(rows[0], ",")),
              "request,arrival_s,admitted_s,first_token_s,finished_s,prompt_tokens,output_tokens,cached_tokens,"
              "preemptions,refusal");
    std::int64_t served = 0, prompt = 0, output = 0;
    double end = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (!rows[i][9].empty()) continue;
        ++served;
        prompt += std::stoll(rows[i][5]);
        output += std::stoll(rows[i][6]);
        end = std::max(end, std::stod(rows[i][4]));
    }
    EXPECT_EQ(served, totals["requests"]);
    EXPECT_EQ(prompt, totals["prompt_tokens"]);
    EXPECT_EQ(output, totals["output_tokens"]);
    EXPECT_NEAR(end, totals["duration_s"], 1e-12);
    EXPECT_EQ(totals["refused"], 1);
    EXPECT_EQ(totals["refused_too_long"], 1);
    EXPECT_EQ(fmt::format("{}", fmt::join(rows[3], ",")), "2,0.5,,,,200000,5,,,too_long");
}

TEST(EngineVerb, ARunThatFailsLeavesNoOutcomes) {
    auto const path = file_named("outcomes.csv");
    std::filesystem::remove(path);
    EXPECT_EQ(engine_on(two + "0.002,x,1\n", {"--outcomes", path.string()}).code, Exit::bad_input);
    EXPECT_FALSE(std::filesystem::exists(path));
    auto const stopped = run_cli(with(with({"engine"}, llama), {"--rate", "1000", "--prompt", "1", "--output", "1",
                                                                "--requests", "100000", "--outcomes", path.string()}),
                                 "", [] { return true; });
    EXPECT_EQ(stopped.code, Exit::interrupted);
    EXPECT_EQ(stopped.err, "runrate: interrupted (nothing was written)\n");
    EXPECT_FALSE(std::filesystem::exists(path));
    for (auto const& file : std::filesystem::directory_iterator{testing::TempDir()})
        EXPECT_THAT(file.path().string(), testing::Not(StartsWith(path.string())));
}

TEST(EngineVerb, StandardInputIsAsAFile) {
    auto const file = file_of("list.csv", two);
    auto named = json_of(run_cli(with(with({"engine", file}, llama), {"--format", "json"})));
    auto piped = json_of(engine_on(two, {"--format", "json"}));
    EXPECT_EQ(named["load"][0]["file"], file);
    EXPECT_EQ(piped["load"][0]["file"], "<stdin>");
    for (auto* json : {&named, &piped}) {
        json->erase("command");
        (*json)["load"][0].erase("file");
    }
    EXPECT_EQ(named, piped);
}

TEST(EngineVerb, DatedListsBeginAtTheirFirstRequest) {
    std::string const azure =
        "TIMESTAMP,ContextTokens,GeneratedTokens\n2026-03-01 10:00:30,100,3\n2026-03-01 10:00:30.001,50,2\n";
    auto const dated = json_of(engine_on(azure, {"--format", "json"}));
    auto const plain = json_of(engine_on(two, {"--format", "json"}));
    EXPECT_EQ(dated["latency"], plain["latency"]);
    EXPECT_EQ(dated["totals"], plain["totals"]);
    EXPECT_EQ(dated["load"][0]["format"], "azure");
}

std::string const mooncake =
    "{\"timestamp\": 0, \"input_length\": 1030, \"output_length\": 4, \"hash_ids\": [1, 2, 3]}\n"
    "{\"timestamp\": 5000, \"input_length\": 1100, \"output_length\": 4, \"hash_ids\": [1, 2, 9]}\n";

TEST(EngineVerb, APrefixCacheFindsTheBlocksOfEarlierPrompts) {
    auto const on = json_of(engine_on(mooncake, {"--prefix-cache", "--format", "json"}));
    EXPECT_EQ(on["totals"][0]["cached_tokens"], 1024);
    EXPECT_EQ(on["totals"][0]["computed_tokens"], 1030 + 1100 - 1024);
    EXPECT_NEAR(on["totals"][0]["cached_share"], 1024.0 / 2130, 1e-12);
    auto const smaller = json_of(engine_on(mooncake, {"--prefix-cache", "--block-tokens", "500", "--format", "json"}));
    EXPECT_EQ(smaller["totals"][0]["cached_tokens"], 1000 / 16 * 16);
    auto const off = json_of(engine_on(mooncake, {"--format", "json"}));
    EXPECT_EQ(off["totals"][0]["cached_tokens"], 0);
    EXPECT_EQ(off["notes"][0]["text"], "hash_ids are not looked up: every prompt is computed (--prefix-cache)");
    EXPECT_EQ(engine_on(mooncake, {"--prefix-cache", "--block-tokens", "2000"}).err,
              "<stdin>:1: error: has more hash_ids than its prompt has blocks (3 of 2000 tokens, of a prompt of 1030: "
              "see --block-tokens)\n"
              "<stdin>:2: error: has more hash_ids than its prompt has blocks (3 of 2000 tokens, of a prompt of 1100: "
              "see --block-tokens)\n");
}

TEST(EngineVerb, AClosedLoopKeepsItsRequestsInFlight) {
    auto const json =
        json_of(run_cli(with(with({"engine"}, llama), {"--concurrency", "8", "--prompt", "100", "--output", "50",
                                                       "--requests", "80", "--format", "json"})));
    EXPECT_EQ(json["load"][0]["kind"], "closed");
    EXPECT_EQ(json["totals"][0]["requests"], 80);
    EXPECT_EQ(json["totals"][0]["iterations"], 500);  // all eight together, ten times: a prompt, 49 further tokens
    auto const r = llama_on_h100();
    double const first = step_time({.prefill_tokens = 800, .prompt_pairs = 40000, .first_tokens = 8}, r, {});
    double further = 0;
    for (int i = 0; i < 49; ++i) further += step_time({.decodes = 8, .context = 8.0 * (100 + i)}, r, {});
    EXPECT_NEAR(json["totals"][0]["busy_s"], 10 * (first + further), 1e-7);
    EXPECT_NEAR(json["totals"][0]["running_mean"], 8 * further / (first + further), 1e-6);
}

TEST(EngineVerb, AnOpenLoopHasItsRate) {
    auto const json = json_of(run_cli(with(with({"engine"}, llama), {"--rate", "20", "--prompt", "10", "--output", "2",
                                                                     "--requests", "4000", "--format", "json"})));
    EXPECT_NEAR(json["load"][0]["arrivals_per_s"], 20, 4 * 20 / std::sqrt(4000.0));
    EXPECT_EQ(json["notes"].size(), 1u) << json["notes"];
}

TEST(EngineVerb, WhatFallsBehindSaysSo) {
    auto const json = json_of(run_cli(
        with(with({"engine"}, llama), {"--rate", "100", "--prompt", "2000", "--output", "500", "--format", "json"})));
    EXPECT_EQ(json["notes"][0]["code"], "load.falls_behind");
    EXPECT_THAT(json["notes"][0]["text"].get<std::string>(),
                StartsWith("requests arrive faster than they are served (1"));
}

TEST(EngineVerb, StatedParametersCountAndAreNamed) {
    auto const base = json_of(engine_on(two, {"--format", "json"}));
    auto const slow = json_of(engine_on(two, {"--format", "json", "--parameters", "step=12,request=20"}));
    EXPECT_NEAR(slow["totals"][0]["busy_s"].get<double>(), base["totals"][0]["busy_s"].get<double>() + 0.03, 1e-9);
    EXPECT_EQ(slow["notes"].back()["text"], "stated by --parameters: step, request");
    EXPECT_EQ(slow["provenance"][11]["item"], "parameter step");
    EXPECT_EQ(slow["provenance"][11]["value"], "12");
    EXPECT_EQ(slow["provenance"][11]["source"], "--parameters");
}

TEST(EngineVerb, AnotherCsvIsReadByItsColumns) {
    auto const other = "when,in,out,who\n0,100,3,a\n1,50,2,b\n";
    auto const json = json_of(
        engine_on(other, {"--columns", "time=when,input=in,output=out", "--time-unit", "ms", "--format", "json"}));
    EXPECT_EQ(json["latency"], json_of(engine_on(two, {"--format", "json"}))["latency"]);
    EXPECT_EQ(engine_on(other).err,
              "<stdin>: error: is no trace that is known (azure, mooncake or litellm by --format-in; --columns for "
              "another CSV)\n");
    EXPECT_EQ(engine_on(two, {"--time-unit", "ms"}).err,
              "runrate: --time-unit is of times of --columns (leave it out)\n");
    EXPECT_EQ(engine_on("when,in,out\n,1,1\n", {"--columns", "input=in,output=out"}).err,
              "<stdin>:2: error: has no time of arrival\n");
}

TEST(EngineVerb, RowsThatCannotBeReadAreCountedWhereThatIsAsked) {
    auto const bad = two + "0.01,0,4\n0.02,5,0\n0.03,x,1\n0.04,9,9\n";
    EXPECT_EQ(engine_on(bad).err,
              "<stdin>:4: error: has a prompt without tokens\n"
              "<stdin>:5: error: has an output without tokens\n"
              "<stdin>:6: error: 'prompt_tokens' is no whole number (found 'x')\n");
    auto const json = json_of(engine_on(bad, {"--skip-bad", "--format", "json"}));
    EXPECT_EQ(json["totals"][0]["requests"], 3);
    EXPECT_EQ(json["load"][0]["skipped_rows"], 3);
    EXPECT_EQ(json["skipped"].size(), 3u);
    EXPECT_EQ(json["notes"][0]["text"], "1 row left out: 'prompt_tokens' is no whole number (first at line 6)");
}

TEST(EngineVerb, ListsThatCannotBeServedAreRefused) {
    EXPECT_EQ(engine_on(two + "0.0005,1,1\n").err,
              "<stdin>:4: error: arrives before the request of line 3 (sort the list by arrival)\n");
    EXPECT_EQ(engine_on(two + "8000000,1,1\n").err,
              "<stdin>:4: error: arrives 92.6 days after the start, beyond 90 (divide the list into shorter ones)\n");
    EXPECT_EQ(engine_on("arrival_s,prompt_tokens,output_tokens\n").err,
              "<stdin>: error: holds no request that can be read\n");
}

TEST(EngineVerb, WrongOptionsAreNamed) {
    auto const of = [](Words const& more) { return error_of(with(llama, more)); };
    Words const ask{"--rate", "1", "--prompt", "10", "--output", "10"};
    EXPECT_EQ(error_of({"--gpu", "h100"}), "runrate: no model given (--model llama-3.1-8b)\n");
    EXPECT_EQ(error_of({"--model", "llama-3.1-8b"}), "runrate: no gpu given (--gpu h100-sxm)\n");
    EXPECT_EQ(error_of(with({"--model", "llama-3.1-8c", "--gpu", "h100-sxn"}, ask)),
              "runrate: unknown model 'llama-3.1-8c' (did you mean 'llama-3.1-8b'?); unknown GPU 'h100-sxn' (did you "
              "mean 'h100-sxm'?)\n");
    EXPECT_EQ(error_of(with({"--model", "llama-3.1-70b", "--gpu", "h100-sxm"}, ask)),
              "runrate: llama-3.1-70b in bf16 does not fit: 141.1 GB of weights on each GPU of 85.9 GB (2 GPUs "
              "would do)\n");
    EXPECT_EQ(of({}), "runrate: no load given (a FILE, - for standard input, --rate or --concurrency)\n");
    EXPECT_EQ(of(with({"x.csv"}, ask)), "runrate: both a file and --rate are given (a load is one of them)\n");
    EXPECT_EQ(of(with({"--concurrency", "4"}, ask)),
              "runrate: --rate and --concurrency are two loads (leave one of them out)\n");
    for (auto const* rate : {"0", "-2", "nan", "x"})
        EXPECT_EQ(of({"--rate", rate, "--prompt", "10", "--output", "10"}),
                  fmt::format("runrate: --rate takes requests per second above 0, such as 2.5 (found '{}')\n", rate));
    EXPECT_EQ(of({"--rate", "1", "--prompt", "10"}),
              "runrate: --rate needs --prompt and --output (tokens of a request, such as --prompt 800 --output 180)\n");
    EXPECT_EQ(of({"--rate", "1", "--prompt", "800:700", "--output", "10"}),
              "runrate: --prompt takes tokens such as 800, or the median and the 95th percentile of a lognormal such "
              "as 800:2400 (p95 700 is below the median 800)\n");
    EXPECT_EQ(of(with(ask, {"--parameters", "compute=2"})),
              "runrate: --parameters: compute takes 0.05 to 1 share of peak (found '2')\n");
    EXPECT_EQ(of(with(ask, {"--parameters", "steps=2"})),
              "runrate: unknown parameter 'steps' (compute, memory, kv, attention, collective, link, step, sequence, "
              "request, prompt_token, stream)\n");
    EXPECT_EQ(of(with(ask, {"--draft", "3"})),
              "runrate: --draft needs --acceptance (of a proposal, such as 0.7: a result is as good as this number)\n");
    EXPECT_EQ(of(with(ask, {"--chunk", "64"})),
              "runrate: the token budget of an iteration is less than its batch (raise the budget, or allow fewer "
              "sequences)\n");
}

TEST(EngineVerb, WhatWouldBeIgnoredIsRefused) {
    auto const of = [](Words const& more) { return error_of(with(llama, more), two); };
    Words const ask{"--rate", "1", "--prompt", "10", "--output", "10"};
    EXPECT_EQ(of({"-", "--prompt", "10"}), "runrate: --prompt is of a load without a file (leave it out)\n");
    EXPECT_EQ(of({"-", "--seed", "3"}), "runrate: --seed is of a load without a file (leave it out)\n");
    EXPECT_EQ(of({"-", "--prefix-cache"}),
              "runrate: --prefix-cache needs a Mooncake trace, whose hash_ids say which prompts begin alike (leave it "
              "out)\n");
    EXPECT_EQ(of({"-", "--block-tokens", "16"}), "runrate: --block-tokens is of --prefix-cache (leave it out)\n");
    EXPECT_EQ(of(with(ask, {"--skip-bad"})), "runrate: --skip-bad is of rows of a file (leave it out)\n");
    EXPECT_EQ(of(with(ask, {"--acceptance", "0.5"})),
              "runrate: --acceptance is of proposals of --draft (leave it out)\n");
    EXPECT_EQ(of({"--concurrency", "1", "--prompt", "10", "--output", "10", "--cv", "2"}),
              "runrate: --cv is of gaps between the arrivals of --rate (leave it out)\n");
    EXPECT_EQ(of(with(ask, {"--tp", "3"})), "runrate: --tp 3 does not divide the 32 heads of llama-3.1-8b\n");
    EXPECT_EQ(of(with(ask, {"--pp", "33"})), "runrate: --pp 33 is more than the 32 layers of llama-3.1-8b\n");
    EXPECT_EQ(of(with(ask, {"--dp", "1024", "--chunk", "1000000"})),
              "runrate: an iteration of up to 1025048576 tokens is beyond 16777216 (lower --chunk, --sequences or "
              "--dp)\n");
    EXPECT_EQ(of(with(ask, {"--ep", "2"})),
              "runrate: --ep spreads experts, and llama-3.1-8b has none (leave it out)\n");
    EXPECT_EQ(of(with(ask, {"--table", "load"})), "runrate: --table names a table of --format csv (leave it out)\n");
    EXPECT_EQ(of(with(ask, {"--outcomes", "-"})),
              "runrate: --outcomes takes a file (standard output has the result)\n");
}

TEST(EngineVerb, TheScreenSaysWhatIsServedHowFastAndWhatLimitsIt) {
    auto const ran = engine_on(two + "0.5,200000,5\n");
    EXPECT_EQ(ran.code, Exit::ok);
    EXPECT_EQ(ran.err, "");
    EXPECT_EQ(ran.out.substr(0, ran.out.find("Sources: ")),
              "llama-3.1-8b in bf16 on 1 x h100-sxm, vllm: chunks of prompts up to 8,192 tokens, at most 1,024\n"
              "  sequences\n"
              "<stdin>: csv list, 3 requests in 500 ms; prompts of 75 tokens, outputs of 2.50 (means)\n"
              "\n"
              "                                  mean       p50       p95       p99\n"
              "first token (TTFT)             31.9 ms   28.5 ms   35.3 ms   35.3 ms\n"
              "each further token (TPOT)      8.01 ms   8.01 ms   8.01 ms   8.01 ms\n"
              "whole request (E2E)            43.9 ms   43.3 ms   44.5 ms   44.5 ms\n"
              "of that, in the queue          3.50 ms       0 s   7.00 ms   7.00 ms\n"
              "\n"
              "requests                    83.3/s: 2 in 24.0 ms\n"
              "output tokens               208/s\n"
              "prompt tokens               6.24k/s\n"
              "KV cache                    444,400 tokens: 0.03% used on average, 0.04% at most\n"
              "batch                       1.00 decoding on average\n"
              "iterations                  3, 8.01 ms each; busy 100% of the time\n"
              "preemptions                 0\n"
              "refused                     1\n"
              "\n"
              "Limited by: reading weights (time of iterations: reading weights 75%, overhead 25%, reading the KV\n"
              "  cache 0.07%, attention of prompts 0.03%)\n"
              "\n"
              "Note: 1 request refused: prompt and output exceed the context of llama-3.1-8b (131,072 tokens)\n"
              "Note: step times by uncalibrated priors of the calibration study; nothing was measured of this\n"
              "  replica (expect TPOT to be off by 15% or more, TTFT by more than that)\n");
    EXPECT_THAT(ran.out, HasSubstr("Sources: llama-3.1-8b ("));
}

TEST(EngineVerb, TakesTheShippedCalibrationAndSaysHowFarItReaches) {
    auto const notes = [](char const* gpu) {
        return run_cli({"engine",      "--model",  "llama-3.1-70b", "--gpu",    gpu,
                        "--precision", "fp8",      "--tp",          "2",        "--rate",
                        "1",           "--prompt", "100",           "--output", "10",
                        "--requests",  "5",        "--format",      "csv",      "--table",
                        "notes"})
            .out;
    };
    EXPECT_THAT(notes("h200-sxm"), HasSubstr("speed.covered,"));
    EXPECT_THAT(notes("h100-sxm"), HasSubstr("speed.parts,"));
    EXPECT_THAT(notes("l40s"), HasSubstr("speed.unseen,"));
}

TEST(EngineVerb, TheErrorsOfAParameterSetAreSaid) {
    EngineSetup const setup{llama_on_h100(),
                            {.parameters = {},
                             .name = "h100-vllm",
                             .evidence = "calibrated",
                             .origin = "parameters of h100-vllm, fitted to 12 benchmarks",
                             .ttft_error = 0.21,
                             .tpot_error = 0.043}};
    EngineLoad load{DrawnLoad{.prompt = parse_length("prompt", "10"),
                              .output = parse_length("output", "10"),
                              .requests = 2,
                              .concurrency = 1}};
    auto const report = run_engine(setup, load, {}, {});
    auto const notes = engine_notes({setup, load, report});
    EXPECT_EQ(notes.back().code, "speed.calibrated");
    EXPECT_EQ(notes.back().text,
              "step times by parameters of h100-vllm, fitted to 12 benchmarks; of 10 engines known so well, 8 are "
              "within: TPOT "
              "4.3%, what the front end adds to TTFT 21%");
    auto const tables = engine_tables({setup, load, report});
    auto const& provenance = tables[5].rows;
    EXPECT_EQ(std::get<double>(provenance[4].back()), 0.043);
}

TEST(EngineVerb, RowsThatNoModelServedAreLeftOut) {
    std::string const log =
        "[{\"startTime\": \"2026-03-01T10:00:00Z\", \"prompt_tokens\": 100, \"completion_tokens\": 3, \"status\": "
        "\"success\"},\n"
        "{\"startTime\": \"2026-03-01T10:00:01Z\", \"prompt_tokens\": 100, \"completion_tokens\": 0, \"status\": "
        "\"failure\"}]\n";
    auto const json = json_of(engine_on(log, {"--format", "json"}));
    EXPECT_EQ(json["load"][0]["format"], "litellm");
    EXPECT_EQ(json["totals"][0]["requests"], 1);
    EXPECT_EQ(json["load"][0]["not_served_rows"], 1);
    EXPECT_EQ(json["notes"][0]["text"], "1 row left out: failed, or answered by the gateway's own cache");
}

TEST(EngineVerb, CsvAndMarkdownHaveTheTables) {
    EXPECT_THAT(engine_on(two, {"--format", "csv"}).out,
                StartsWith("metric,requests,mean_s,p50_s,p95_s,p99_s\nttft,2,"));
    EXPECT_THAT(engine_on(two, {"--format", "csv", "--table", "notes"}).out,
                StartsWith("code,text\nspeed.uncalibrated,"));
    auto const markdown = engine_on(two, {"--format", "markdown"}).out;
    EXPECT_THAT(markdown, StartsWith("# Engine\n\nllama-3.1-8b in bf16 on 1 x h100-sxm, vllm: chunks of prompts"));
    EXPECT_THAT(markdown, HasSubstr("\n## Latency\n\n| metric | requests |"));
}

}  // namespace
}  // namespace runrate
