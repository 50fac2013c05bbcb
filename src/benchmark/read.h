#pragma once

#include <cstddef>
#include <filesystem>

#include "benchmark/measurement.h"
#include "rows/byte_source.h"

namespace runrate {

/// What `read_benchmarks` says of a file in a folder that it leaves out.
inline constexpr char const* unknown_benchmark_rule = "not a benchmark that is known";

/// Results of the tools that measure serving, recognised by content, gzip or not: `vllm bench serve`, SGLang's
/// bench_serving, guidellm, AIPerf and genai-perf (JSON, CSV), a CSV of one's own, logs of requests. A folder is read
/// whole, in order of names; what is not recognised or broken there is skipped.
/// \throws InputError for a file that is not recognised, empty, cut off or broken, and a folder without benchmarks
Benchmarks read_benchmarks(std::filesystem::path const& path);

/// The same of a stream. Nothing beside it is looked for.
Benchmarks read_benchmarks(ByteSource source);

}  // namespace runrate
