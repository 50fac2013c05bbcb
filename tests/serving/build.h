#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "serving/simulate.h"

namespace runrate {

// Sessions to be counted by hand: the n-th role is served by the n-th target, all lengths are constant, nothing is
// cached and no call takes time unless a test says so.

inline constexpr RoleId planner{0}, answerer{1}, summariser{2}, embedder{3}, reranker{4}, spare{5};
inline constexpr std::size_t role_count = 6;
inline std::vector<std::string> const role_names{"planner", "answerer", "summariser", "embedder", "reranker", "spare"};

inline LawSpec exactly(double value) { return LawSpec::constant(Number{value}); }

inline LawSpec law(Family family, std::vector<std::pair<Parameter, double>> const& parameters, int from = 0) {
    LawSpec spec{.family = family};
    for (auto const& [parameter, value] : parameters) spec.parameters.emplace_back(parameter, Number{value});
    spec.from = from;
    return spec;
}

inline CallStep call(RoleId role, double output) { return {role, {}, exactly(output), {}, {}, {}, {}}; }

inline CallStep call_with_user(RoleId role, double user, double output) {
    auto step = call(role, output);
    step.user = exactly(user);
    return step;
}

inline ToolStep tool(double result, double seconds = 0) { return {"tool", exactly(seconds), exactly(result)}; }

inline RetrieveStep retrieve(double chunks, double chunk) {
    RetrieveStep step;
    step.chunks = Number{chunks};
    step.chunk = exactly(chunk);
    return step;
}

inline RepeatStep repeat(double times, Steps body) { return {exactly(times), {}, std::move(body)}; }

inline RetrySpec up_to(int attempts) {
    RetrySpec retry;
    retry.attempts = attempts;
    return retry;
}

template <class What>
Step step(What what, double probability = 1) {
    return {Number{probability}, std::move(what)};
}

/// Steps that happen for certain, in this order.
template <class... What>
Steps steps(What... what) {
    Steps all;
    (all.push_back(step(std::move(what))), ...);
    return all;
}

inline AgentStep agent(double system, double task, double times, Steps body, double result) {
    AgentStep a;
    a.name = "agent";
    a.context.system = Number{system};
    a.task = exactly(task);
    a.times = exactly(times);
    a.body = std::move(body);
    a.result = exactly(result);
    return a;
}

/// A feature under one option, and what it uses.
struct Case {
    SessionSpec session;
    Workflow workflow;
    OptionBehaviour option;
    GatewaySpec gateway;
    std::vector<TargetSpec> targets;

    explicit Case(Steps body = {}, double turns = 1) {
        workflow.name = "workflow";
        workflow.steps = std::move(body);
        session.turns = exactly(turns);
        option.adjustments.resize(role_count);
        targets.resize(role_count);
        for (std::size_t i = 0; i < role_count; ++i) option.routes.emplace_back(Route{TargetId{i}});
    }

    TargetSpec& target(RoleId role) { return targets[role.index()]; }

    [[nodiscard]] FeatureUsage run(std::size_t sessions = 3, std::uint64_t seed = 7, std::uint32_t world = 0,
                                   BeliefValues beliefs = {}) const {
        auto const program = lower(session, workflow, option, gateway, targets, role_names);
        return simulate(*program, beliefs,
                        {.seed = seed, .world = world, .feature = FeatureId{0}, .sessions = sessions});
    }
};

/// Mean per session of a role's meter, over its targets.
inline double count(FeatureUsage const& usage, RoleId role, Meter meter) {
    double sum = 0;
    for (std::size_t k = 0; k < usage.keys.size(); ++k) {
        if (usage.keys[k].role == role) sum += usage.mean[k][static_cast<std::size_t>(meter)];
    }
    return sum;
}

/// The same of one target, whichever role asks.
inline double count(FeatureUsage const& usage, TargetId target, Meter meter) {
    double sum = 0;
    for (std::size_t k = 0; k < usage.keys.size(); ++k) {
        if (usage.keys[k].target == target) sum += usage.mean[k][static_cast<std::size_t>(meter)];
    }
    return sum;
}

/// Prompt tokens of a role or a target, however billed.
template <class Id>
double prompts(FeatureUsage const& usage, Id of) {
    return count(usage, of, Meter::input) + count(usage, of, Meter::cache_read) +
           count(usage, of, Meter::cache_write_5m) + count(usage, of, Meter::cache_write_1h);
}

inline double cause(FeatureUsage const& usage, RoleId role, Cause of) {
    return usage.roles[role.index()].causes[static_cast<std::size_t>(of)];
}

/// Standard error of a mean of the sum of two meters of the first usage key.
inline double standard_error(FeatureUsage const& usage, Meter a, Meter b) {
    auto const width = usage.keys.size() * meter_count;
    auto const cov = [&](Meter x, Meter y) {
        return usage.covariance[static_cast<std::size_t>(x) * width + static_cast<std::size_t>(y)];
    };
    double const variance = a == b ? cov(a, a) : cov(a, a) + cov(b, b) + 2 * cov(a, b);
    return std::sqrt(variance / static_cast<double>(usage.sessions));
}

}  // namespace runrate
