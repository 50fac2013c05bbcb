#include "support.h"

namespace runrate {
namespace {

std::string with(std::string text, std::string const& from, std::string const& to) {
    auto const at = text.find(from);
    if (at == std::string::npos) throw std::invalid_argument(from);
    return text.replace(at, from.size(), to);
}

TEST(VllmBenchmark, AnAggregateIsAClosedLoopOfItsMeans) {
    auto const read = read_bytes(vllm_run);
    ASSERT_EQ(read.rows.size(), 1U);
    auto const& row = read.rows[0];
    EXPECT_EQ(row.where, "<stdin>");
    EXPECT_EQ(row.protocol, Protocol::closed_loop);
    EXPECT_EQ(row.concurrency, 32);
    EXPECT_EQ(row.requests, 320);
    EXPECT_EQ(row.prompt_tokens, 1024);
    EXPECT_EQ(row.output_tokens, 128);
    EXPECT_EQ(row.shortest_share, 1);
    EXPECT_DOUBLE_EQ(*row.ttft_s, 0.2505);
    EXPECT_DOUBLE_EQ(*row.tpot_s, 0.00925);
    EXPECT_DOUBLE_EQ(*row.e2e_s, 1.42525);
    EXPECT_EQ(row.output_tokens_per_s, 666.0);
    EXPECT_EQ(row.date, "2025-08-23");
    runrate::Setup expected;
    expected.model = "meta-llama/Llama-3.1-8B-Instruct";
    expected.gpu = "h100-sxm";
    expected.engine = "vllm";
    expected.precision = Precision::fp8;
    expected.parallel = Parallelism{.tensor = 2};
    EXPECT_EQ(row.setup, expected);
}

TEST(VllmBenchmark, ARateIsAnOpenLoopUnlessTheLimitHeldIt) {
    auto const rated = with(vllm_run, R"("request_rate": "inf")", R"("request_rate": 5.3)");
    EXPECT_EQ(read_bytes(rated).rows[0].protocol, Protocol::open_loop);
    EXPECT_EQ(read_bytes(rated).rows[0].request_rate, 5.3);
    auto const held = read_bytes(with(vllm_run, R"("request_rate": "inf")", R"("request_rate": 50)"));
    EXPECT_EQ(held.rows[0].protocol, Protocol::closed_loop);
    EXPECT_FALSE(held.rows[0].request_rate);
}

TEST(VllmBenchmark, NeitherRateNorLimitSaturates) {
    auto const read = read_bytes(with(vllm_run, R"("max_concurrency": 32)", R"("max_concurrency": null)"));
    ASSERT_EQ(read.rows.size(), 1U);
    EXPECT_EQ(read.rows[0].protocol, Protocol::saturated);
    EXPECT_FALSE(read.rows[0].ttft_s);
    EXPECT_EQ(read.rows[0].output_tokens_per_s, 666.0);
}

TEST(VllmBenchmark, RunsMayBeAppendedOneBehindAnother) {
    auto const read = read_bytes(vllm_run + "\n" + vllm_run + "\n");
    ASSERT_EQ(read.rows.size(), 2U);
    EXPECT_EQ(read.rows[0].where, "<stdin>:1");
    EXPECT_EQ(read.rows[1].where, "<stdin>:8");
    EXPECT_EQ(read_bytes("[" + vllm_run + ", " + vllm_run + "]").rows[1].where, "<stdin>: row 2");
}

std::string detailed(std::string const& rate, std::string const& starts) {
    return R"({"model_id": "m", "num_prompts": 3, "request_rate": )" + rate +
           R"(, "max_concurrency": null, "burstiness": 0.5, "completed": 2, "total_input_tokens": 150,
 "total_output_tokens": 15, "request_throughput": 2.0, "output_throughput": 20.5, "input_lens": [100, 50, 70],
 "output_lens": [10, 5, 0], "ttfts": [0.2, 0.1, 0.0], "itls": [[0.3, 0.6], [0.4], []], "generated_texts": ["a", "b", ""],
 "errors": ["", "", "timeout"])" +
           starts + "}";
}

TEST(VllmBenchmark, ARunThatFailedInPartIsSkipped) {
    EXPECT_EQ(rules_of(read_bytes(detailed("2.0", ""))), "more than a tenth of the requests failed\n");
}

TEST(VllmBenchmark, DetailsGiveMeansLengthsAndTheLog) {
    auto const read = read_bytes(
        with(detailed("2.0", R"(, "start_times": [7.5, 7.0, 9.0])"), R"("num_prompts": 3)", R"("num_prompts": 2)"));
    ASSERT_EQ(read.rows.size(), 1U);
    auto const& row = read.rows[0];
    EXPECT_EQ(row.protocol, Protocol::request_log);
    EXPECT_DOUBLE_EQ(*row.ttft_s, 0.15);
    EXPECT_DOUBLE_EQ(*row.tpot_s, 0.1);
    EXPECT_DOUBLE_EQ(*row.e2e_s, 0.8);
    EXPECT_EQ(row.shortest_share, 0.5);
    EXPECT_DOUBLE_EQ(row.prompt_tokens, 100);
    EXPECT_DOUBLE_EQ(row.output_tokens, 10);
    ASSERT_EQ(row.log.size(), 2U);
    EXPECT_EQ(row.log[0].arrival_s, 0);
    EXPECT_EQ(row.log[0].prompt_tokens, 50);
    EXPECT_DOUBLE_EQ(row.log[1].arrival_s, 0.5);
    EXPECT_DOUBLE_EQ(row.log[1].finished_s, 1.6);
}

TEST(VllmBenchmark, WhatNoPlainRunIsSaysSo) {
    auto const extra = [](std::string const& key) { return with(vllm_run, R"("label": null)", key); };
    EXPECT_EQ(rules_of(read_bytes(extra(R"("spec_decode_acceptance_rate": 71.2)"))), "speculative decoding\n");
    EXPECT_EQ(rules_of(read_bytes(extra(R"("ramp_up_strategy": "linear")"))), "the request rate ramps up\n");
    EXPECT_EQ(rules_of(read_bytes(with(vllm_run, R"("completed": 320)", R"("completed": 0)"))),
              "no request succeeded\n");
}

TEST(VllmBenchmark, ImpossibleNumbersAreSkippedByName) {
    auto const rule = [](std::string const& from, std::string const& to) {
        return rules_of(read_bytes(with(vllm_run, from, to)));
    };
    EXPECT_EQ(rule(R"("mean_ttft_ms": 250.5)", R"("mean_ttft_ms": NaN)"), "a number is not finite\n");
    EXPECT_EQ(rule(R"("mean_ttft_ms": 250.5)", R"("mean_ttft_ms": Infinity)"), "a number is not finite\n");
    EXPECT_EQ(rule(R"("mean_tpot_ms": 9.25)", R"("mean_tpot_ms": -1)"), "a number is not positive\n");
    EXPECT_EQ(rule(R"("mean_tpot_ms": 9.25)", R"("mean_tpot_ms": 1e300)"), "a number is beyond belief\n");
    EXPECT_EQ(rule(R"("mean_ttft_ms": 250.5)", R"("mean_ttft_ms": 1500)"), "TTFT is above E2E\n");
    EXPECT_EQ(rule(R"("total_output_tokens": 40960)", R"("total_output_tokens": 0)"), "no tokens\n");
}

}  // namespace
}  // namespace runrate
