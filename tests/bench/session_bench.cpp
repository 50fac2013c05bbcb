// Sessions without an engine: items are calls.

#include <benchmark/benchmark.h>

#include "serving/support.h"

namespace runrate {
namespace {

/// One world each time, as the main job asks for them.
void simulate_worlds(benchmark::State& state, Case const& c) {
    auto const program = lower(c.session, c.workflow, c.option, c.gateway, c.targets, role_names);
    Sample sample{.seed = 1, .world = 0, .feature = FeatureId{0}, .sessions = 400};
    double calls = 0;
    for (auto _ : state) {
        calls += simulate(*program, {}, sample).calls * static_cast<double>(sample.sessions);
        ++sample.world;
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(calls));
}

void support(benchmark::State& state) { simulate_worlds(state, support_assistant()); }
BENCHMARK(support);

/// A coding agent: one long turn of a growing context, thoughts and tools.
void coding_agent(benchmark::State& state) {
    auto code = call(planner, 0);
    code.output = lognormal_about(180, 1);
    code.reasoning = lognormal_about(120, 1.5);
    ToolStep edit = tool(0);
    edit.time = lognormal_of(1.5, 45);
    edit.result = lognormal_about(600, 2);
    Case c{steps(RepeatStep{law(Family::geometric, {{Parameter::mean, 50}}), 280, steps(code, edit)})};
    c.workflow.context.system = Number{20'000};
    c.workflow.context.history = History::full;
    c.workflow.context.compact = Compaction{Number{150'000}, Number{20'000}, summariser};
    for (auto& target : c.targets) target = vendor_model();
    simulate_worlds(state, c);
}
BENCHMARK(coding_agent);

}  // namespace
}  // namespace runrate
