#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "benchmark/read.h"
#include "core/diagnostics.h"

namespace runrate {

inline Benchmarks read_bytes(std::string const& bytes) {
    std::istringstream in{bytes};
    return read_benchmarks(ByteSource{"-", in});
}

/// The message that reading throws, empty where it reads.
inline std::string refusal(std::string const& bytes) {
    try {
        read_bytes(bytes);
    } catch (InputError const& e) { return e.what(); }
    return {};
}

/// Rules of what was skipped, one a line.
inline std::string rules_of(Benchmarks const& read) {
    std::string text;
    for (auto const& row : read.skipped) text += row.rule + "\n";
    return text;
}

/// A folder that goes with the test.
class Folder {
public:
    Folder() : path_{std::filesystem::temp_directory_path() / ("runrate-" + name())} {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;

    std::filesystem::path write(std::string const& file, std::string const& bytes) const {
        auto const path = path_ / file;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream{path, std::ios::binary} << bytes;
        return path;
    }
    [[nodiscard]] std::filesystem::path const& path() const { return path_; }

private:
    static std::string name() {
        auto const* const test = testing::UnitTest::GetInstance()->current_test_info();
        return std::string{test->test_suite_name()} + "." + test->name();
    }

    std::filesystem::path path_;
};

inline std::string const vllm_run =
    R"({"date": "20250823-121314", "endpoint_type": "vllm", "backend": "vllm", "label": null,
 "model_id": "meta-llama/Llama-3.1-8B-Instruct", "tokenizer_id": "meta-llama/Llama-3.1-8B-Instruct",
 "num_prompts": 320, "gpu": "h100-sxm", "tp": "2", "precision": "fp8", "request_rate": "inf", "burstiness": 1.0,
 "max_concurrency": 32, "duration": 61.5, "completed": 320, "total_input_tokens": 327680,
 "total_output_tokens": 40960, "request_throughput": 5.203, "request_goodput": null, "output_throughput": 666.0,
 "total_token_throughput": 5994.1, "mean_ttft_ms": 250.5, "median_ttft_ms": 210.0, "std_ttft_ms": 50.1,
 "p99_ttft_ms": 900.0, "mean_tpot_ms": 9.25, "median_tpot_ms": 9.1, "mean_itl_ms": 9.25, "mean_e2el_ms": 1425.25})";

inline std::string const own_header =
    "concurrency,isl,osl,ttft_ms,tpot_ms,output_tokens_per_s,model,gpu,precision,tp,engine,version,date\n";

}  // namespace runrate
