#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "catalogue/shipped.h"

namespace runrate {
namespace {

using Row = std::map<std::string, std::string>;

std::vector<std::string> cells(std::string const& line) {
    std::vector<std::string> cells;
    std::stringstream in{line + ','};
    for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
    return cells;
}

/// Rows by column name; no cell is in quotes.
std::vector<Row> rows_of(std::filesystem::path const& path) {
    std::ifstream in{path};
    std::string line;
    std::getline(in, line);
    auto const header = cells(line);
    std::vector<Row> rows;
    while (std::getline(in, line)) {
        auto const values = cells(line);
        Row row;
        for (std::size_t i = 0; i < header.size() && i < values.size(); ++i) row[header[i]] = values[i];
        rows.push_back(row);
    }
    return rows;
}

double number(Row const& row, char const* key, double otherwise = 0) {
    auto const& text = row.at(key);
    return text.empty() ? otherwise : std::stod(text);
}

/// Files that the catalogue was made from; they are not part of the source.
class Data : public testing::Test {
protected:
    void SetUp() override {
        char const* const folder = std::getenv("RUNRATE_DATA");
        if (!folder) GTEST_SKIP() << "RUNRATE_DATA names no folder with models/shapes.csv and benchmarks/";
        folder_ = folder;
    }
    [[nodiscard]] std::vector<Row> rows(char const* name) const { return rows_of(folder_ / name); }

private:
    std::filesystem::path folder_;
};

void compare(ModelShape const& m, Row const& row) {
    EXPECT_EQ(m.layers, number(row, "num_hidden_layers")) << m.name;
    EXPECT_EQ(m.hidden, number(row, "hidden_size")) << m.name;
    EXPECT_EQ(m.heads, number(row, "num_attention_heads")) << m.name;
    EXPECT_EQ(m.kv_heads, number(row, "num_key_value_heads")) << m.name;
    EXPECT_EQ(m.head_dim, number(row, "head_dim", m.hidden / m.heads)) << m.name;
    EXPECT_EQ(m.vocabulary, number(row, "vocab_size")) << m.name;
    EXPECT_EQ(m.tied_embeddings, row.at("tie_word_embeddings") == "True") << m.name;
    EXPECT_EQ(static_cast<double>(m.context_limit), number(row, "max_position_embeddings")) << m.name;
    EXPECT_DOUBLE_EQ(m.published_parameters, number(row, "published_total_B") * 1e9) << m.name;
    EXPECT_DOUBLE_EQ(m.published_active, number(row, "published_active_B") * 1e9) << m.name;
    double const full = m.partial ? m.partial->full_layers : 0;
    EXPECT_EQ(full, number(row, "full_attention_layers")) << m.name;
    auto const latent = m.latent.value_or(LatentAttention{});
    EXPECT_EQ(latent.kv_rank, number(row, "kv_lora_rank")) << m.name;
    EXPECT_EQ(latent.query_rank, number(row, "q_lora_rank")) << m.name;
    EXPECT_EQ(latent.rope_dim, number(row, "qk_rope_head_dim")) << m.name;
    EXPECT_EQ(latent.nope_dim, number(row, "qk_nope_head_dim")) << m.name;
    EXPECT_EQ(latent.value_dim, number(row, "v_head_dim")) << m.name;
}

/// Where moe_intermediate_size is missing, intermediate_size is the width of an expert; gpt-oss has both keys of a
/// count.
void compare_mlp(ModelShape const& m, Row const& row) {
    auto const one = number(row, "num_local_experts", number(row, "n_routed_experts", number(row, "num_experts")));
    EXPECT_EQ(m.experts ? m.experts->count : 0, one) << m.name;
    if (!m.experts) {
        EXPECT_EQ(m.intermediate, number(row, "intermediate_size")) << m.name;
        return;
    }
    EXPECT_EQ(m.experts->per_token, number(row, "num_experts_per_tok", m.experts->per_token)) << m.name;
    EXPECT_EQ(m.experts->intermediate, number(row, "moe_intermediate_size", number(row, "intermediate_size")))
        << m.name;
    EXPECT_EQ(m.experts->dense_layers, number(row, "first_k_dense_replace")) << m.name;
}

TEST_F(Data, ShapesAreThoseOfTheModels) {
    auto const all = rows("models/shapes.csv");
    EXPECT_EQ(all.size(), 24);
    for (auto const& row : all) {
        auto const& m = found(find_model(shipped_catalogue(), row.at("model")));
        compare(m, row);
        compare_mlp(m, row);
    }
}

TEST_F(Data, GpusAreThoseOfTheBenchmarks) {
    auto const all = rows("benchmarks/gpu_specs.csv");
    EXPECT_EQ(all.size(), 17);
    for (auto const& row : all) {
        auto const& g = found(find_gpu(shipped_catalogue(), row.at("system")));
        auto const near = [&](double value, char const* key) {
            EXPECT_NEAR(value, number(row, key), 1e-5 * value) << g.name << ' ' << key;
        };
        near(g.memory_bytes, "mem_capacity");
        near(g.memory_bytes_per_s, "mem_bw");
        near(g.bf16_flops, "bfloat16_tc_flops");
        near(g.fp8_flops.value_or(0), "fp8_tc_flops");
        if (g.int8_flops) near(*g.int8_flops, "int8_tc_flops");
        near(g.fp4_flops.value_or(0), "fp4_tc_flops");
        near(g.power_w, "power");
        near(g.gpus_per_node, "num_gpus_per_node");
        near(g.link_bytes_per_s, "intra_node_bw");
        near(g.network_bytes_per_s, "inter_node_bw");
    }
}

TEST_F(Data, EveryNameOfABenchmarkIsKnown) {
    auto const& c = shipped_catalogue();
    for (auto const& row : rows("benchmarks/aiconfigurator_silicon.csv")) {
        found(find_model(c, row.at("model_path")));
        found(find_gpu(c, row.at("system")));
        found(find_engine(c, row.at("backend")));
    }
    for (auto const& row : rows("benchmarks/trtllm_perf_overview.csv")) {
        found(find_model(c, row.at("model")));
        found(find_gpu(c, row.at("gpu")));
    }
    for (auto const& row : rows("benchmarks/splitwise_perf_model.csv")) {
        found(find_model(c, row.at("model")));
        found(find_gpu(c, row.at("hardware")));
    }
    for (auto const* file : {"benchmarks/inferencex_dsr1.csv", "benchmarks/inferencex_dsr1_history.csv"})
        for (auto const& row : rows(file)) {
            found(find_model(c, row.at("model")));
            found(find_gpu(c, row.at("hardware")));
        }
}

}  // namespace
}  // namespace runrate
