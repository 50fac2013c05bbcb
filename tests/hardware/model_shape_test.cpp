#include "hardware/model_shape.h"

#include <gtest/gtest.h>

#include "hardware/build.h"

namespace runrate {
namespace {

// Counts of safetensors headers on the models' pages: Llama 3.1 8B, 70B and 405B, without norms.
TEST(Parameters, OfDenseModels) {
    EXPECT_NEAR(parameters(llama_8b()), 8.03e9, 0.005e9);
    EXPECT_NEAR(parameters(llama_70b()), 70.55e9, 0.01e9);
    EXPECT_DOUBLE_EQ(active_parameters(llama_70b()), parameters(llama_70b()));
}

TEST(Parameters, TiedEmbeddingsCountOnce) {
    auto tied = llama_8b();
    tied.tied_embeddings = true;
    EXPECT_DOUBLE_EQ(parameters(llama_8b()) - parameters(tied), 128256.0 * 4096);
}

// DeepSeek-V3 technical report (arXiv 2412.19437): 671B in all, 37B of a token.
TEST(Parameters, OfLatentAttentionAndExpertsBesideASharedOne) {
    EXPECT_NEAR(parameters(deepseek_v3()), 671e9, 0.1e9);
    EXPECT_NEAR(active_parameters(deepseek_v3()), 37e9, 0.6e9);
}

TEST(Parameters, LayersInBetweenMayHaveNoExperts) {
    auto every_second = mixtral();
    every_second.experts->every = 2;
    every_second.intermediate = 14336;
    auto const w = weights_of(every_second);
    EXPECT_EQ(w.expert_layers, 16);
    EXPECT_DOUBLE_EQ(w.dense - weights_of(mixtral()).dense, 16 * 3.0 * 4096 * 14336 - 16 * 4096.0 * 8);
}

TEST(Parameters, LinearAttentionHasNoHeadsOfTheShape) {
    auto linear = llama_8b();
    linear.partial = PartialAttention{.full_layers = 8, .window = 0};
    auto windowed = linear;
    windowed.partial->window = 128;
    double const attention_of_a_layer = 2.0 * 4096 * 4096 + 2.0 * 4096 * 1024;
    EXPECT_DOUBLE_EQ(parameters(llama_8b()) - parameters(linear), 24 * attention_of_a_layer);
    EXPECT_DOUBLE_EQ(parameters(windowed), parameters(llama_8b()));
}

// Bytes of bf16: 80 layers x 2 x 8 heads x 128 x 2, and the like.
TEST(KvCache, BytesOfAToken) {
    EXPECT_DOUBLE_EQ(kv_bytes_per_token(llama_70b(), 2), 327'680);
    EXPECT_DOUBLE_EQ(kv_bytes_per_token(llama_8b(), 2), 131'072);
    EXPECT_DOUBLE_EQ(kv_bytes_per_token(deepseek_v3(), 2), 61 * 576 * 2);
}

TEST(KvCache, OnlyLayersThatReadTheWholeContextGrowWithIt) {
    auto half = llama_8b();
    half.partial = PartialAttention{.full_layers = 16, .window = 128};
    EXPECT_DOUBLE_EQ(kv_bytes_per_token(half, 2), 65'536);
    half.partial->full_kv_heads = 2;
    half.partial->full_head_dim = 512;
    EXPECT_DOUBLE_EQ(kv_bytes_per_token(half, 2), 16 * 2 * 2 * 512 * 2);
    EXPECT_EQ(window_kv_width(half), 2 * 8 * 128);
}

TEST(Precision, BytesIncludeTheScalesOfBlocks) {
    EXPECT_DOUBLE_EQ(bytes_of(Precision::bf16), 2);
    EXPECT_DOUBLE_EQ(bytes_of(Precision::fp8), 1);
    EXPECT_DOUBLE_EQ(bytes_of(Precision::fp4), 0.5625);
    EXPECT_DOUBLE_EQ(bytes_of(Precision::mxfp4), 0.53125);
    EXPECT_DOUBLE_EQ(dense_weight_bytes(deepseek_v3(), Precision::fp4), 1.25);
    EXPECT_DOUBLE_EQ(dense_weight_bytes(deepseek_v3(), Precision::fp8), 1);
}

}  // namespace
}  // namespace runrate
