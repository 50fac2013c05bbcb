// The main job as users run it. Compare ratios, not seconds: machines differ.

#include <benchmark/benchmark.h>

#include "runrate/study.h"

namespace runrate {
namespace {

LoadedScenario load(char const* name, std::vector<std::string> sets = {}) {
    std::string const root = RUNRATE_SOURCE_DIR;
    return load_scenario({root + "/scenarios/" + name, {}, std::move(sets), {root + "/calibration/prices"}});
}

/// 12 months, 3 scales, an API, a pool of one's own and both together, 256 worlds; the argument is the number of
/// threads.
void main_job(benchmark::State& state) {
    auto const loaded = load("support-assistant.yaml", {"calendar.months=12"});
    StudySettings settings;
    settings.threads = static_cast<unsigned>(state.range(0));
    settings.options = {"api", "self-host", "hybrid"};
    for (auto _ : state) benchmark::DoNotOptimize(run(*loaded.scenario, settings));
}
BENCHMARK(main_job)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

/// 24 months, 3 scales, an API option, 256 worlds; the argument is the number of threads.
void support_assistant(benchmark::State& state) {
    auto const loaded = load("support-assistant.yaml");
    StudySettings settings;
    settings.threads = static_cast<unsigned>(state.range(0));
    settings.options = {"api"};
    for (auto _ : state) benchmark::DoNotOptimize(run(*loaded.scenario, settings));
}
BENCHMARK(support_assistant)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

void coding_agent(benchmark::State& state) {
    auto const loaded = load("coding-agent.yaml");
    StudySettings settings;
    settings.threads = 2;
    for (auto _ : state) benchmark::DoNotOptimize(run(*loaded.scenario, settings));
}
BENCHMARK(coding_agent)->Unit(benchmark::kMillisecond)->UseRealTime();

void read_scenario(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(load("support-assistant.yaml"));
}
BENCHMARK(read_scenario)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace runrate
