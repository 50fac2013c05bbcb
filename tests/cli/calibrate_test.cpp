#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calibration/calibration_file.h"
#include "cli/run_cli.h"

namespace runrate {
namespace {

using testing::HasSubstr;

/// Writes a file that tests which run at the same time may write too: it is there whole, or as it was.
std::string put(std::string const& name, std::string const& text) {
    auto const own = fmt::format("{}.{}", name, ::getpid());
    std::ofstream{own, std::ios::binary} << text;
    std::filesystem::rename(own, name);
    return name;
}

/// Four levels of one engine.
std::string small_csv() {
    return put("calibrate_small.csv",
               "model,gpu,precision,tp,engine,concurrency,isl,osl,ttft_ms,tpot_ms,date\n"
               "llama-3.1-8b,h100-sxm,bf16,1,vllm,1,1024,256,52,7.4,2026-10-01\n"
               "llama-3.1-8b,h100-sxm,bf16,1,vllm,4,1024,256,70,7.9,2026-10-01\n"
               "llama-3.1-8b,h100-sxm,bf16,1,vllm,16,1024,256,120,9.6,2026-10-01\n"
               "llama-3.1-8b,h100-sxm,bf16,1,vllm,64,1024,256,320,15.8,2026-10-01\n"
               "llama-9,h100-sxm,bf16,1,vllm,64,1024,256,320,15.8,2026-10-01\n");
}

TEST(CalibrateVerb, WritesAFileThatPredictsItsOwnRows) {
    auto const out = std::string{"calibrate_mine.yaml"};
    auto const ran = run_cli({"calibrate", small_csv(), "--out", out, "--name", "mine"});
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("unknown model 'llama-9'"));
    auto const checked = run_cli({"validate", small_csv(), "--calibration", out, "--format", "csv"});
    ASSERT_EQ(checked.code, Exit::ok) << checked.err;
    EXPECT_THAT(checked.out, HasSubstr("covered,TPOT,4,"));
}

TEST(CalibrateVerb, SaysWhyNoRowCanBeUsed) {
    put("calibrate_bare.csv", "concurrency,isl,osl,ttft_ms,tpot_ms\n4,1024,256,70,7.9\n");
    auto const ran = run_cli({"calibrate", "calibrate_bare.csv"});
    EXPECT_EQ(ran.code, Exit::bad_input);
    EXPECT_EQ(ran.err,
              "error: no row can be used\n  calibrate_bare.csv:2: does not say the model (--model), the "
              "GPU (--gpu), the precision (--precision), the engine (--engine)\n");
}

TEST(CalibrateVerb, TakesFromTheCommandLineWhatTheFileDoesNotSay) {
    put("calibrate_bare.csv", "concurrency,isl,osl,ttft_ms,tpot_ms\n4,1024,256,70,7.9\n");
    auto const ran = run_cli({"calibrate", "calibrate_bare.csv", "--model", "llama-3.1-8b", "--gpu", "h100-sxm",
                              "--precision", "bf16", "--engine", "vllm"});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("llama-3.1-8b h100-sxm bf16 vllm tp1"));
}

TEST(CalibrateVerb, AClassOfOnesOwnIsServedByItsCalibration) {
    put("calibrate_class.csv", "concurrency,isl,osl,ttft_ms,tpot_ms\n4,1024,256,90,12\n8,1024,256,120,13\n");
    auto const setup = std::vector<std::string>{"--model",     "llama-3.1-8b", "--gpu",    "h100-sxm",
                                                "--precision", "bf16",         "--engine", "vllm-mine"};
    auto with_setup = [&](std::vector<std::string> words) {
        words.insert(words.end(), setup.begin(), setup.end());
        return run_cli(words);
    };
    ASSERT_EQ(with_setup({"calibrate", "calibrate_class.csv", "--out", "class.yaml"}).code, Exit::ok);
    auto const load = std::vector<std::string>{"engine", "--concurrency", "8", "--prompt", "1024", "--output", "256"};
    auto own = load;
    own.insert(own.end(), {"--calibration", "class.yaml"});
    auto const served = with_setup(own);
    EXPECT_EQ(served.code, Exit::ok) << served.err;
    EXPECT_THAT(served.out, HasSubstr("measured as it is, 2 rows"));
    EXPECT_THAT(with_setup(load).err, HasSubstr("unknown engine 'vllm-mine'"));
}

TEST(CalibrateVerb, OptionsThatNoRowNeedsAreRefused) {
    auto const ran = run_cli({"calibrate", small_csv(), "--model", "qwen3-32b"});
    EXPECT_EQ(ran.code, Exit::bad_input);
    EXPECT_EQ(ran.err, "error: the model given is of no row: all say theirs (leave it out)\n");
    EXPECT_THAT(run_cli({"calibrate", small_csv(), "--as-of", "yesterday"}).err, HasSubstr("--as-of takes a date"));
    EXPECT_THAT(run_cli({"calibrate", small_csv(), "--out", small_csv()}).err, HasSubstr("which is read"));
}

TEST(CalibrateVerb, KeepsHowUncertainThePooledSetOfItsBaseIs) {
    ASSERT_EQ(run_cli({"calibrate", small_csv(), "--out", "around.yaml"}).code, Exit::ok);
    auto const base = load_calibration(std::string{RUNRATE_SOURCE_DIR} + "/calibration/fits/study-2026-11.yaml");
    auto const own = load_calibration("around.yaml");
    EXPECT_EQ(own.sds[0], base.sds[0]);
}

TEST(ValidateVerb, NoCountOfABenchmarkMakesItHang) {
    std::string const head = "model,gpu,precision,tp,engine,concurrency,isl,osl,ttft_ms,tpot_ms,requests\n";
    put("many.csv", head +
                        "llama-3.1-8b,h100-sxm,bf16,1,vllm,4,16,2,70,7.9,1000000000000\n"
                        "llama-3.1-8b,h100-sxm,bf16,1,vllm,1000000000,16,2,70,7.9,\n"
                        "llama-3.1-8b,h100-sxm,bf16,99999,vllm,4,16,2,70,7.9,\n"
                        "llama-3.1-8b,h100-sxm,fp99,1,vllm,4,16,2,70,7.9,\n");
    put("rare.csv",
        "model,gpu,precision,engine,request_rate,isl,osl,ttft_ms,tpot_ms,requests\n"
        "llama-3.1-8b,h100-sxm,bf16,vllm,2,16,2,70,7.9,1000000000000\n"
        "llama-3.1-8b,h100-sxm,bf16,vllm,1e-9,16,2,70,7.9,10\n");
    auto const rare = run_cli({"validate", "rare.csv"}).err;
    EXPECT_THAT(rare, HasSubstr("more arrivals than a replay takes"));
    EXPECT_THAT(rare, HasSubstr("arrivals are too rare to replay"));
    auto const ran = run_cli({"validate", "many.csv", "--format", "json"});
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("more in flight than a replay takes"));
    EXPECT_THAT(ran.out, HasSubstr("tp '99999' is no number of GPUs"));
    EXPECT_THAT(ran.out, HasSubstr("a cell is unreadable"));
}

TEST(ValidateVerb, EveryRowIsThereForMachines) {
    auto const rows = run_cli({"validate", small_csv(), "--format", "csv", "--table", "rows"});
    ASSERT_EQ(rows.code, Exit::ok) << rows.err;
    EXPECT_EQ(std::count(rows.out.begin(), rows.out.end(), '\n'), 1 + 3 * 4);  // TPOT, TTFT and rate of four rows
    EXPECT_THAT(rows.out, HasSubstr("calibrate_small.csv:2,llama-3.1-8b h100-sxm bf16 vllm tp1,"));
    auto const held =
        run_cli({"validate", small_csv(), "--leave-out", "concurrency", "--format", "csv", "--table", "left_out"});
    EXPECT_THAT(held.out, HasSubstr(",concurrency left out,TPOT,4,"));
    EXPECT_THAT(run_cli({"validate", small_csv()}).out, testing::Not(HasSubstr("calibrate_small.csv:2,")));
}

TEST(ValidateVerb, TheOnlyModelIsNotLeftOut) {
    auto const ran = run_cli({"validate", small_csv(), "--leave-out", "model,concurrency", "--format", "csv"});
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_THAT(ran.out, testing::Not(HasSubstr("model,TPOT")));
    EXPECT_THAT(ran.out, HasSubstr("concurrency,TPOT"));
    EXPECT_THAT(run_cli({"validate", small_csv(), "--leave-out", "model", "--folds", "1"}).err,
                HasSubstr("--folds takes at least 2"));
}

TEST(ValidateVerb, RowsOfThroughputAloneAreCompared) {
    put("throughput.csv", "concurrency,isl,osl,output_tokens_per_s\n16,1024,256,1500\n");
    auto const ran = run_cli({"validate", "throughput.csv", "--model", "llama-3.1-8b", "--gpu", "h100-sxm",
                              "--precision", "bf16", "--engine", "vllm", "--format", "csv"});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr(",throughput,1,"));
}

TEST(ValidateVerb, RefusesWhatItDoesNotKnow) {
    EXPECT_THAT(run_cli({"validate"}).err, HasSubstr("no benchmark given"));
    EXPECT_EQ(run_cli({"validate", small_csv(), "--leave-out", "model,moon"}).err,
              "runrate: unknown part to leave out 'moon' (concurrency, combination, family, model, gpu)\n");
    EXPECT_THAT(run_cli({"validate", small_csv(), "--precision", "fp7"}).err, HasSubstr("unknown precision 'fp7'"));
    EXPECT_THAT(run_cli({"validate", small_csv(), "--format", "csv", "--table", "moon"}).err,
                HasSubstr("unknown table 'moon' (errors, combinations, worst, rows, skipped, inputs)"));
    EXPECT_EQ(run_cli({"validate", "absent.csv"}).code, Exit::bad_input);
}

TEST(ValidateVerb, RefusesWhatWouldBeIgnored) {
    auto const said = [](std::vector<std::string> words) {
        words.insert(words.begin() + 1, small_csv());
        auto const ran = run_cli(words);
        EXPECT_EQ(ran.code, Exit::bad_input);
        return ran.err;
    };
    EXPECT_EQ(said({"validate", "--folds", "3"}), "runrate: --folds is of --leave-out (leave it out)\n");
    EXPECT_EQ(said({"validate", "--leave-out", "all", "--calibration", "x.yaml"}),
              "runrate: --calibration is not looked at where rows are fitted themselves (leave it out)\n");
    EXPECT_EQ(said({"calibrate", "--pooled", "--calibration", "x.yaml"}),
              "runrate: --calibration is not looked at where the pooled set is fitted (leave it out)\n");
    EXPECT_EQ(said({"calibrate", "--table", "worst"}),
              "runrate: --table names a table of --format csv (leave it out)\n");
    EXPECT_EQ(said({"calibrate", "--format", "xml"}), "runrate: unknown format 'xml' (table, json, csv, markdown)\n");
}

TEST(CalibrateVerb, NamesTheCommandThatGivesItAgain) {
    auto const ran = run_cli({"calibrate", small_csv(), "--name", "my own", "--format", "json"});
    ASSERT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("\"command\": \"calibrate calibrate_small.csv --name 'my own'\""));
}

TEST(CalibrateVerb, StopsWhenAskedTo) {
    auto const ran = run_cli({"calibrate", small_csv(), "--pooled"}, {}, [] { return true; });
    EXPECT_EQ(ran.code, Exit::interrupted);
    EXPECT_EQ(ran.out, "");
}

}  // namespace
}  // namespace runrate
