#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/run_cli.h"

namespace runrate {
namespace {

using testing::HasSubstr;

/// Four levels of one engine.
std::string small_csv() {
    std::string const name = "calibrate_small.csv";
    std::ofstream{name} << "model,gpu,precision,tp,engine,concurrency,isl,osl,ttft_ms,tpot_ms,date\n"
                           "llama-3.1-8b,h100-sxm,bf16,1,vllm,1,1024,256,52,7.4,2026-10-01\n"
                           "llama-3.1-8b,h100-sxm,bf16,1,vllm,4,1024,256,70,7.9,2026-10-01\n"
                           "llama-3.1-8b,h100-sxm,bf16,1,vllm,16,1024,256,120,9.6,2026-10-01\n"
                           "llama-3.1-8b,h100-sxm,bf16,1,vllm,64,1024,256,320,15.8,2026-10-01\n"
                           "llama-9,h100-sxm,bf16,1,vllm,64,1024,256,320,15.8,2026-10-01\n";
    return name;
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
    std::ofstream{"calibrate_bare.csv"} << "concurrency,isl,osl,ttft_ms,tpot_ms\n4,1024,256,70,7.9\n";
    auto const ran = run_cli({"calibrate", "calibrate_bare.csv"});
    EXPECT_EQ(ran.code, Exit::bad_input);
    EXPECT_EQ(ran.err, "error: no row can be used\n  calibrate_bare.csv:2: the precision is not said\n");
}

TEST(CalibrateVerb, TakesFromTheCommandLineWhatTheFileDoesNotSay) {
    std::ofstream{"calibrate_bare.csv"} << "concurrency,isl,osl,ttft_ms,tpot_ms\n4,1024,256,70,7.9\n";
    auto const ran = run_cli({"calibrate", "calibrate_bare.csv", "--model", "llama-3.1-8b", "--gpu", "h100-sxm",
                              "--precision", "bf16", "--engine", "vllm"});
    EXPECT_EQ(ran.code, Exit::ok) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("llama-3.1-8b h100-sxm bf16 vllm tp1"));
}

TEST(ValidateVerb, RefusesWhatItDoesNotKnow) {
    EXPECT_THAT(run_cli({"validate"}).err, HasSubstr("no benchmark given"));
    EXPECT_THAT(run_cli({"validate", small_csv(), "--leave-out", "moon"}).err,
                HasSubstr("--leave-out takes 'all', or some of concurrency, combination, family, model, gpu"));
    EXPECT_THAT(run_cli({"validate", small_csv(), "--precision", "fp7"}).err, HasSubstr("unknown precision 'fp7'"));
    EXPECT_THAT(run_cli({"validate", small_csv(), "--format", "csv", "--table", "moon"}).err,
                HasSubstr("unknown table 'moon' (errors, combinations, worst, skipped, inputs)"));
    EXPECT_EQ(run_cli({"validate", "absent.csv"}).code, Exit::bad_input);
}

}  // namespace
}  // namespace runrate
