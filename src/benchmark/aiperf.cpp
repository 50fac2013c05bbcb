#include "benchmark/details.h"
#include "benchmark/json_text.h"
#include "benchmark/row.h"

namespace runrate {
namespace {

// `profile_export_aiperf.json` of AIPerf 0.1 to 0.10 and `profile_export_genai_perf.json` of genai-perf 0.0.8 to
// 0.0.16. The configuration has no promised form: each place where a version writes the load is looked at.

bool recognises(BenchmarkJson const& document) {
    auto const& run = document.value;
    return below(run, {"request_latency"}).is_object() && below(run, {"request_throughput"}).is_object() &&
           below(run, {"request_latency"}).contains("avg");
}

std::optional<double> average(Json const& run, std::string_view metric) { return number(below(run, {metric, "avg"})); }

/// Latencies are in milliseconds unless they say otherwise.
std::optional<double> latency(Json const& run, std::string_view metric) {
    auto const value = average(run, metric);
    auto const unit = text_of(below(run, {metric}), "unit");
    if (!value || unit == "s" || unit == "sec") return value;
    if (unit == "us") return *value / 1e6;
    if (unit == "ns") return *value / 1e9;
    return *value / 1000;
}

std::string model_of(Json const& config) {
    for (auto const* list : {&below(config, {"endpoint", "model_names"}), &below(config, {"model_names"}),
                             &below(config, {"model"}), &below(config, {"models", "items"})}) {
        if (!list->is_array() || list->empty()) continue;
        auto const& first = list->front();
        return first.is_string() ? first.get<std::string>() : text_of(first, "name");
    }
    return first_text(config, {"model", "formatted_model_name"});
}

/// Name of the first GPU that telemetry saw.
std::string gpu_of(Json const& run) {
    auto const& endpoints = below(run, {"telemetry_data", "endpoints"});
    if (!endpoints.is_object()) return {};
    for (auto const& endpoint : endpoints) {
        auto const& gpus = below(endpoint, {"gpus"});
        if (!gpus.is_object()) continue;
        for (auto const& gpu : gpus)
            if (auto name = text_of(gpu, "gpu_name"); !name.empty()) return name;
    }
    return {};
}

/// Where a version keeps the load of what it measured.
Json const& load_of(Json const& config) {
    auto const& phases = below(config, {"phases"});
    if (phases.is_array())
        for (auto const& phase : phases)
            if (phase.is_object() && below(phase, {"exclude_from_results"}) != true) return phase;
    for (auto const* place : {&below(config, {"loadgen"}), &below(config, {"perf_analyzer", "stimulus"})})
        if (place->is_object()) return *place;
    return config;
}

void set_tool_load(Json const& load, std::optional<double> achieved, Measurement& row) {
    auto const rate = number(load, "request_rate");
    auto const mode = first_text(load, {"arrival_pattern", "request_rate_mode", "type"});
    if (mode == "constant") row.burstiness = 1000;  // a gamma law whose gaps are all but equal
    if (mode == "gamma") row.burstiness = number(load, "arrival_smoothness").value_or(1);
    set_load({rate ? rate : number(load, "rate"), number(load, "concurrency"), achieved}, row);
}

void read(BenchmarkJson const& document, Benchmarks& into) {
    auto const& run = document.value;
    auto const& config = below(run, {"input_config"});
    Measurement row;
    row.where = document.where;
    row.setup.model = model_of(config);
    row.setup.gpu = gpu_of(run);
    row.date = iso_date(text_of(run, "start_time"));
    auto const completed = average(run, "request_count").value_or(1);
    auto const failed = average(run, "error_request_count").value_or(0);
    row.requests = whole(completed + failed);
    if (skip_failed(row, completed, failed, into)) return;
    row.prompt_tokens = average(run, "input_sequence_length").value_or(0);
    row.output_tokens = average(run, "output_sequence_length").value_or(0);
    row.ttft_s = latency(run, "time_to_first_token");
    row.tpot_s = latency(run, "inter_token_latency");
    row.e2e_s = latency(run, "request_latency");
    row.output_tokens_per_s = average(run, "output_token_throughput");
    set_tool_load(load_of(config), average(run, "request_throughput"), row);
    keep_row(std::move(row), into);
}

}  // namespace

JsonFormat const aiperf_format{"AIPerf", recognises, read};

}  // namespace runrate
