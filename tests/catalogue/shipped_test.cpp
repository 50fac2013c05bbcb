#include "catalogue/shipped.h"

#include <cmath>
#include <map>

#include "hardware/memory.h"
#include "hardware/model_shape.h"

namespace runrate {
namespace {

/// Models whose shape does not give what their maker publishes within 1 %.
std::map<std::string, std::string> const other_than_published{
    {"llama-4-scout", "109B counts the vision encoder of 0.9B"},
    {"kimi-k2", "1.04T is rounded; the tensors have 1,026B"},
    {"gemma-4-26b-a4b", "26B is rounded up from 25.2B"},
};

/// Models whose makers leave tables of embeddings out of active parameters, which are small against them.
std::map<std::string, std::string> const other_active{
    {"gpt-oss-20b", "without the input table"},
    {"gpt-oss-120b", "without the input table"},
    {"minimax-m2.5", "without both tables"},
};

TEST(ShippedModels, HaveThePublishedParameters) {
    for (auto const& m : shipped_catalogue().models.entries) {
        double const apart = std::abs(parameters(m) / m.published_parameters - 1);
        EXPECT_EQ(apart > 0.01, other_than_published.contains(m.name)) << m.name << ' ' << parameters(m);
        EXPECT_LT(apart, 0.03) << m.name;
    }
}

TEST(ShippedModels, HaveThePublishedActiveParameters) {
    for (auto const& m : shipped_catalogue().models.entries) {
        double const apart = std::abs(active_parameters(m) / m.published_active - 1);
        EXPECT_EQ(apart > 0.05, other_active.contains(m.name)) << m.name << ' ' << active_parameters(m);
    }
}

TEST(Shipped, EveryEntryStatesSourceAndDate) {
    auto const expect = [](auto const& shelf) {
        for (auto const& entry : shelf.entries) {
            EXPECT_GT(entry.source.size(), 10) << entry.name;
            EXPECT_EQ(entry.as_of.size(), 10) << entry.name;
        }
    };
    expect(shipped_catalogue().gpus);
    expect(shipped_catalogue().models);
    expect(shipped_catalogue().engines);
}

TEST(Shipped, ManyModelsAndGpus) {
    EXPECT_GE(shipped_catalogue().gpus.entries.size(), 24);
    EXPECT_GE(shipped_catalogue().models.entries.size(), 40);
}

// Half precision is at most half of 8 bits, and 4 bits more: a mixed-up unit or a figure with sparsity would show.
TEST(ShippedGpus, PeaksRiseAsBitsFall) {
    for (auto const& g : shipped_catalogue().gpus.entries) {
        EXPECT_NEAR(g.fp8_flops.value_or(2 * g.bf16_flops) / g.bf16_flops, 2, 0.03) << g.name;
        EXPECT_GE(g.fp4_flops.value_or(4 * g.bf16_flops) / g.bf16_flops, 3.9) << g.name;
        EXPECT_GE(g.memory_bytes / 1e9, 23) << g.name;
        EXPECT_LE(g.memory_bytes_per_s, 10e12) << g.name;
        EXPECT_LE(g.link_bytes_per_s, 1e12) << g.name;
    }
}

// Calibration study, section 2.
TEST(ShippedModels, KeepOfATokenWhatTheStudySays) {
    auto const bytes = [](char const* name) {
        return kv_bytes_per_token(found(find_model(shipped_catalogue(), name)), 2);
    };
    EXPECT_DOUBLE_EQ(bytes("llama-3.1-70b"), 327'680);
    EXPECT_DOUBLE_EQ(bytes("llama-3.1-8b"), 131'072);
    EXPECT_DOUBLE_EQ(bytes("deepseek-r1"), 61 * 576 * 2);
    EXPECT_DOUBLE_EQ(bytes("gpt-oss-120b"), 18 * 2 * 8 * 64 * 2);
    EXPECT_DOUBLE_EQ(bytes("qwen3.5-397b-a17b"), 15 * 2 * 2 * 256 * 2);
}

}  // namespace
}  // namespace runrate
