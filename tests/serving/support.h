#pragma once

#include "serving/build.h"

namespace runrate {

inline LawSpec lognormal_of(double median, double p95) {
    return law(Family::lognormal, {{Parameter::median, median}, {Parameter::p95, p95}});
}

inline LawSpec lognormal_about(double mean, double cv) {
    return law(Family::lognormal, {{Parameter::mean, mean}, {Parameter::cv, cv}});
}

/// Targets as vendors are: random first tokens and speeds, few errors, automatic caches.
inline TargetSpec vendor_model() {
    TargetSpec target;
    target.errors = Number{0.01};
    target.timeouts = Number{0.001};
    target.ttft_s = lognormal_of(0.7, 2.5);
    target.speed = lognormal_of(90, 160);
    target.cache = {.kind = CacheRule::Kind::automatic, .minimum = Tokens{1024}};
    return target;
}

inline Steps support_steps() {
    auto plan = call(planner, 0);
    plan.output = lognormal_about(80, 0.6);
    auto first = plan;
    first.user = lognormal_of(60, 300);
    auto answer = call(answerer, 0);
    answer.output = lognormal_about(350, 0.8);
    answer.cap = Number{1500};
    ToolStep lookup = tool(700);
    lookup.time = lognormal_of(0.8, 4);
    auto kb = retrieve(5, 400);
    kb.embed = embedder;
    kb.rerank = reranker;
    auto body = steps(first, ParallelStep{{steps(lookup), steps(kb)}}, RepeatStep{Number{0.35}, 4, steps(plan)});
    body.push_back(step(call(spare, 60), 0.3));  // the reviewer
    body.push_back(step(answer));
    return body;
}

/// The support assistant of the examples, about 40 calls a session: what laws and speed are shown on.
inline Case support_assistant() {
    Case c{support_steps()};
    c.session.turns = law(Family::geometric, {{Parameter::mean, 10}}, 1);
    c.session.think = lognormal_of(45, 240);
    auto& context = c.workflow.context;
    context.system = Number{1200};
    context.tools = Number{800};
    context.cache_lifetime_s = 300;
    context.compact = Compaction{Number{60'000}, Number{8'000}, summariser};
    c.gateway.semantic_cache = SemanticCacheSpec{{answerer}, Number{0.2}, Number{0.02}, embedder};
    c.gateway.retry = {.attempts = 3,
                       .backoff_s = Number{1},
                       .factor = Number{2},
                       .longest_s = Number{30},
                       .jitter = Number{0.25},
                       .budget = Number{0.1}};
    for (auto& target : c.targets) target = vendor_model();
    c.target(answerer).cache = {
        .kind = CacheRule::Kind::explicit_, .minimum = Tokens{1024}, .lifetime_s = 300, .charges_writes = true};
    return c;
}

}  // namespace runrate
