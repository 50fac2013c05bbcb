#pragma once

#include <memory>

#include "serving/bound.h"
#include "serving/build.h"

namespace runrate {

inline LawSpec around(double mean, double cv) {
    return law(Family::lognormal, {{Parameter::mean, mean}, {Parameter::cv, cv}});
}

/// Something of everything: loops, branches, an agent, retrieval, compaction, caches, retries, laws.
inline Case everything() {
    auto asked = call(planner, 0);
    asked.user = around(90, 1);
    asked.output = around(80, 0.6);
    auto again = call(planner, 0);
    again.output = around(80, 0.6);
    again.reasoning = around(200, 1);
    auto answer = call(answerer, 0);
    answer.output = around(350, 0.8);
    answer.cap = Number{900};
    auto search = retrieve(3, 0);
    search.chunk = around(300, 0.4);
    search.embed = embedder;
    search.rerank = reranker;
    auto research = agent(1800, 60, 0, steps(again, tool(300, 20)), 120);
    research.times = law(Family::geometric, {{Parameter::mean, 3}}, 1);
    ParallelStep const fork{{steps(tool(700, 2), again), steps(search), {step(research, 0.4)}}};
    RepeatStep const loop{Number{0.5}, 5, steps(again, tool(150, 1))};
    Case c{{step(asked), step(fork), step(loop), step(answer)}};
    c.session.turns = law(Family::geometric, {{Parameter::mean, 6}}, 1);
    c.session.think = around(240, 1.5);
    c.workflow.context.system = Number{1200};
    c.workflow.context.tools = Number{400};
    c.workflow.context.history = History::full;
    c.workflow.context.compact = Compaction{Number{9000}, Number{1500}, summariser};
    c.workflow.context.limit = Number{9500};
    c.workflow.context.cache_lifetime_s = 300;
    for (auto& target : c.targets) target.cache = {CacheRule::Kind::automatic, Tokens{1024}, Tokens{128}, 300, false};
    c.target(answerer).cache = {CacheRule::Kind::explicit_, Tokens{1024}, Tokens{1}, 300, true};
    for (auto& target : c.targets) target.ttft_s = around(1, 0.5);
    return c;
}

/// A case, lowered and bound to a world without beliefs.
struct Bound {
    std::shared_ptr<FeatureProgram const> program;
    BoundProgram bound;

    explicit Bound(Case const& c)
        : program{lower(c.session, c.workflow, c.option, c.gateway, c.targets, role_names)},
          bound{bind(*program, {})} {}
};

}  // namespace runrate
