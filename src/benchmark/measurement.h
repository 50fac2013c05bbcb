#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runrate/replica.h"

namespace runrate {

/// Where a measurement was made. What a file does not say is empty; the command line may add it.
struct Setup {
    std::string model;   ///< as the file writes it
    std::string gpu;     ///< as the file writes it
    std::string engine;  ///< `vllm`, `sglang`, `trtllm`; another generation or harness is another engine
    std::string engine_version;
    std::optional<Precision> precision;
    std::optional<Parallelism> parallel;
    std::optional<std::int64_t> kv_tokens;  ///< capacity of the replica, where logged
    std::optional<int> max_sequences;       ///< where configured
    std::optional<std::int64_t> token_budget;

    friend bool operator==(Setup const&, Setup const&) = default;
};

/// How the load was made, which a comparison has to replay.
enum class Protocol : std::uint8_t {
    closed_loop,  ///< `concurrency` requests in flight from the start, the next on completion
    saturated,    ///< as many as the engine takes; throughput only
    iteration,    ///< one batch of `concurrency` equal requests, all at once
    open_loop,    ///< arrivals at `request_rate`
    request_log,  ///< `requests` with their times
};

/// One request of a log; times in seconds since the first arrival.
struct LoggedRequest {
    double arrival_s = 0;
    std::int64_t prompt_tokens = 0, output_tokens = 0;
    double first_token_s = 0, finished_s = 0;
};

/// One row of a benchmark: a load, and what was measured under it. Latencies are means over all requests.
struct Measurement {
    std::string where;     ///< `file:line`, or `file: name of the run`
    std::string source{};  ///< which part of a table was measured together
    Setup setup;
    Protocol protocol = Protocol::closed_loop;
    double concurrency = 0;
    std::optional<double> request_rate;  ///< per second
    double burstiness = 1;               ///< gamma shape of the gaps, 1: Poisson
    std::int64_t requests = 0;           ///< sent; 0: not said
    double prompt_tokens = 0;            ///< longest of spread lengths, the mean of others
    double output_tokens = 0;
    double shortest_share = 1;     ///< lengths are uniform in [share, 1] of nominal; 1: equal lengths
    std::optional<double> ttft_s;  ///< time to first token
    std::optional<double> tpot_s;  ///< time per output token after the first
    std::optional<double> e2e_s;
    std::optional<double> output_tokens_per_s;  ///< of the whole replica
    std::string date;                           ///< ISO, may be empty
    std::vector<LoggedRequest> log;             ///< of a request log
};

/// A row that is not used, and the rule that says so.
struct SkippedRow {
    std::string where;
    std::string rule;  ///< equal reasons are equal texts
    std::string detail;
};

/// What a file or folder of benchmarks holds.
struct Benchmarks {
    std::vector<Measurement> rows;
    std::vector<SkippedRow> skipped;
};

}  // namespace runrate
