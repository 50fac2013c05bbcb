#include "calibration/prepare.h"

#include <map>

#include <fmt/format.h>

#include "benchmark/read.h"
#include "benchmark/rules.h"
#include "core/diagnostics.h"
#include "hardware/model_shape.h"
#include "hardware/step_terms.h"

namespace runrate {
namespace {

void complete(Setup& s, Setup const& defaults) {
    auto const text = [](std::string& own, std::string const& given) {
        if (own.empty()) own = given;
    };
    text(s.model, defaults.model);
    text(s.gpu, defaults.gpu);
    text(s.engine, defaults.engine);
    if (!s.precision) s.precision = defaults.precision;
    if (!s.parallel) s.parallel = defaults.parallel;
    if (!s.kv_tokens) s.kv_tokens = defaults.kv_tokens;
    if (!s.max_sequences) s.max_sequences = defaults.max_sequences;
    if (!s.token_budget) s.token_budget = defaults.token_budget;
}

HardwareFacts facts_of(Catalogue const& catalogue) {
    return [&catalogue](Setup const& s) -> std::optional<SetupFacts> {
        auto const model = find_model(catalogue, s.model);
        auto const gpu = find_gpu(catalogue, s.gpu);
        if (!s.precision || model.index() != 0 || gpu.index() != 0) return std::nullopt;
        int const gpus = s.parallel.value_or(Parallelism{}).gpus();
        return SetupFacts{active_parameters(*std::get<0>(model)), gpus * peak_flops(*std::get<0>(gpu), *s.precision)};
    };
}

std::string file_of(std::string const& where) { return where.substr(0, where.find(':')); }

std::vector<std::string> sources_of(StudySet const& set) {
    std::map<std::string, std::size_t> rows;
    for (auto const& m : set.rows) ++rows[std::filesystem::path{file_of(m.where)}.filename().string()];
    std::vector<std::string> sources;
    for (auto const& [file, count] : rows) sources.push_back(fmt::format("{}: {} rows", file, count));
    return sources;
}

}  // namespace

Prepared prepare(std::vector<std::filesystem::path> const& paths, Setup const& defaults, Catalogue const& catalogue) {
    Benchmarks all;
    for (auto const& path : paths) {
        auto read = read_benchmarks(path);
        std::move(read.rows.begin(), read.rows.end(), std::back_inserter(all.rows));
        std::move(read.skipped.begin(), read.skipped.end(), std::back_inserter(all.skipped));
    }
    for (auto& row : all.rows) complete(row.setup, defaults);
    apply_general_rules(all, facts_of(catalogue));
    Prepared p;
    p.skipped = std::move(all.skipped);
    p.set = make_study_set(all.rows, catalogue, p.skipped);
    p.sources = sources_of(p.set);
    if (!p.set.rows.empty()) return p;
    std::string text = "error: no row can be used\n";
    for (auto const& s : p.skipped) {
        text += fmt::format("  {}: {}{}\n", s.where, s.rule, s.detail.empty() ? "" : " (" + s.detail + ")");
        if (text.size() > 2000) break;
    }
    throw InputError(text);
}

}  // namespace runrate
