#pragma once

#include <filesystem>

#include "benchmark/measurement.h"

namespace runrate {

// Readers of public tables, each with the rules that its own faults ask for (calibration study, section 4). Engines of
// another generation or harness get names of their own; GPUs and models keep theirs.

/// aiconfigurator's measured points: `silicon_sample.csv`.
void read_silicon(std::filesystem::path const&, Benchmarks&);
/// InferenceX runs of DeepSeek-R1, flattened, or their history.
void read_inferencex(std::filesystem::path const&, Benchmarks&);
/// TensorRT-LLM's performance overview: saturated throughput.
void read_trtllm_overview(std::filesystem::path const&, Benchmarks&);
/// Splitwise's profile: one batch, its prompt iteration and its mean decode.
void read_splitwise(std::filesystem::path const&, Benchmarks&);

/// Recognises these tables by their columns; whether it was one.
bool read_study_table(std::filesystem::path const&, Benchmarks&);

}  // namespace runrate
