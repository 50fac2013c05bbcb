#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "benchmark/measurement.h"

namespace runrate {

/// A file's content. Names are what messages and `where` call it; the path is empty for a stream.
struct BenchmarkText {
    std::string name;
    std::string_view bytes;
    std::filesystem::path path{};
};

struct BenchmarkJson;
class CsvTable;

/// A format of JSON documents: what its keys are, and its reader.
struct JsonFormat {
    std::string_view name;
    bool (*recognises)(BenchmarkJson const&);
    void (*read)(BenchmarkJson const&, Benchmarks&);
};

/// A format of CSV: what its header is, and its reader.
struct CsvFormat {
    std::string_view name;
    bool (*recognises)(CsvTable const&);
    void (*read)(CsvTable&, BenchmarkText const&, Benchmarks&);
};

extern JsonFormat const vllm_format, sglang_format, guidellm_format, aiperf_format;
extern CsvFormat const aiperf_csv_format, own_csv_format, request_log_format;
/// Public tables, each with the rules that its own faults ask for (calibration study, section 4). Engines of another
/// generation or harness get names of their own.
extern CsvFormat const silicon_format, inferencex_format, trtllm_overview_format, splitwise_format;

/// Fills `log` from `requests` (times since an epoch of their own, any order): sorted, since the first arrival.
void set_log(std::vector<LoggedRequest> requests, Measurement& into);

}  // namespace runrate
