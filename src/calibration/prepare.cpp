#include "calibration/prepare.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "benchmark/read.h"
#include "benchmark/rules.h"
#include "core/diagnostics.h"
#include "hardware/model_shape.h"
#include "hardware/precision.h"
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

Benchmarks read_all(std::vector<std::filesystem::path> const& paths) {
    Benchmarks all;
    for (auto const& path : paths) {
        auto read = read_benchmarks(path);
        std::move(read.rows.begin(), read.rows.end(), std::back_inserter(all.rows));
        std::move(read.skipped.begin(), read.skipped.end(), std::back_inserter(all.skipped));
    }
    return all;
}

void complete(Benchmarks& all, Defaults& given, Catalogue const& catalogue) {
    for (auto& row : all.rows) {
        given.complete(row.setup);
        canonicalise(row.setup, catalogue);
    }
}

Setup setup_of(WantedEngine const& wanted) {
    auto const& r = wanted.replica;
    return {.model = r.model.name,
            .gpu = r.gpu.name,
            .engine = wanted.engine,
            .engine_version = {},
            .precision = r.precision,
            .parallel = r.parallel,
            .kv_tokens = {},
            .max_sequences = {},
            .token_budget = {}};
}

bool same_hardware(Setup const& a, Setup const& b) {
    return a.model == b.model && a.gpu == b.gpu && a.precision == b.precision &&
           a.parallel.value_or(Parallelism{}) == b.parallel.value_or(Parallelism{});
}

std::string text_of(Setup const& s) {
    auto const precision = s.precision ? name_of(*s.precision) : "any precision";
    return fmt::format("{} {} {} {} {}", s.model, s.gpu, precision, s.engine,
                       parallel_text(s.parallel.value_or(Parallelism{})));
}

/// The engines that share the most names with the one that no row is of.
std::string nearest_engines(Setup const& w, std::vector<Measurement> const& rows) {
    constexpr std::size_t most = 6;
    auto const alike = [&](Setup const& s) {
        return s.model != w.model ? 0 : 1 + (s.gpu == w.gpu) + (s.precision == w.precision) + (s.engine == w.engine);
    };
    std::map<std::string, int> engines;
    for (auto const& row : rows)
        if (int const n = alike(row.setup); n > 0) engines.emplace(text_of(row.setup), n);
    std::vector<std::pair<int, std::string>> ranked;
    for (auto const& [name, n] : engines) ranked.emplace_back(-n, name);
    std::sort(ranked.begin(), ranked.end());
    if (ranked.empty()) return fmt::format("no row is of {}\n", w.model);
    std::string text = fmt::format("rows of {} are of:\n", w.model);
    for (std::size_t i = 0; i < std::min(ranked.size(), most); ++i) text += "  " + ranked[i].second + "\n";
    return text + (ranked.size() > most ? fmt::format("  and {} more\n", ranked.size() - most) : "");
}

/// \throws InputError where nothing is left, with the engines that come nearest
void keep_only(WantedEngine const& wanted, Setup const& setup, Benchmarks& all) {
    std::vector<Measurement> kept;
    for (auto const& row : all.rows) {
        if (same_hardware(row.setup, setup) && (wanted.any_engine || row.setup.engine == setup.engine))
            kept.push_back(row);
        else
            all.skipped.push_back({row.where, fmt::format("of another engine than {}", wanted.name), ""});
    }
    if (kept.empty() && !all.rows.empty())
        throw InputError(fmt::format("error: no row is of {} ({}); {}", wanted.name, text_of(setup),
                                     nearest_engines(setup, all.rows)));
    all.rows = std::move(kept);
}

/// Why rows were skipped: each rule with how often it was and its first row.
std::string reasons_of(std::vector<SkippedRow> const& skipped) {
    std::map<std::string, std::pair<std::size_t, SkippedRow const*>> by_rule;
    for (auto const& s : skipped) {
        auto& [rows, first] = by_rule[s.rule];
        if (rows++ == 0) first = &s;
    }
    std::string text;
    for (auto const& [rule, counted] : by_rule) {
        auto const& [rows, first] = counted;
        auto const detail = first->detail.empty() ? "" : " (" + first->detail + ")";
        auto const more = rows == 1 ? "" : fmt::format(" and {} more", rows - 1);
        text += fmt::format("  {}{}: {}{}\n", first->where, more, rule, detail);
    }
    return text;
}

Prepared prepared(Benchmarks all, Catalogue const& catalogue, Replica const* configured = nullptr) {
    apply_general_rules(all, facts_of(catalogue));
    Prepared p;
    p.skipped = std::move(all.skipped);
    p.set = make_study_set(all.rows, catalogue, p.skipped, configured);
    p.sources = sources_of(p.set);
    if (!p.set.rows.empty()) return p;
    throw InputError("error: no row can be used\n" + reasons_of(p.skipped));
}

}  // namespace

Prepared prepare(std::vector<std::filesystem::path> const& paths, Setup const& defaults, Catalogue const& catalogue) {
    auto all = read_all(paths);
    Defaults given{defaults};
    complete(all, given, catalogue);
    if (!all.rows.empty()) given.check_used();
    return prepared(std::move(all), catalogue);
}

Prepared prepare_rows_of(WantedEngine const& wanted, std::vector<std::filesystem::path> const& paths,
                         Catalogue const& catalogue) {
    auto all = read_all(paths);
    auto const setup = setup_of(wanted);
    Defaults given{setup};
    complete(all, given, catalogue);
    keep_only(wanted, setup, all);
    return prepared(std::move(all), catalogue, wanted.any_engine ? nullptr : &wanted.replica);
}

}  // namespace runrate
