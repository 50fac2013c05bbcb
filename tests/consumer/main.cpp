// What a program does that uses the installed library: read, run, take rows.

#include <array>
#include <iostream>

#include <runrate/engine.h>
#include <runrate/study.h>
#include <runrate/version.h>

namespace {

/// One small model on one GPU, without a catalogue.
runrate::Replica replica() {
    runrate::Replica r;
    r.model = {.name = "small",
               .layers = 16,
               .hidden = 2048,
               .heads = 32,
               .kv_heads = 8,
               .head_dim = 64,
               .intermediate = 8192,
               .vocabulary = 128256};
    r.gpu = {.name = "gpu", .memory_bytes = 80e9, .memory_bytes_per_s = 2e12, .bf16_flops = 300e12};
    return r;
}

/// Serves two requests and prints how long they took.
bool serves() {
    std::array<runrate::EngineRequest, 2> const requests{{{.arrival = {}, .prompt_tokens = 1000, .output_tokens = 10},
                                                          {.arrival = {}, .prompt_tokens = 10, .output_tokens = 1}}};
    auto const outcomes = runrate::serve(requests, replica(), runrate::StepParameters{});
    for (auto const& o : outcomes)
        std::cout << o.request << ' ' << std::chrono::duration<double>(o.finished).count() << " s\n";
    auto const decode = runrate::step_time({.decodes = 1, .context = 1000}, replica(), runrate::StepParameters{});
    return outcomes.size() == 2 && outcomes[0].finished > outcomes[1].finished && decode > 0;
}

/// Fits a replica to what was measured of it.
bool fits() {
    std::array<runrate::MeasuredLoad, 2> const loads{
        {{.concurrency = 1, .prompt_tokens = 500, .output_tokens = 100, .ttft_s = 0.05, .tpot_s = 0.004},
         {.concurrency = 16, .prompt_tokens = 500, .output_tokens = 100, .ttft_s = 0.2, .tpot_s = 0.006}}};
    auto const fitted = runrate::fit(loads, replica());
    std::cout << "memory " << fitted.parameters.memory << " of the datasheet's bandwidth\n";
    return fitted.low.memory <= fitted.parameters.memory && fitted.predicted.size() == 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 || !serves() || !fits()) return 2;
    auto const loaded = runrate::load_scenario({argv[1], {}, {}, {argv[2]}});
    runrate::StudySettings settings;
    settings.worlds = 64;
    auto const study = runrate::run(*loaded.scenario, settings);
    for (auto const& row : study.result.cost) {
        if (row.period == "horizon" && row.view == "accrual")
            std::cout << row.option << ' ' << row.scale << ' ' << row.mean->millionths << '\n';
    }
    std::cout << runrate::version() << '\n';
    return study.result.cost.empty() ? 1 : 0;
}
