#include "support.h"

namespace runrate {
namespace {

std::string line(std::string const& rate, std::string const& limit, std::string const& more = "") {
    return R"({"tag": null, "backend": "sglang", "dataset_name": "random", "request_rate": )" + rate +
           R"(, "max_concurrency": )" + limit +
           R"(, "sharegpt_output_len": null, "random_input_len": 1024, "random_output_len": 256, "random_range_ratio": 0.5, )"
           R"("duration": 40.0, "completed": 100, "total_input_tokens": 76800, "total_output_tokens": 19200, )"
           R"("total_output_tokens_retokenized": 19190, "request_throughput": 2.5, "input_throughput": 1920.0, )"
           R"("output_throughput": 480.0, "mean_e2e_latency_ms": 4000.0, "median_e2e_latency_ms": 3900.0, )"
           R"("mean_ttft_ms": 120.0, "median_ttft_ms": 100.0, "std_ttft_ms": NaN, "mean_tpot_ms": 20.3, )"
           R"("mean_itl_ms": 20.3, "concurrency": 10.0, "accept_length": null)" +
           more + "}\n";
}

TEST(SglangBenchmark, LinesAreRunsAndRangeRatiosSpreadLengths) {
    auto const read = read_bytes(line("Infinity", "16") + line("2.5", "null") + line("Infinity", "null"));
    ASSERT_EQ(read.rows.size(), 3U);
    EXPECT_EQ(read.rows[0].protocol, Protocol::closed_loop);
    EXPECT_EQ(read.rows[0].concurrency, 16);
    EXPECT_EQ(read.rows[0].setup.engine, "sglang");
    EXPECT_EQ(read.rows[0].shortest_share, 0.5);
    EXPECT_DOUBLE_EQ(read.rows[0].prompt_tokens, 1024);
    EXPECT_DOUBLE_EQ(read.rows[0].output_tokens, 256);
    EXPECT_DOUBLE_EQ(*read.rows[0].ttft_s, 0.12);
    EXPECT_EQ(read.rows[1].protocol, Protocol::open_loop);
    EXPECT_EQ(read.rows[1].where, "<stdin>:2");
    EXPECT_EQ(read.rows[2].protocol, Protocol::saturated);
}

TEST(SglangBenchmark, TheServerSaysItsSetup) {
    auto const read = read_bytes(line("Infinity", "16",
                                      R"(, "server_info": {"model_path": "Qwen/Qwen3-32B", "tp_size": 4, "dp_size": 1,
 "pp_size": 1, "quantization": "fp8", "max_total_num_tokens": 512000, "max_running_requests": 256,
 "chunked_prefill_size": 8192, "version": "0.5.2"})"));
    ASSERT_EQ(read.rows.size(), 1U);
    auto const& setup = read.rows[0].setup;
    EXPECT_EQ(setup.model, "Qwen/Qwen3-32B");
    EXPECT_EQ(setup.engine_version, "0.5.2");
    EXPECT_EQ(setup.precision, Precision::fp8);
    EXPECT_EQ(setup.parallel, (Parallelism{.tensor = 4}));
    EXPECT_EQ(setup.kv_tokens, 512000);
    EXPECT_EQ(setup.max_sequences, 256);
    EXPECT_EQ(setup.token_budget, 8192);
}

TEST(SglangBenchmark, SpeculationIsSkipped) {
    auto text = line("Infinity", "16");
    text.replace(text.find(R"("accept_length": null)"), 21, R"("accept_length": 2.8)");
    EXPECT_EQ(rules_of(read_bytes(text)), "speculative decoding\n");
}

}  // namespace
}  // namespace runrate
