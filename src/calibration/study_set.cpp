#include "calibration/study_set.h"

#include <map>
#include <stdexcept>
#include <variant>

#include <fmt/format.h>

#include "catalogue/make_replica.h"
#include "engine/check_replica.h"
#include "engine/replica_engine.h"
#include "hardware/memory.h"
#include "hardware/precision.h"

namespace runrate {
namespace {

/// What a row must say and does not, and the option that says it for all rows; empty: nothing.
std::string unsaid(Setup const& s) {
    std::vector<std::string> missing;
    if (s.model.empty()) missing.emplace_back("the model (--model)");
    if (s.gpu.empty()) missing.emplace_back("the GPU (--gpu)");
    if (!s.precision) missing.emplace_back("the precision (--precision)");
    if (s.engine.empty()) missing.emplace_back("the engine (--engine)");
    return missing.empty() ? "" : fmt::format("does not say {}", fmt::join(missing, ", "));
}

/// What a benchmark's row was measured on, or why that is not known.
std::variant<Replica, std::string> replica_of(Measurement const& m, Catalogue const& catalogue,
                                              Replica const* configured) {
    auto const& s = m.setup;
    if (auto missing = unsaid(s); !missing.empty()) return missing;
    auto made = make_replica(catalogue, {.model = s.model,
                                         .gpu = s.gpu,
                                         .engine = manner_of(catalogue, s.engine),
                                         .precision = s.precision,
                                         .parallel = s.parallel.value_or(Parallelism{})});
    auto* replica = std::get_if<Replica>(&made);
    if (!replica) return made;
    if (configured) *replica = *configured;
    if (s.max_sequences) replica->engine.max_sequences = *s.max_sequences;
    if (s.token_budget) replica->engine.token_budget = *s.token_budget;
    if (s.kv_tokens) replica->kv_tokens = s.kv_tokens;
    try {
        kv_capacity_tokens(checked(*replica));
    } catch (std::invalid_argument const& e) { return std::string{e.what()}; }
    return made;
}

/// What tells engines apart: names, and limits of their configuration.
std::string key_of(Measurement const& m, Replica const& r) {
    return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}", r.model.name, r.gpu.name, name_of(r.precision), m.setup.engine,
                       parallel_text(r.parallel), r.kv_tokens.value_or(0), r.engine.max_sequences,
                       r.engine.token_budget);
}

}  // namespace

std::string parallel_text(Parallelism const& p) {
    auto text = fmt::format("tp{}", p.tensor);
    if (p.pipeline > 1) text += fmt::format(" pp{}", p.pipeline);
    if (p.data > 1) text += fmt::format(" dp{}", p.data);
    if (p.expert > 1) text += fmt::format(" ep{}", p.expert);
    return text;
}

Combination combination_of(Replica replica, std::string const& engine) {
    Combination c;
    c.engine = engine;
    c.family = fmt::format("{} {} {} {}", replica.model.name, replica.gpu.name, name_of(replica.precision), engine);
    c.name = c.family + " " + parallel_text(replica.parallel);
    c.coverage = std::make_shared<ExpertCoverage const>(replica, most_tokens_of_iteration(replica));
    c.replica = std::move(replica);
    return c;
}

StudySet make_study_set(std::vector<Measurement> const& rows, Catalogue const& catalogue,
                        std::vector<SkippedRow>& skipped, Replica const* configured) {
    StudySet set;
    std::map<std::string, std::size_t> known;
    for (auto const& m : rows) {
        auto replica = replica_of(m, catalogue, configured);
        if (auto const* why = std::get_if<std::string>(&replica)) {
            skipped.push_back({m.where, *why, ""});
            continue;
        }
        auto const& r = std::get<Replica>(replica);
        if (!can_hold(r, m)) {
            skipped.push_back({m.where, "its requests exceed the KV cache or the context", ""});
            continue;
        }
        auto const [at, fresh] = known.try_emplace(key_of(m, r), set.combinations.size());
        if (fresh) set.combinations.push_back(combination_of(r, m.setup.engine));
        set.combinations[at->second].rows.push_back(set.rows.size());
        set.combination_of.push_back(at->second);
        set.rows.push_back(m);
        set.seen.push_back(measured(m));
    }
    return set;
}

}  // namespace runrate
