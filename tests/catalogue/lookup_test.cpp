#include <gtest/gtest.h>

#include "catalogue/make_replica.h"
#include "catalogue/shipped.h"

namespace runrate {
namespace {

std::string gpu(std::string_view name) { return found(find_gpu(shipped_catalogue(), name)).name; }
std::string model(std::string_view name) { return found(find_model(shipped_catalogue(), name)).name; }
std::string engine(std::string_view name) { return found(find_engine(shipped_catalogue(), name)).name; }

template <class T>
std::string fault(std::variant<T const*, std::string> const& result) {
    auto const* text = std::get_if<std::string>(&result);
    return text ? *text : "found";
}

TEST(Lookup, TakesTheSpellingsOfBenchmarks) {
    EXPECT_EQ(gpu("h100_sxm"), "h100-sxm");
    EXPECT_EQ(gpu("B200"), "b200-sxm");
    EXPECT_EQ(gpu("RTX6000PRO"), "rtx-pro-6000");
    EXPECT_EQ(gpu("AMD Instinct MI300X 192GB HBM3"), "mi300x");
    EXPECT_EQ(model("meta-llama/Llama-3.1-70B"), "llama-3.1-70b");
    EXPECT_EQ(model("nvidia/DeepSeek-R1-NVFP4"), "deepseek-r1");
    EXPECT_EQ(model("Qwen/Qwen3-235B-A22B-FP8"), "qwen3-235b-a22b");
    EXPECT_EQ(model("LLaMA v3.3 70B"), "llama-3.1-70b");
    EXPECT_EQ(engine("TensorRT-LLM"), "trtllm");
}

TEST(Lookup, AnotherGenerationIsAnotherEngine) {
    for (auto const* name : {"vllm", "vllm-2023", "trtllm", "trtllm-1.0", "trtllm-table", "trtllm-table-1.0", "sglang"})
        EXPECT_EQ(engine(name), name);
}

TEST(Lookup, AnUnknownNameIsAnsweredWithNearOnes) {
    auto const& c = shipped_catalogue();
    EXPECT_EQ(fault(find_gpu(c, "h100-smx")), "unknown GPU 'h100-smx' (did you mean 'h100-sxm'?)");
    EXPECT_EQ(fault(find_model(c, "acme/llama-70b")),
              "unknown model 'acme/llama-70b' (did you mean 'llama-2-70b', 'llama-3.1-70b'?)");
    EXPECT_EQ(
        fault(find_engine(c, "ollama")),
        "unknown engine 'ollama' (known: vllm, trtllm, sglang, vllm-2023, trtllm-1.0, "
        "trtllm-table, trtllm-table-1.0); a class of your own begins with one of them and a hyphen, vllm-mine, and "
        "needs measurements");
}

Replica made(ReplicaParts const& parts) {
    auto const result = make_replica(shipped_catalogue(), parts);
    if (auto const* text = std::get_if<std::string>(&result)) ADD_FAILURE() << *text;
    return std::get<Replica>(result);
}

TEST(MakeReplica, LimitsTheBatchByTheMemoryOfTheGpu) {
    auto const budget = [](char const* engine_name, char const* gpu_name) {
        return made({.model = "llama-3.1-8b", .gpu = gpu_name, .engine = engine_name}).engine.token_budget;
    };
    EXPECT_EQ(budget("vllm", "h100"), 8192);
    EXPECT_EQ(budget("vllm", "l40s"), 2048);
    EXPECT_EQ(budget("sglang", "h100"), 8192);
    EXPECT_EQ(budget("sglang", "h200"), 8192);
    EXPECT_EQ(budget("sglang", "b200"), 16384);
    EXPECT_EQ(budget("trtllm", "b200"), 8192);
}

TEST(MakeReplica, TakesThePublishedPrecisionWhereNoneIsStated) {
    EXPECT_EQ(made({.model = "gpt-oss-120b", .gpu = "h100", .engine = "vllm"}).precision, Precision::mxfp4);
    EXPECT_EQ(made({.model = "deepseek-r1", .gpu = "b200", .engine = "trtllm", .precision = Precision::fp4}).precision,
              Precision::fp4);
}

TEST(MakeReplica, SaysEveryFault) {
    auto const result = make_replica(
        shipped_catalogue(), {.model = "llama-3.1-8", .gpu = "h100", .engine = "vlm", .parallel = {.tensor = 0}});
    EXPECT_EQ(
        std::get<std::string>(result),
        "unknown model 'llama-3.1-8' (did you mean 'llama-3.1-8b'?); unknown engine 'vlm' (did you mean 'vllm'?); "
        "parallelism must be at least 1 of each kind");
}

}  // namespace
}  // namespace runrate
