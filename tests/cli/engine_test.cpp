#include "cli/engine_support.h"

namespace runrate {
namespace {

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
    auto const rows = rows_of_csv(text_of(path));
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
    // The client hears 20 ms and 5 us a token later of what the engine ends.
    EXPECT_NEAR(end, totals["duration_s"].get<double>() + 0.020 + 7 * 5e-6, 1e-9);
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

TEST(EngineVerb, ALittleAboveWhatIsServedFallsBehindToo) {
    auto const notes_at = [](char const* rate) {
        auto const json = json_of(run_cli(with(
            with({"engine"}, llama), {"--rate", rate, "--prompt", "2000", "--output", "500", "--format", "json"})));
        return json["notes"][0]["code"].get<std::string>();
    };
    EXPECT_EQ(notes_at("16"), "load.falls_behind");
    EXPECT_NE(notes_at("6"), "load.falls_behind");
}

TEST(EngineVerb, AFullCacheIsWhatLimits) {
    auto const ran = run_cli(with(with({"engine"}, llama), {"--concurrency", "64", "--prompt", "4000", "--output",
                                                            "200", "--requests", "300", "--kv", "20000"}));
    EXPECT_THAT(ran.out, HasSubstr("Limited by: KV capacity"));
    EXPECT_THAT(ran.out, HasSubstr("the KV cache had no room for the next request"));
    EXPECT_THAT(engine_drawn().out, testing::Not(HasSubstr("KV capacity")));
}

TEST(EngineVerb, FirstTokensComeBeforeLastOnes) {
    auto const short_outputs =
        json_of(run_cli(with(with({"engine"}, llama), {"--rate", "1", "--prompt", "800", "--output", "3", "--requests",
                                                       "200", "--parameters", "stream=16", "--format", "json"})));
    auto const mean = [&](std::size_t row) { return short_outputs["latency"][row]["mean_s"].get<double>(); };
    EXPECT_LE(mean(0), mean(2));
}

// But for TPOT: a first token that is held back leaves less time to those after it, which the model does not take off.
TEST(EngineVerb, ItsOutcomesAreALogOfItself) {
    auto const path = file_named("outcomes.csv").string();
    auto const replica = Words{"--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--engine", "vllm"};
    ASSERT_EQ(run_cli(with(with({"engine"}, replica), {"--rate", "3", "--prompt", "800:2400", "--output", "180",
                                                       "--requests", "200", "--outcomes", path}))
                  .code,
              Exit::ok);
    auto const validated =
        run_cli(with(with({"validate", path, "--precision", "bf16", "--format", "json"}, replica), {}));
    ASSERT_EQ(validated.code, Exit::ok) << validated.err;
    auto const json = Json::parse(validated.out);
    EXPECT_EQ(json["errors"].size(), 3U);
    for (auto const& row : json["errors"])
        EXPECT_LT(row["p90"].get<double>(), row["figure"] == "TPOT" ? 5 : 0.5) << row["figure"];  // percent
}

TEST(EngineVerb, NothingThatIsReadIsOverwritten) {
    auto const list = file_of("list.csv", two);
    for (auto const* option : {"--outcomes", "--out"}) {
        auto const ran = run_cli(with(with({"engine", list}, llama), {option, list}));
        EXPECT_EQ(ran.code, Exit::bad_input);
        EXPECT_THAT(ran.err, HasSubstr("would overwrite " + list + ", which is read"));
    }
    EXPECT_EQ(text_of(list), two);
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

}  // namespace
}  // namespace runrate
