#include <cstdlib>

#include "support.h"

namespace runrate {
namespace {

TEST(OwnCsv, ColumnsAreFoundByName) {
    auto const read = read_bytes("\xEF\xBB\xBF" + own_header +
                                 "16,1024,512,250,11.5,1350,llama-3.1-70b,h100-sxm,fp8,4,vllm,0.9.1,2025-06-01\r\n\r\n"
                                 "32,1024,512,,14.5,,llama-3.1-70b,h100-sxm,BF16,4,vllm,0.9.1,\n");
    ASSERT_EQ(read.rows.size(), 2U);
    EXPECT_EQ(read.rows[0].where, "<stdin>:2");
    EXPECT_EQ(read.rows[0].concurrency, 16);
    EXPECT_DOUBLE_EQ(*read.rows[0].ttft_s, 0.25);
    EXPECT_DOUBLE_EQ(*read.rows[0].tpot_s, 0.0115);
    EXPECT_EQ(read.rows[0].output_tokens_per_s, 1350);
    EXPECT_EQ(read.rows[0].setup.parallel, (Parallelism{.tensor = 4}));
    EXPECT_EQ(read.rows[0].date, "2025-06-01");
    EXPECT_EQ(read.rows[1].where, "<stdin>:4");
    EXPECT_EQ(read.rows[1].setup.precision, Precision::bf16);
    EXPECT_FALSE(read.rows[1].ttft_s);
}

TEST(OwnCsv, SecondsRatesAndSharesAreColumnsToo) {
    auto const read = read_bytes(
        "osl,isl,request_rate,tpot_s,ttft_s,shortest_share,requests,kv_tokens,dp,ep\n"
        "200,1000,2.5,0.01,0.3,0.8,500,400000,2,8\n");
    ASSERT_EQ(read.rows.size(), 1U);
    auto const& row = read.rows[0];
    EXPECT_EQ(row.protocol, Protocol::open_loop);
    EXPECT_EQ(row.request_rate, 2.5);
    EXPECT_EQ(row.shortest_share, 0.8);
    EXPECT_EQ(row.requests, 500);
    EXPECT_EQ(row.setup.kv_tokens, 400000);
    EXPECT_EQ(row.setup.parallel, (Parallelism{.data = 2, .expert = 8}));
}

TEST(OwnCsv, RowsThatCannotBeAreSkipped) {
    std::string const rows =
        "x,1024,512,250,11.5,,m,g,,,,,\n"
        ",1024,512,250,11.5,,m,g,,,,,\n"
        "0,1024,512,250,11.5,,m,g,,,,,\n"
        "8,0,512,250,11.5,,m,g,,,,,\n"
        "8,1024,512,,,,m,g,,,,,\n"
        "8,1024,512,inf,11.5,,m,g,,,,,\n"
        "8,1024,512,\"250,11.5,,m,g,,,,,\n"
        "-8,1024,512,250,11.5,,m,g,,,,,\n";
    auto const read = read_bytes(own_header + rows);
    EXPECT_TRUE(read.rows.empty());
    EXPECT_EQ(rules_of(read),
              "a cell is unreadable\nno concurrency and no request rate\nno concurrency and no request rate\n"
              "no tokens\nnothing measured\na number is not finite\na cell is unreadable\na number is not positive\n");
    EXPECT_EQ(read.skipped[0].detail, "concurrency 'x'");
}

TEST(RequestLog, TimesAreSinceTheFirstArrival) {
    auto const read = read_bytes(
        "arrival_s,prompt_tokens,output_tokens,first_token_s,finished_s\n"
        "101.5,200,11,102,103\n"
        "100,100,1,100.5,100.5\n"
        "102,100,0,103,104\n"
        "103,100,5,102,104\n");
    ASSERT_EQ(read.rows.size(), 1U);
    auto const& row = read.rows[0];
    EXPECT_EQ(row.protocol, Protocol::request_log);
    ASSERT_EQ(row.log.size(), 2U);
    EXPECT_EQ(row.log[1].arrival_s, 1.5);
    EXPECT_EQ(row.log[1].first_token_s, 2);
    EXPECT_EQ(row.requests, 2);
    EXPECT_DOUBLE_EQ(*row.ttft_s, 0.5);
    EXPECT_DOUBLE_EQ(*row.tpot_s, 0.1);
    EXPECT_DOUBLE_EQ(*row.e2e_s, 1);
    EXPECT_EQ(row.prompt_tokens, 150);
    EXPECT_DOUBLE_EQ(*row.output_tokens_per_s, 4);
    EXPECT_EQ(rules_of(read), "no tokens\nthe first token comes before the request\n");
}

TEST(RequestLog, ItsMetaSaysTheSetup) {
    Folder const folder;
    auto const log =
        folder.write("run_requests.csv",
                     "request_id,input_toks,output_toks,arrival_s,queued_s,scheduled_s,first_token_s,last_token_s\n"
                     "bench-0,2358,531,0.0,0.0,4.6e-05,0.169525,15.713402\n");
    folder.write("run_meta.json", R"({"model": "meta-llama/Llama-3.1-8B", "vllm_version": "0.19.0", "engine_kwargs":
 {"tensor_parallel_size": 2, "max_num_seqs": 128, "max_num_batched_tokens": 2048, "max_model_len": null, "dtype":
 "bfloat16"}, "started_at": "2026-04-25T18:47:18.273385Z"})");
    auto const read = read_benchmarks(log);
    ASSERT_EQ(read.rows.size(), 1U);
    auto const& setup = read.rows[0].setup;
    EXPECT_EQ(setup.model, "meta-llama/Llama-3.1-8B");
    EXPECT_EQ(setup.engine, "vllm");
    EXPECT_EQ(setup.engine_version, "0.19.0");
    EXPECT_EQ(setup.precision, Precision::bf16);
    EXPECT_EQ(setup.parallel, (Parallelism{.tensor = 2}));
    EXPECT_EQ(setup.max_sequences, 128);
    EXPECT_EQ(setup.token_budget, 2048);
    EXPECT_EQ(read.rows[0].date, "2026-04-25");
    EXPECT_TRUE(read_benchmarks(folder.path()).skipped.empty());
}

TEST(RequestLog, VllmLogsAreReadWhole) {
    auto const* const data = std::getenv("RUNRATE_DATA");
    if (data == nullptr) GTEST_SKIP() << "RUNRATE_DATA is not set";
    std::filesystem::path const folder = std::filesystem::path{data} / "benchmarks";
    for (std::string const model : {"Llama-3.1-8B", "Qwen3-32B"}) {
        auto const read = read_benchmarks(folder / ("vllm019_RTXPRO6000_" + model + "_requests.csv"));
        ASSERT_EQ(read.rows.size(), 1U) << model;
        EXPECT_TRUE(read.skipped.empty()) << rules_of(read);
        EXPECT_EQ(read.rows[0].log.size(), 300U);
        EXPECT_EQ(read.rows[0].setup.parallel->tensor, model == "Qwen3-32B" ? 2 : 1);
        EXPECT_EQ(read.rows[0].setup.engine_version, "0.19.0");
    }
}

}  // namespace
}  // namespace runrate
