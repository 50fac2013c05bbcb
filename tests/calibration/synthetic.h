#pragma once

#include "calibration/combination.h"
#include "engine/build.h"
#include "engine/replica_engine.h"

namespace runrate {

inline Measurement closed_loop_row(double concurrency, double prompt, double output) {
    Measurement m;
    m.protocol = Protocol::closed_loop;
    m.concurrency = concurrency;
    m.prompt_tokens = prompt;
    m.output_tokens = output;
    m.shortest_share = 0.8;
    return m;
}

using Levels = std::vector<double>;

inline void add_combination(StudySet& set, ModelShape const& model, Precision precision, int tensor,
                            std::string const& engine, Levels const& levels = {1, 4, 16, 64}) {
    Combination c;
    c.replica = small_replica(engine == "trtllm" ? Prefill::whole : Prefill::chunks);
    c.replica.engine.token_budget = 8192;
    c.replica.model = model;
    c.replica.precision = precision;
    c.replica.parallel.tensor = tensor;
    c.replica.kv_tokens = 400000;
    c.engine = engine;
    c.family = model.name + " " + engine;
    c.name = c.family + " tp" + std::to_string(tensor);
    c.coverage = std::make_shared<ExpertCoverage const>(c.replica, most_tokens_of_iteration(c.replica));
    for (double const concurrency : levels) {
        for (auto const& [prompt, output] : {std::pair{1024, 1024}, {1024, 128}, {8192, 256}}) {
            c.rows.push_back(set.rows.size());
            set.combination_of.push_back(set.combinations.size());
            set.rows.push_back(closed_loop_row(concurrency, prompt, output));
        }
    }
    set.combinations.push_back(c);
}

/// Six engines without figures.
inline StudySet six_engines(Levels const& levels = {1, 4, 16, 64}) {
    StudySet set;
    for (auto const* engine : {"vllm", "trtllm"}) {
        add_combination(set, small_model(), Precision::bf16, 1, engine, levels);
        add_combination(set, big_model(), Precision::fp8, 2, engine, levels);
        add_combination(set, big_model(), Precision::fp8, 8, engine, levels);
    }
    return set;
}

/// Takes what the parameters predict for what was measured.
inline void measure(StudySet& set, std::vector<LogParameters> const& truth) {
    RowMask const all(set.rows.size(), 1);
    set.seen.assign(set.rows.size(), {});
    for (std::size_t i = 0; i < set.combinations.size(); ++i)
        for (auto const& p : predict(set, set.combinations[i], truth[i], all)) {
            set.seen[p.row] = p.stretches;
            for (auto& s : set.seen[p.row]) s.output_tokens_per_s = 0;
        }
}

}  // namespace runrate
