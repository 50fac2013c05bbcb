#include <cmath>

#include "cli/engine_support.h"

namespace runrate {
namespace {

/// A scenario that has two pools beside what it forecasts.
std::string scenario_with(std::string const& pools) {
    return file_of("pools.yaml", first_scenario() + "\npools:\n" + pools);
}

std::string const llama_70b =
    "  llama-70b: {model: llama-3.1-70b, precision: fp8, gpu: h200-sxm, gpus_per_replica: 2, engine: trtllm,\n"
    "              limits: {sequences: 96, kv: 300k tokens}}\n";
std::string const stated = "  stated: {model: gpt-oss-120b, gpu: h200-sxm, capacity: {output: 2800 tokens/s}}\n";

Words const load{"--rate", "1", "--prompt", "1000", "--output", "100", "--requests", "100", "--format", "json"};

TEST(EngineOfAPool, IsTheOneThatOptionsDescribe) {
    auto const file = scenario_with(llama_70b + stated);
    auto of_pool = json_of(run_cli(with({"engine", "--scenario", file, "--pool", "llama-70b"}, load)));
    auto of_options =
        json_of(run_cli(with({"engine", "--model", "llama-3.1-70b", "--precision", "fp8", "--gpu", "h200-sxm", "--tp",
                              "2", "--engine", "trtllm", "--sequences", "96", "--kv", "300000"},
                             load)));
    EXPECT_NE(of_pool["command"], of_options["command"]);
    of_pool.erase("command");
    of_options.erase("command");
    EXPECT_EQ(of_pool, of_options);
}

TEST(EngineOfAPool, NeedsNoNameWhereThereIsOne) {
    auto const file = scenario_with(llama_70b);
    auto const json = json_of(run_cli(with({"engine", "--scenario", file}, load)));
    EXPECT_EQ(json["replica"][0]["max_sequences"], 96);
    auto const changed =
        json_of(run_cli(with({"engine", "--scenario", file, "--set", "pools.llama-70b.limits.sequences=64"}, load)));
    EXPECT_EQ(changed["replica"][0]["max_sequences"], 64);
}

TEST(EngineOfAPool, SaysWhatIsWrongWithTheChoice) {
    auto const file = scenario_with(llama_70b + stated);
    auto const said = [&](Words const& more) { return error_of(with({"--scenario", file}, with(more, load))); };
    EXPECT_EQ(said({}), "runrate: the scenario has 2 pools (choose one with --pool: llama-70b, stated)\n");
    EXPECT_EQ(said({"--pool", "lama-70b"}),
              "runrate: --pool: the scenario has no pool 'lama-70b' (did you mean 'llama-70b'?)\n");
    EXPECT_EQ(said({"--pool", "llama-70b", "--tp", "4"}),
              "runrate: --tp is what the pool says; change it with --set pools.NAME.KEY=VALUE (leave it out)\n");
    EXPECT_EQ(error_of(with({"--pool", "llama-70b"}, load)), "runrate: --pool is of --scenario (leave it out)\n");
    auto const none = file_of("none.yaml", first_scenario());
    EXPECT_EQ(error_of(with({"--scenario", none}, load)),
              "runrate: the scenario has no pools (name a model and a GPU with --model and --gpu)\n");
}

TEST(EngineOfAPool, ReportsMistakesOfTheScenarioAtTheirPlace) {
    auto const file = scenario_with("  a: {model: llama-3.1-8b, gpu: h100-sxm, limits: {chunk: 1 token}}\n");
    auto const said = error_of(with({"--scenario", file}, load));
    EXPECT_THAT(said, HasSubstr("error: the token budget of an iteration is less than its batch"));
    EXPECT_THAT(said, HasSubstr("^  pools.a.limits"));
}

TEST(Files, ThatAreReadAreNeverWritten) {
    auto const file = scenario_with(llama_70b);
    auto const before = text_of(file);
    auto const trace = file_of("trace.csv", two);
    Words const short_load{"--rate", "1", "--prompt", "10", "--output", "10", "--requests", "5"};
    for (auto const& words :
         {Words{"run", file, "--out", file},
          {"run", file, "--samples", file},
          with({"engine", "--scenario", file, "--out", file}, short_load),
          with({"engine", "--scenario", file, "--outcomes", file}, short_load),
          {"validate", trace, "--scenario", file, "--out", file},
          {"replay", trace, "--out", trace},
          {"prices", "import", trace, "--format", "litellm", "--as-of", "2026-11-01", "--out", trace}}) {
        auto const ran = run_cli(words);
        EXPECT_EQ(ran.code, Exit::bad_input) << words.front();
        EXPECT_THAT(ran.err, HasSubstr("would overwrite")) << words.front();
    }
    EXPECT_EQ(text_of(file), before);
    EXPECT_EQ(text_of(trace), two);
}

std::string rows_file(std::string const& name) {
    return file_of(name,
                   "model,gpu,precision,tp,engine,concurrency,isl,osl,ttft_ms,tpot_ms\n"
                   "llama-3.1-70b,h200-sxm,fp8,2,trtllm,4,1024,256,190,18\n"
                   "llama-3.1-70b,h200-sxm,fp8,2,trtllm,16,1024,256,250,20\n"
                   "llama-3.1-70b,h200-sxm,fp8,4,trtllm,16,1024,256,150,12\n"
                   "llama-3.1-8b,h200-sxm,fp8,1,trtllm,16,1024,256,50,5\n");
}

TEST(ValidateAPool, TakesTheRowsOfItsEngine) {
    auto const file = scenario_with(llama_70b + stated);
    auto const rows = rows_file("rows.csv");
    auto const json =
        json_of(run_cli({"validate", rows, "--scenario", file, "--pool", "llama-70b", "--format", "json"}));
    std::set<std::string> combinations;
    for (auto const& row : json["rows"]) combinations.insert(row["combination"]);
    EXPECT_EQ(combinations, std::set<std::string>{"llama-3.1-70b h200-sxm fp8 trtllm tp2"});
    EXPECT_EQ(json["skipped"][0]["rule"], "of another engine than pool 'llama-70b'");
    EXPECT_EQ(json["skipped"][0]["rows"], 2);
    EXPECT_EQ(json["errors"][0]["evidence"], "covered");
    EXPECT_EQ(json["errors"][0]["rows"], 2);
}

TEST(ValidateAPool, KnowsWhatItsRowsDoNotSay) {
    auto const file = scenario_with(llama_70b);
    auto const bare = file_of("bare.csv", "concurrency,isl,osl,ttft_ms,tpot_ms\n4,1024,256,190,18\n");
    auto const ran = run_cli({"validate", bare, "--scenario", file, "--format", "csv"});
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("covered,TPOT,1,"));
}

TEST(ValidateAPool, PredictsTheEngineAsItIsConfigured) {
    auto const rows = file_of("full.csv",
                              "model,gpu,precision,tp,engine,concurrency,isl,osl,ttft_ms,tpot_ms\n"
                              "llama-3.1-70b,h200-sxm,fp8,2,vllm,200,8000,256,90000,300\n");
    auto const tpot = [&](std::string const& more) {
        auto const file = scenario_with(
            "  own: {model: llama-3.1-70b, gpu: h200-sxm, gpus_per_replica: 2, engine: vllm, " + more + "}\n");
        auto const json = json_of(run_cli({"validate", rows, "--scenario", file, "--format", "json"}));
        double predicted = 0;
        for (auto const& row : json["rows"])
            if (row["figure"] == "TPOT") predicted = row["predicted"];
        return predicted;
    };
    auto const fp8 = tpot("precision: fp8");
    EXPECT_GT(fp8, 0.01);
    EXPECT_GT(std::abs(tpot("precision: {weights: fp8, kv: bf16}") / fp8 - 1), 0.03);
    EXPECT_LT(tpot("precision: fp8, limits: {kv: 50% of memory}"), 0.97 * fp8);
    EXPECT_LT(tpot("precision: fp8, limits: {sequences: 16}"), 0.97 * fp8);
}

TEST(PoolsOfOwnHardware, AreReadByEveryVerbThatReadsScenarios) {
    auto const folder = file_named("catalogue");
    std::filesystem::create_directories(folder);
    std::ofstream{folder / "gpus.yaml"}
        << "schema: runrate/gpus/1\ngpus:\n  mine:\n    {generation: hopper, memory: 80 GB, bandwidth: 3 TB/s, bf16: "
           "900 "
           "TFLOP/s, fp8: 1800 TFLOP/s, link: 450 GB/s, network: 50 GB/s, gpus_per_node: 8, power: 700 W, source: us, "
           "as_of: 2026-11-01}\n";
    auto const file = scenario_with("  own: {model: llama-3.1-8b, gpu: mine}\n");
    EXPECT_THAT(run_cli({"lint", file}).err, HasSubstr("unknown GPU 'mine'"));
    auto const ran = run_cli({"lint", file, "--catalogue", folder.string()});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
}

TEST(ValidateAPool, NamesTheNearestEnginesWhereNoRowIsOfIt) {
    auto const file = scenario_with("  mine: {model: llama-3.1-70b, precision: fp8, gpu: h200-sxm}\n");
    auto const rows = rows_file("rows.csv");
    auto const ran = run_cli({"validate", rows, "--scenario", file});
    EXPECT_EQ(ran.code, Exit::bad_input);
    EXPECT_EQ(ran.err,
              "error: no row is of pool 'mine' (llama-3.1-70b h200-sxm fp8 vllm tp1); rows of llama-3.1-70b are of:\n"
              "  llama-3.1-70b h200-sxm fp8 trtllm tp2\n"
              "  llama-3.1-70b h200-sxm fp8 trtllm tp4\n");
    auto const other = scenario_with("  mine: {model: phi-4, gpu: h200-sxm}\n");
    EXPECT_THAT(run_cli({"validate", rows, "--scenario", other}).err,
                HasSubstr("error: no row is of pool 'mine' (phi-4 h200-sxm bf16 vllm tp1); no row is of phi-4\n"));
}

}  // namespace
}  // namespace runrate
