// Terms of the step time against the formulas of the calibration study, section 2, in numbers worked out by hand.

#include <cmath>

#include <gtest/gtest.h>

#include "hardware/build.h"
#include "hardware/step_terms.h"

namespace runrate {
namespace {

/// Efficiencies of 1, and 1 us for every collective.
StepParameters datasheet() {
    StepParameters q;
    q.compute = q.memory = q.kv = q.attention = q.link = 1;
    q.collective_s = 1e-6;
    return q;
}

Gpu hopper() {
    return {.name = "h",
            .memory_bytes = 141e9,
            .memory_bytes_per_s = 4e12,
            .bf16_flops = 1e15,
            .fp8_flops = 2e15,
            .link_bytes_per_s = 400e9,
            .network_bytes_per_s = 50e9};
}

Replica on_hopper(ModelShape const& model, Precision precision, Parallelism const& parallel) {
    Replica r;
    r.model = model;
    r.gpu = hopper();
    r.precision = precision;
    r.parallel = parallel;
    r.engine = vllm();
    return r;
}

/// Of a 70B's layer: q, k, v, o of 8192 x 128 x (64 + 8) x 2, and three matrices of 8192 x 28672.
constexpr double dense_70b = 80 * (2.0 * 8192 * 128 * 72 + 3.0 * 8192 * 28672);
constexpr double table_70b = 128256.0 * 8192;

void expect_near(double value, double by_hand) { EXPECT_NEAR(value, by_hand, 1e-9 * by_hand); }

TEST(StepTerms, OfADenseModel) {
    auto const t = step_terms(on_hopper(llama_70b(), Precision::fp8, {4, 1, 1, 1}), datasheet());
    expect_near(t.compute_token, 2 * dense_70b / (4 * 2e15));
    expect_near(t.compute_sample, 2 * table_70b / (4 * 1e15));
    expect_near(t.weights, (dense_70b + 2 * table_70b) / 4 / 4e12);
    expect_near(t.context, 80 * 2.0 * 8 * 128 / 4 / 4e12);  // the cache in bf16 would be twice that
    expect_near(t.pair, 80 * 4.0 * 64 * 128 / (4 * 1e15));
    expect_near(t.collectives, 2 * 80 * 1e-6);
    expect_near(t.link_token, 2 * 80 * 1.5 * 8192 * 2 / 400e9);
    EXPECT_EQ(t.experts, 0);
}

TEST(StepTerms, RanksOfADenseModelReduceAsOftenAsOne) {
    auto const one = step_terms(on_hopper(llama_70b(), Precision::fp8, {4, 1, 1, 1}), datasheet());
    auto const two = step_terms(on_hopper(llama_70b(), Precision::fp8, {4, 1, 2, 1}), datasheet());
    EXPECT_EQ(two.collectives, one.collectives);
    expect_near(two.link_token, one.link_token / 2);  // of the tokens of both
    // Sixteen GPUs are two nodes, but each rank is within one.
    auto const far = step_terms(on_hopper(llama_70b(), Precision::fp8, {8, 1, 2, 1}), datasheet());
    auto const near = step_terms(on_hopper(llama_70b(), Precision::fp8, {8, 1, 1, 1}), datasheet());
    expect_near(far.link_token, near.link_token / 2);
}

TEST(StepTerms, OfExpertsOverRanks) {
    auto const r = on_hopper(mixtral(), Precision::fp8, {2, 1, 4, 8});
    auto const t = step_terms(r, datasheet());
    double const expert = 3.0 * 4096 * 14336;
    expect_near(t.experts, 32 * 8 * expert / 8 / 4e12);
    // One all-reduce a layer within a rank, dispatch and combine among all eight.
    expect_near(t.collectives, (32 + 2 * 32) * 1e-6);
    expect_near(t.link_token, (32 * 1.0 / 4 * 4096 * 2 + 2 * 32 * 1.5 * 2 * 4096 * 7 / 8 / 4) / 400e9);
    expect_near(expert_coverage(r, 1), 2.0 / 8);
    expect_near(expert_coverage(r, 16), 1 - std::pow(0.75, std::pow(16, 0.85)));
}

TEST(StepTerms, LatentAttentionIsNotSharedOut) {
    auto const one = step_terms(on_hopper(deepseek_v3(), Precision::fp8, {1, 1, 1, 1}), datasheet());
    auto const eight = step_terms(on_hopper(deepseek_v3(), Precision::fp8, {8, 1, 1, 1}), datasheet());
    EXPECT_EQ(eight.context, one.context);
    expect_near(eight.pair, 61 * 2.0 * 128 * (192 + 128) / (8 * 1e15));
}

TEST(StepTerms, FullLayersHaveHeadsOfTheirOwn) {
    auto model = llama_8b();
    model.partial = PartialAttention{.full_layers = 8, .window = 1024, .full_kv_heads = 4, .full_head_dim = 256};
    auto const t = step_terms(on_hopper(model, Precision::bf16, {}), datasheet());
    expect_near(t.pair, 8 * 4.0 * 32 * 256 / 1e15);
    expect_near(t.context, 8 * 2.0 * 4 * 256 * 2 / 4e12);
    expect_near(t.window, 24 * 2.0 * 8 * 128 * 2 / 4e12);
    expect_near(t.window_pair, 24 * 4.0 * 32 * 128 / 1e15);
}

TEST(StepTerms, APipelineReadsEachStageForEachOfItsBatches) {
    auto const t = step_terms(on_hopper(llama_70b(), Precision::fp8, {1, 4, 1, 1}), datasheet());
    expect_near(t.compute_token, 2 * dense_70b / (4 * 2e15));
    expect_near(t.weights, (dense_70b + 2 * table_70b) / 4e12);
    expect_near(t.collectives, 3 * 1e-6);
    expect_near(t.link_token, 3.0 / 4 * 8192 * 2 / 400e9);
}

TEST(ComputeFormat, IsTheNearestThatTheGpuHas) {
    auto blackwell = hopper();
    blackwell.fp4_flops = 4e15;
    Gpu ampere = hopper();
    ampere.fp8_flops.reset();
    ampere.int8_flops = 2e15;
    EXPECT_EQ(compute_format(hopper(), Precision::fp4), Precision::bf16);
    EXPECT_EQ(compute_format(blackwell, Precision::fp4), Precision::fp4);
    EXPECT_EQ(compute_format(hopper(), Precision::mxfp4), Precision::bf16);
    EXPECT_EQ(compute_format(blackwell, Precision::mxfp4), Precision::fp8);
    EXPECT_EQ(compute_format(ampere, Precision::fp8), Precision::bf16);
    EXPECT_EQ(compute_format(ampere, Precision::int8), Precision::int8);
    EXPECT_EQ(compute_format(hopper(), Precision::int8), Precision::fp8);
    EXPECT_EQ(compute_format(hopper(), Precision::int4), Precision::bf16);
    EXPECT_EQ(peak_flops(ampere, Precision::int8), 2e15);
}

}  // namespace
}  // namespace runrate
