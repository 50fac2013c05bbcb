#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "benchmark/csv_table.h"
#include "benchmark/formats.h"
#include "benchmark/row.h"

namespace runrate {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// Which sources replay InferenceX's protocol; the others are of the authors' own harness.
bool of_inferencex(std::string_view source) {
    return source.starts_with("2026-") || source.starts_with("inferencex") || source.starts_with("qwen3.5");
}

std::string engine_of(CsvTable const& t) {
    std::string const backend{t.text("backend")};
    if (of_inferencex(t.text("source_tag"))) return backend;
    if (backend == "trtllm") return t.text("backend_version").starts_with("1.0") ? "trtllm-1.0" : backend;
    return backend + "-aic";
}

/// Only bf16 fits the bandwidth floor and the KV limit of the rows without a precision.
Precision precision_of(CsvTable const& t) {
    auto const model = t.text("model_path");
    if (contains(model, "gpt-oss")) return Precision::mxfp4;
    if (auto const said = precision_named(t.text("precision"))) return *said;
    return contains(model, "FP8") ? Precision::fp8 : Precision::bf16;
}

/// Why a row says nothing of a plain engine on one node; empty where it does.
std::string_view unusable(CsvTable const& t, Parallelism const& p) {
    auto const model = t.text("model_path");
    if (t.text("mode") == "disagg") return "prompts and decodes run on GPUs of their own";
    if (contains(model, "DeepSeek")) return "speculative and plain runs of DeepSeek are not told apart";
    if (p.tensor * p.data > 8) return "more GPUs than a node has: the parallelism is written otherwise";
    if (contains(model, "Qwen3-32B") && t.text("system") == "gb200") return "not explained by anything";
    if (contains(model, "235B") && t.text("backend") == "vllm") return "parallelism and expert parallelism disagree";
    if (t.text("isl") == "15000") return "the KV cache could not hold these prompts";
    return {};
}

Measurement measurement_of(CsvTable& t, Parallelism const& p) {
    Measurement m;
    m.where = t.where();
    m.source = t.text("source_tag");
    m.date = t.text("measured");
    m.setup.model = t.text("model_path");
    m.setup.gpu = t.text("system");
    m.setup.engine = engine_of(t);
    m.setup.engine_version = t.text("backend_version");
    m.setup.precision = precision_of(t);
    m.setup.parallel = p;
    m.concurrency = t.number("concurrency").value_or(t.number("batch_size").value_or(0) * p.data);
    m.prompt_tokens = t.number("isl").value_or(0);
    m.output_tokens = t.number("osl").value_or(0);
    // One source used equal lengths, whose waves stay synchronised.
    m.shortest_share = m.source == "Qwen_Qwen3-32B.csv" && t.text("backend") == "sglang" ? 1 : 0.8;
    if (auto const ttft = t.number("silicon_ttft_ms")) m.ttft_s = *ttft / 1e3;
    if (auto const tpot = t.number("silicon_tpot_ms")) m.tpot_s = *tpot / 1e3;
    return m;
}

/// The same measurement stands in two sources, of which one encodes parallelism rightly.
void keep_one_of_copies(std::vector<Measurement>& rows, std::vector<SkippedRow>& skipped) {
    constexpr std::string_view consistent = "2026-03-25.csv";
    std::map<std::pair<double, double>, std::size_t> kept;
    auto const key = [](Measurement const& m) { return std::pair{m.ttft_s.value_or(0), m.tpot_s.value_or(0)}; };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const [at, fresh] = kept.try_emplace(key(rows[i]), i);
        if (!fresh && rows[at->second].source != consistent && rows[i].source == consistent) at->second = i;
    }
    std::vector<Measurement> unique;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (kept[key(rows[i])] == i)
            unique.push_back(std::move(rows[i]));
        else
            skipped.push_back({rows[i].where, "the same figures stand in another row", ""});
    }
    rows = std::move(unique);
}

bool recognises(CsvTable const& t) { return t.has_all({"silicon_ttft_ms", "silicon_tpot_ms", "tp_size"}); }

void read(CsvTable& t, BenchmarkText const& /*text*/, Benchmarks& out) {
    std::vector<Measurement> rows;
    while (t.next()) {
        auto const at_least_one = [&](char const* column) { return std::max(1, t.whole(column, 1)); };
        Parallelism const p{at_least_one("tp_size"), at_least_one("pp_size"), at_least_one("attention_dp_size"),
                            at_least_one("moe_ep_size")};
        auto row = measurement_of(t, p);
        auto const why = unusable(t, p);
        if (!why.empty())
            out.skipped.push_back({t.where(), std::string{why}, ""});
        else if (!t.unreadable().empty())
            keep_readable(t, std::move(row), out);
        else
            rows.push_back(std::move(row));
    }
    keep_one_of_copies(rows, out.skipped);
    for (auto& row : rows) keep_row(std::move(row), out);
}

}  // namespace

CsvFormat const silicon_format{"aiconfigurator's measured points", recognises, read};

}  // namespace runrate
