#include "hardware/memory.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "hardware/build.h"

namespace runrate {
namespace {

constexpr double gib = 1024.0 * 1024 * 1024;

Replica replica(ModelShape model, double memory, Precision precision, Parallelism parallel = {}) {
    Replica r;
    r.model = std::move(model);
    r.gpu = gpu_of(memory);
    r.precision = precision;
    r.parallel = parallel;
    r.engine = vllm();
    return r;
}

double capacity(Replica const& r) { return static_cast<double>(kv_capacity_tokens(r)); }

std::string why_not(Replica const& r) {
    try {
        return std::to_string(kv_capacity_tokens(r));
    } catch (std::invalid_argument const& e) { return e.what(); }
}

// Eight GPUs of 80 GB at 90 %: 576 GB - 141.1 GB of weights = 434.9 GB, over 327,680 bytes of a token.
TEST(KvCapacity, IsWhatWeightsLeave) {
    auto r = replica(llama_70b(), 80e9, Precision::bf16, {.tensor = 8});
    r.engine.reserved_bytes = 0;
    EXPECT_NEAR(weight_bytes(r) * 8, 141.1e9, 0.1e9);
    EXPECT_NEAR(capacity(r), 1.327e6, 0.001e6);
}

// Calibration study, section 2: 70B in fp8 on one H200 under vLLM.
TEST(KvCapacity, OfOneH200) {
    auto const r = replica(llama_70b(), 141 * gib, Precision::fp8);
    EXPECT_NEAR(capacity(r), 370e3, 2e3);
}

TEST(KvCapacity, OfTensorRtLlmTakesItsShareOfWhatWeightsAndBuffersLeave) {
    auto r = replica(llama_70b(), 141 * gib, Precision::fp8);
    r.engine = {.name = "trtllm", .weights_share = 0.9, .reserved_bytes = 3.6e9};
    EXPECT_NEAR(capacity(r), 0.9 * (141 * gib - weight_bytes(r) - 4e9) / (80 * 2 * 8 * 128), 1);
}

TEST(KvCapacity, MoreGpusThanHeadsKeepCopies) {
    auto eight = replica(llama_70b(), 80 * gib, Precision::bf16, {.tensor = 8});
    auto sixteen = replica(llama_70b(), 80 * gib, Precision::bf16, {.tensor = 16});
    EXPECT_EQ(kv_shards(eight), 8);
    EXPECT_EQ(kv_shards(sixteen), 8);
    EXPECT_EQ(kv_shards(replica(deepseek_v3(), 80 * gib, Precision::fp8, {.tensor = 8})), 1);
}

TEST(KvCapacity, RanksAddUpAndStagesSplitLayers) {
    auto const one = replica(llama_8b(), 80 * gib, Precision::bf16);
    auto const two = replica(llama_8b(), 80 * gib, Precision::bf16, {.data = 2});
    EXPECT_NEAR(capacity(two), 2.0 * capacity(one), 2);
    auto const staged = replica(llama_8b(), 80 * gib, Precision::bf16, {.pipeline = 2});
    double const per_stage = capacity(staged) / 2 * 131'072;
    EXPECT_NEAR(per_stage, 0.9 * 80 * gib - weight_bytes(staged) - 3e9, 1e6);
}

TEST(KvCapacity, HasALeastShareOfMemory) {
    auto const r = replica(llama_70b(), 80 * gib, Precision::fp8);
    EXPECT_EQ(kv_capacity_tokens(r), static_cast<std::int64_t>(0.04 * 80 * gib / 163'840));
}

TEST(KvCapacity, StatedGoesBefore) {
    auto r = replica(llama_70b(), 80 * gib, Precision::bf16);
    r.kv_tokens = 1000;
    EXPECT_EQ(kv_capacity_tokens(r), 1000);
}

TEST(KvCapacity, WeightsThatDoNotFitSayHowManyGpusWould) {
    EXPECT_EQ(why_not(replica(llama_70b(), 80 * gib, Precision::bf16)),
              "llama-3.1-70b in bf16 does not fit: 141.1 GB of weights on each GPU of 85.9 GB (2 GPUs would do)");
    EXPECT_EQ(why_not(replica(deepseek_v3(), 80 * gib, Precision::fp8, {.tensor = 8})),
              "deepseek-v3 in fp8 does not fit: 84.1 GB of weights on each GPU of 85.9 GB (16 GPUs would do)");
    EXPECT_EQ(why_not(replica(llama_70b(), 0, Precision::bf16)),
              "llama-3.1-70b in bf16 does not fit: 141.1 GB of weights on each GPU of 0.0 GB (no number of GPUs would "
              "do)");
}

// DeepSeek-R1 in fp8 runs on four B200 under SGLang (InferenceX), beyond the 85 % that the study takes it to use.
TEST(KvCapacity, WeightsBeyondTheShareOfTheEngineLeaveTheLeast) {
    auto r = replica(deepseek_v3(), 180 * gib, Precision::fp8, {.tensor = 4});
    r.engine.memory_share = 0.85;
    EXPECT_GT(weight_bytes(r), 0.85 * 180 * gib);
    EXPECT_EQ(kv_capacity_tokens(r), static_cast<std::int64_t>(0.04 * 180 * gib / (61 * 576)));
}

TEST(Weights, ExpertsSpreadOverAllRanksTheRestWithinOne) {
    auto const ranks = replica(deepseek_v3(), 141 * gib, Precision::fp8, {.data = 8, .expert = 8});
    auto const shards = replica(deepseek_v3(), 141 * gib, Precision::fp8, {.tensor = 8});
    double const dense = 15.27e9, embeddings = 2 * 2 * 129280.0 * 7168, experts = 58 * 256 * 3.0 * 7168 * 2048;
    EXPECT_NEAR(weight_bytes(ranks), dense + embeddings + experts / 8, 0.05e9);
    EXPECT_NEAR(weight_bytes(shards), (dense + embeddings + experts) / 8, 0.05e9);
}

TEST(Weights, TablesOfEmbeddingsStandOnTheEndsOfAPipeline) {
    auto tied = llama_8b();
    tied.tied_embeddings = true;
    double const table = 2.0 * 128256 * 4096;
    double const layers = weight_bytes(replica(llama_8b(), 80 * gib, Precision::bf16)) - 2 * table;
    EXPECT_DOUBLE_EQ(weight_bytes(replica(tied, 80 * gib, Precision::bf16)), layers + table);
    EXPECT_DOUBLE_EQ(weight_bytes(replica(llama_8b(), 80 * gib, Precision::bf16, {.pipeline = 2})), layers / 2 + table);
}

// Calibration study, section 2: fp8 KV for fp8 and fp4 weights but under SGLang, where only DeepSeek has it, and bf16
// for gpt-oss on Hopper.
TEST(KvPrecision, FollowsTheEngineTheModelAndTheGpu) {
    auto r = replica(llama_70b(), 80 * gib, Precision::fp8);
    EXPECT_EQ(kv_number_bytes(r), 1);
    r.precision = Precision::bf16;
    EXPECT_EQ(kv_number_bytes(r), 2);
    r.precision = Precision::mxfp4;
    EXPECT_EQ(kv_number_bytes(r), 2);
    r.gpu.fp4_flops = 9e15;
    EXPECT_EQ(kv_number_bytes(r), 1);
    r.engine.kv_follows_weights = false;
    EXPECT_EQ(kv_number_bytes(r), 2);
    r.model = deepseek_v3();
    EXPECT_EQ(kv_number_bytes(r), 1);
    r.kv_precision = Precision::bf16;
    EXPECT_EQ(kv_number_bytes(r), 2);
}

}  // namespace
}  // namespace runrate
