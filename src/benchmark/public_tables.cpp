#include <charconv>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "benchmark/csv_table.h"
#include "benchmark/formats.h"
#include "benchmark/row.h"

namespace runrate {
namespace {

int number_after(std::string_view text, std::string_view prefix) {
    auto const at = text.find(prefix);
    int value = 1;
    if (at != std::string_view::npos)
        std::from_chars(text.data() + at + prefix.size(), text.data() + text.size(), value);
    return value;
}

/// `TP8`, `TP1,PP2`, `DEP4`: attention on as many ranks, experts spread over them.
Parallelism parallelism_of(std::string_view text) {
    if (text.starts_with("DEP")) {
        int const ranks = number_after(text, "DEP");
        return {1, 1, ranks, ranks};
    }
    return {number_after(text, "TP"), number_after(text, "PP"), 1, 1};
}

/// gpt-oss is published in mxfp4 alone, which tables call FP4.
std::optional<Precision> precision_of(std::string_view text, std::string_view model) {
    return model.find("GPT-OSS") != std::string_view::npos ? Precision::mxfp4 : precision_named(text);
}

std::string_view unusable(CsvTable& t) {
    if (t.text("spec_method") != "none") return "speculative decoding";
    if (t.text("disagg") != "False") return "prompts and decodes run on GPUs of their own";
    if (t.text("is_multinode") != "False") return "more than one node";
    if (!t.number("mean_ttft") || !t.number("mean_tpot")) return "states medians only, which do not compare with means";
    return {};
}

void read_inferencex(CsvTable& t, BenchmarkText const& /*text*/, Benchmarks& out) {
    while (t.next()) {
        if (auto const why = unusable(t); !why.empty()) {
            out.skipped.push_back({t.where(), std::string{why}, ""});
            continue;
        }
        int const gpus = t.whole("decode_tp", 1);
        bool const by_rank = t.text("decode_dp_attention") == "True";
        Measurement m;
        m.where = t.where();
        m.source = "inferencex";
        m.date = t.text("date");
        m.setup.model = "DeepSeek-R1";
        m.setup.gpu = t.text("hardware");
        m.setup.engine = t.text("framework") == "trt" ? "trtllm" : std::string{t.text("framework")};
        m.setup.precision = precision_of(t.text("precision"), "");
        m.setup.parallel = Parallelism{by_rank ? 1 : gpus, 1, by_rank ? gpus : 1, t.whole("decode_ep", 1)};
        m.concurrency = t.number("conc").value_or(0);
        m.prompt_tokens = t.number("isl").value_or(0);
        m.output_tokens = t.number("osl").value_or(0);
        m.shortest_share = 0.8;
        m.ttft_s = t.number("mean_ttft");
        m.tpot_s = t.number("mean_tpot");
        keep_readable(t, std::move(m), out);
    }
}

/// The vendor's pages of release 1.0 stand in another folder than those of later ones: another generation.
std::string engine_of_overview(std::string const& source) {
    return source.find("/performance/") != std::string::npos ? "trtllm-table-1.0" : "trtllm-table";
}

void read_trtllm_overview(CsvTable& t, BenchmarkText const& /*text*/, Benchmarks& out) {
    while (t.next()) {
        Measurement m;
        m.where = t.where();
        m.source = t.text("source");
        m.protocol = Protocol::saturated;
        m.setup.model = t.text("model");
        m.setup.gpu = t.text("gpu");
        m.setup.engine = engine_of_overview(m.source);
        m.setup.precision = precision_of(t.text("precision"), t.text("model"));
        m.setup.parallel = parallelism_of(t.text("parallelism"));
        m.prompt_tokens = t.number("isl").value_or(0);
        m.output_tokens = t.number("osl").value_or(0);
        m.output_tokens_per_s = t.number("output_tok_s_per_gpu").value_or(0) * t.whole("num_gpus", 1);
        keep_readable(t, std::move(m), out);
    }
}

void read_splitwise(CsvTable& t, BenchmarkText const& /*text*/, Benchmarks& out) {
    struct Cell {
        Measurement row;
        double prompt_ms = 0, token_ms = 0, repeats = 0;
    };
    std::map<std::tuple<std::string, int, int, int, int>, Cell> cells;
    while (t.next()) {
        auto const tensor = t.whole("tensor_parallel", 1);
        auto const prompt = t.whole("prompt_size", 0), batch = t.whole("batch_size", 0),
                   out_tokens = t.whole("token_size", 0);
        auto const prompt_ms = t.number("prompt_time"), token_ms = t.number("token_time");
        if (!t.unreadable().empty() || !prompt_ms || !token_ms) {
            out.skipped.push_back({t.where(), "a cell is unreadable", t.unreadable()});
            continue;
        }
        auto& cell = cells[{std::string{t.text("hardware")}, tensor, prompt, batch, out_tokens}];
        cell.prompt_ms += *prompt_ms;
        cell.token_ms += *token_ms;
        if (cell.repeats++ > 0) continue;
        cell.row.where = t.where();
        cell.row.source = "splitwise";
        cell.row.protocol = Protocol::iteration;
        cell.row.setup = {.model = std::string{t.text("model")},
                          .gpu = std::string{t.text("hardware")},
                          .engine = "vllm-2023",
                          .engine_version = "",
                          .precision = Precision::bf16,
                          .parallel = Parallelism{.tensor = tensor},
                          .kv_tokens = {},
                          .max_sequences = {},
                          .token_budget = {}};
        cell.row.concurrency = batch;
        cell.row.prompt_tokens = prompt;
        cell.row.output_tokens = out_tokens;
    }
    for (auto& [key, cell] : cells) {
        cell.row.ttft_s = cell.prompt_ms / cell.repeats / 1e3;
        cell.row.tpot_s = cell.token_ms / cell.repeats / 1e3;
        keep_row(std::move(cell.row), out);
    }
}

}  // namespace

CsvFormat const inferencex_format{"InferenceX, flattened",
                                  [](CsvTable const& t) {
                                      return t.has_all({"decode_dp_attention", "mean_ttft", "conc"});
                                  },
                                  read_inferencex};
CsvFormat const trtllm_overview_format{"TensorRT-LLM's performance overview",
                                       [](CsvTable const& t) {
                                           return t.has_all({"output_tok_s_per_gpu", "parallelism"});
                                       },
                                       read_trtllm_overview};
CsvFormat const splitwise_format{"Splitwise's profile",
                                 [](CsvTable const& t) {
                                     return t.has_all({"prompt_time", "token_time", "batch_size"});
                                 },
                                 read_splitwise};

}  // namespace runrate
