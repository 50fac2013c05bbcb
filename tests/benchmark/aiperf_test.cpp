#include "support.h"

namespace runrate {
namespace {

std::string const metrics = R"("request_throughput": {"unit": "requests/sec", "avg": 2.156},
 "request_latency": {"unit": "ms", "avg": 6726.0, "p99": 18625.0}, "request_count": {"unit": "requests", "avg": 96.0},
 "time_to_first_token": {"unit": "ms", "avg": 230.0}, "inter_token_latency": {"unit": "ms", "avg": 11.75},
 "output_token_throughput": {"unit": "tokens/sec", "avg": 1172.0}, "output_sequence_length": {"avg": 543.5},
 "input_sequence_length": {"avg": 3761.25}, "start_time": "2026-07-03T05:21:36.274997")";

TEST(AiperfBenchmark, PhasesSayTheLoadAndWarmupIsNone) {
    auto const read = read_bytes(R"({"schema_version": "1.3", "aiperf_version": "0.10.0", )" + metrics +
                                 R"(, "telemetry_data": {"endpoints": {"h": {"gpus": {"gpu_0": {"gpu_name":
 "NVIDIA RTX 6000 Ada Generation"}}}}}, "input_config": {"models": {"items": [{"name": "qwen3.6-nvfp4"}]}, "phases":
 [{"name": "warmup", "exclude_from_results": true, "concurrency": 4}, {"name": "profiling", "type": "concurrency",
 "requests": 96, "concurrency": 16}]}})");
    ASSERT_EQ(read.rows.size(), 1U);
    auto const& row = read.rows[0];
    EXPECT_EQ(row.setup.model, "qwen3.6-nvfp4");
    EXPECT_EQ(row.setup.gpu, "NVIDIA RTX 6000 Ada Generation");
    EXPECT_EQ(row.protocol, Protocol::closed_loop);
    EXPECT_EQ(row.concurrency, 16);
    EXPECT_EQ(row.requests, 96);
    EXPECT_EQ(row.prompt_tokens, 3761.25);
    EXPECT_DOUBLE_EQ(*row.ttft_s, 0.23);
    EXPECT_DOUBLE_EQ(*row.tpot_s, 0.01175);
    EXPECT_DOUBLE_EQ(*row.e2e_s, 6.726);
    EXPECT_EQ(row.date, "2026-07-03");
}

TEST(AiperfBenchmark, OlderVersionsSayTheLoadElsewhere) {
    auto const loadgen = read_bytes("{" + metrics + R"(, "input_config": {"endpoint": {"model_names":
 ["openai/gpt-oss-20b"]}, "loadgen": {"request_rate": 2.2, "request_rate_mode": "constant"}}})");
    ASSERT_EQ(loadgen.rows.size(), 1U);
    EXPECT_EQ(loadgen.rows[0].setup.model, "openai/gpt-oss-20b");
    EXPECT_EQ(loadgen.rows[0].request_rate, 2.2);
    EXPECT_EQ(loadgen.rows[0].burstiness, 1000);
    auto const genai = read_bytes("{" + metrics + R"(, "input_config": {"model_names": ["m"], "perf_analyzer":
 {"stimulus": {"concurrency": 4}}}})");
    ASSERT_EQ(genai.rows.size(), 1U);
    EXPECT_EQ(genai.rows[0].concurrency, 4);
    auto const flat = read_bytes("{" + metrics + R"(, "input_config": {"model": ["m"], "concurrency": 50}})");
    EXPECT_EQ(flat.rows[0].concurrency, 50);
}

std::string const csv =
    "Metric,avg,min,max,p99,p95,p90,p75,p50,p25\n"
    "Time To First Token (ms),\"1,146.31\",249.48,\"3,485.23\",1,1,1,1,1,1\n"
    "Request Latency (ms),\"6,406.20\",1,1,1,1,1,1,1,1\n"
    "Inter Token Latency (ms),30.35,27.59,35.60,1,1,1,1,1,1\n"
    "Output Sequence Length (tokens),174.45,1,1,1,1,1,1,1,1\n"
    "Input Sequence Length (tokens),\"3,000.05\",1,1,1,1,1,1,1,1\n\n"
    "Metric,Value\n"
    "Output Token Throughput (per sec),261.25\n"
    "Request Throughput (per sec),1.50\n"
    "Request Count (count),40.00\n";

TEST(AiperfBenchmark, ACsvTakesItsLoadFromItsFolder) {
    Folder const folder;
    auto const read = read_benchmarks(folder.write("m-openai-chat-concurrency10/profile_export_genai_perf.csv", csv));
    ASSERT_EQ(read.rows.size(), 1U);
    EXPECT_EQ(read.rows[0].concurrency, 10);
    EXPECT_EQ(read.rows[0].requests, 40);
    EXPECT_DOUBLE_EQ(*read.rows[0].ttft_s, 1.14631);
    EXPECT_DOUBLE_EQ(read.rows[0].prompt_tokens, 3000.05);
    EXPECT_EQ(read.rows[0].output_tokens_per_s, 261.25);
    EXPECT_EQ(rules_of(read_bytes(csv)), "no concurrency and no request rate\n");
}

TEST(AiperfBenchmark, ACsvBesideItsJsonIsTheSameRun) {
    Folder const folder;
    folder.write("c16/profile_export_aiperf.csv", csv);
    folder.write("c16/profile_export_aiperf.json", "{" + metrics + R"(, "input_config": {"concurrency": 16}})");
    auto const read = read_benchmarks(folder.path());
    EXPECT_EQ(read.rows.size(), 1U);
    EXPECT_EQ(rules_of(read), "the JSON beside it says the same and more\n");
}

}  // namespace
}  // namespace runrate
