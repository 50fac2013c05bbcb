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

/// Fills what a row does not say, and counts how often each default was needed.
class Defaults {
public:
    explicit Defaults(Setup const& given) : given_{given} {}

    void complete(Setup& s) {
        bool const no_precision = !s.precision, no_parallel = !s.parallel;
        fill(s.model, given_.model, "model");
        fill(s.gpu, given_.gpu, "GPU");
        fill(s.engine, given_.engine, "engine");
        if (no_precision) s.precision = given_.precision;
        if (no_parallel) s.parallel = given_.parallel;
        if (given_.precision) used_["precision"] |= no_precision;
        if (given_.parallel) used_["parallelism"] |= no_parallel;
        if (!s.kv_tokens) s.kv_tokens = given_.kv_tokens;
        if (!s.max_sequences) s.max_sequences = given_.max_sequences;
        if (!s.token_budget) s.token_budget = given_.token_budget;
    }

    /// \throws InputError for a default that no row needed: whoever gave it believes the rows to be of something else
    void check_used() const {
        std::string text;
        for (auto const& [what, used] : used_)
            if (!used) text += fmt::format("error: the {} given is of no row: all say theirs (leave it out)\n", what);
        if (!text.empty()) throw InputError(text);
    }

private:
    void fill(std::string& own, std::string const& given, char const* what) {
        if (given.empty()) return;
        used_[what] |= own.empty();
        if (own.empty()) own = given;
    }

    Setup const& given_;
    std::map<std::string, bool> used_;
};

/// Names of the catalogue instead of a file's own: rows of one engine are found whatever tools call it.
void canonicalise(Setup& s, Catalogue const& catalogue) {
    auto const rename = [](std::string& name, auto const& found) {
        if (auto const* const* entry = std::get_if<0>(&found)) name = (*entry)->name;
    };
    rename(s.model, find_model(catalogue, s.model));
    rename(s.gpu, find_gpu(catalogue, s.gpu));
    s.engine = engine_class(catalogue, s.engine);
}

HardwareFacts facts_of(Catalogue const& catalogue) {
    return [&catalogue](Setup const& s) -> std::optional<SetupFacts> {
        auto const model = find_model(catalogue, s.model);
        auto const gpu = find_gpu(catalogue, s.gpu);
        if (!s.precision || model.index() != 0 || gpu.index() != 0) return std::nullopt;
        Replica r;
        r.model = *std::get<0>(model);
        r.gpu = *std::get<0>(gpu);
        r.precision = *s.precision;
        r.parallel = s.parallel.value_or(Parallelism{});
        if (r.gpu.link_bytes_per_s <= 0 || r.gpu.network_bytes_per_s <= 0) return std::nullopt;
        StepParameters datasheet;
        datasheet.memory = 1;
        auto const t = step_terms(r, datasheet);
        return SetupFacts{active_parameters(r.model), r.parallel.gpus() * peak_flops(r.gpu, r.precision),
                          t.weights + t.experts * expert_coverage(r, 1)};
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
    Defaults given{defaults};
    for (auto& row : all.rows) {
        given.complete(row.setup);
        canonicalise(row.setup, catalogue);
    }
    if (!all.rows.empty()) given.check_used();
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
