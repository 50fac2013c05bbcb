#include "support.h"

namespace runrate {
namespace {

std::string metric(std::string const& name, std::string const& mean) {
    return "\"" + name + R"(": {"successful": {"mean": )" + mean + R"(, "median": 1.0}, "incomplete": {"mean": 0.0}})";
}

std::string metrics() {
    return R"("metrics": {)" + metric("requests_per_second", "9.8") + ", " + metric("request_latency", "2.33") + ", " +
           metric("prompt_token_count", "120") + ", " + metric("output_token_count", "128") + ", " +
           metric("time_to_first_token_ms", "1006.2") + ", " + metric("time_per_output_token_ms", "18.2") + ", " +
           metric("inter_token_latency_ms", "10.42") + ", " + metric("output_tokens_per_second", "1254.5") + "}";
}

std::string newer(std::string const& strategy) {
    return R"({"metadata": {"version": 1, "guidellm_version": "0.5.0"}, "args": {"model": "m"}, "benchmarks": [{"type_":
 "generative_benchmark", "config": {"strategy": )" +
           strategy +
           R"(, "backend": {"model": "openai/gpt-oss-20b"}, "requests": {"data": "x"}}, "scheduler_metrics":
 {"start_time": 1772471992.2, "requests_made": {"successful": 30, "errored": 0, "incomplete": 2, "total": 32}}, )" +
           metrics() + R"(, "requests": {"successful": [{"output": "long text"}]}}]})";
}

TEST(GuidellmBenchmark, StreamsAreAClosedLoop) {
    auto const read = read_bytes(newer(R"({"type_": "concurrent", "streams": 8})"));
    ASSERT_EQ(read.rows.size(), 1U);
    auto const& row = read.rows[0];
    EXPECT_EQ(row.where, "<stdin>: benchmark 1");
    EXPECT_EQ(row.setup.model, "openai/gpt-oss-20b");
    EXPECT_EQ(row.protocol, Protocol::closed_loop);
    EXPECT_EQ(row.concurrency, 8);
    EXPECT_EQ(row.requests, 32);
    EXPECT_EQ(row.prompt_tokens, 120);
    EXPECT_EQ(row.output_tokens, 128);
    EXPECT_DOUBLE_EQ(*row.ttft_s, 1.0062);
    EXPECT_DOUBLE_EQ(*row.tpot_s, 0.01042);
    EXPECT_DOUBLE_EQ(*row.e2e_s, 2.33);
    EXPECT_EQ(row.date, "2026-03-02");
}

TEST(GuidellmBenchmark, EachStrategyIsALoad) {
    EXPECT_EQ(read_bytes(newer(R"({"type_": "synchronous"})")).rows[0].concurrency, 1);
    auto const poisson = read_bytes(newer(R"({"type_": "poisson", "rate": 10.0})")).rows[0];
    EXPECT_EQ(poisson.protocol, Protocol::open_loop);
    EXPECT_EQ(poisson.burstiness, 1);
    EXPECT_EQ(read_bytes(newer(R"({"type_": "constant", "rate": 10.0})")).rows[0].burstiness, 1000);
    EXPECT_EQ(read_bytes(newer(R"({"type_": "throughput", "max_concurrency": 512})")).rows[0].protocol,
              Protocol::saturated);
}

TEST(GuidellmBenchmark, OlderFilesKeepTheStrategyUnderArgs) {
    auto const read = read_bytes(R"({"benchmarks": [{"args": {"strategy": {"type_": "constant", "rate": 10.0}},
 "run_stats": {"start_time": 1758664741.1, "requests_made": {"successful": 586, "errored": 0}},
 "worker": {"backend_model": "Qwen/Qwen3-0.6B"}, )" +
                                 metrics() + "}]}");
    ASSERT_EQ(read.rows.size(), 1U);
    EXPECT_EQ(read.rows[0].setup.model, "Qwen/Qwen3-0.6B");
    EXPECT_EQ(read.rows[0].request_rate, 10);
    EXPECT_EQ(read.rows[0].date, "2025-09-23");
}

}  // namespace
}  // namespace runrate
