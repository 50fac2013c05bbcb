#include <fmt/format.h>

#include "benchmark/details.h"
#include "benchmark/json_text.h"
#include "benchmark/row.h"

namespace runrate {
namespace {

// `guidellm benchmark --output-path x.json`, versions 0.2 and 0.3 (`args`, `run_stats`, `worker`) and 0.4 to 0.5
// (`config`, `scheduler_metrics`). Their time per output token counts the first; inter-token latency does not.

bool recognises(BenchmarkJson const& document) {
    auto const& runs = below(document.value, {"benchmarks"});
    return runs.is_array() && !runs.empty() && below(runs[0], {"metrics", "request_latency"}).is_object();
}

std::optional<double> mean(Json const& run, std::string_view metric) {
    return number(below(run, {"metrics", metric, "successful", "mean"}));
}

Json const& either(Json const& one, Json const& other) { return one.is_null() ? other : one; }

Setup setup_of(Json const& run, Json const& file) {
    Setup setup;
    setup.model = text_of(below(run, {"config", "backend"}), "model");
    if (setup.model.empty()) setup.model = text_of(below(run, {"worker"}), "backend_model");
    if (setup.model.empty()) setup.model = text_of(below(file, {"args"}), "model");
    return setup;
}

/// Gaps of a constant rate are all equal: a gamma law of so large a shape.
constexpr double even_gaps = 1000;

void set_strategy(Json const& strategy, std::optional<double> achieved, Measurement& row) {
    auto const kind = text_of(strategy, "type_");
    ToolLoad load{number(strategy, "rate"), std::nullopt, achieved};
    if (kind == "synchronous") load.concurrency = 1;
    if (kind == "concurrent") load.concurrency = number(strategy, "streams");
    if (kind == "constant" || kind == "async") row.burstiness = even_gaps;
    set_load(load, row);
}

void read_run(Json const& run, Json const& file, std::string where, Benchmarks& into) {
    Measurement row;
    row.where = std::move(where);
    row.setup = setup_of(run, file);
    auto const& stats = either(below(run, {"scheduler_metrics"}), below(run, {"run_stats"}));
    row.date = iso_date(number(stats, "start_time").value_or(0));
    auto const& made = below(stats, {"requests_made"});
    auto const completed = number(made, "successful").value_or(1);
    auto const failed = number(made, "errored").value_or(0);
    row.requests = whole(completed + failed + number(made, "incomplete").value_or(0));
    if (skip_failed(row, completed, failed, into)) return;
    row.prompt_tokens = mean(run, "prompt_token_count").value_or(0);
    row.output_tokens = mean(run, "output_token_count").value_or(0);
    row.ttft_s = from_ms(mean(run, "time_to_first_token_ms"));
    row.tpot_s = from_ms(mean(run, "inter_token_latency_ms"));
    row.e2e_s = mean(run, "request_latency");
    row.output_tokens_per_s = mean(run, "output_tokens_per_second");
    auto const& strategy = either(below(run, {"config", "strategy"}), below(run, {"args", "strategy"}));
    if (!strategy.is_object()) return skip(row, "no concurrency and no request rate", into);
    set_strategy(strategy, mean(run, "requests_per_second"), row);
    keep_row(std::move(row), into);
}

void read(BenchmarkJson const& document, Benchmarks& into) {
    int n = 0;
    for (auto const& run : document.value["benchmarks"])
        read_run(run, document.value, fmt::format("{}: benchmark {}", document.where, ++n), into);
}

}  // namespace

JsonFormat const guidellm_format{"guidellm", recognises, read};

}  // namespace runrate
