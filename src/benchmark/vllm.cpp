#include "benchmark/details.h"
#include "benchmark/json_text.h"
#include "benchmark/row.h"

namespace runrate {
namespace {

// `vllm bench serve --save-result`, as of vLLM 0.6 to 0.19; before 0.9 it was benchmark_serving.py. Lengths and times
// of requests come with --save-detailed, their starts since 0.11.

bool recognises(BenchmarkJson const& document) {
    auto const& run = document.value;
    return run.is_object() && run.contains("model_id") && run.contains("total_output_tokens") &&
           (run.contains("num_prompts") || run.contains("request_throughput"));
}

/// What the tool does not know of the server, `--metadata KEY=VALUE` may say.
Setup setup_of(Json const& run) {
    Setup setup;
    setup.model = text_of(run, "model_id");
    setup.gpu = first_text(run, {"gpu", "hardware", "device"});
    setup.engine = first_text(run, {"engine"});
    auto const backend = text_of(run, "backend");
    if (setup.engine.empty())
        setup.engine = backend.starts_with("sglang") ? "sglang" : backend.starts_with("tensorrt") ? "trtllm" : "vllm";
    setup.engine_version = first_text(run, {"vllm_version", "engine_version", "version"});
    setup.precision =
        weights_precision(first_text(run, {"precision", "quantization"}), setup.model, first_text(run, {"dtype"}));
    setup.parallel = parallelism({number(run, "tp"), number(run, "tensor_parallel_size")},
                                 {number(run, "pp"), number(run, "pipeline_parallel_size")},
                                 {number(run, "dp"), number(run, "data_parallel_size")}, {number(run, "ep")});
    return setup;
}

void read(BenchmarkJson const& document, Benchmarks& into) {
    auto const& run = document.value;
    Measurement row;
    row.where = document.where;
    row.setup = setup_of(run);
    row.date = iso_date(text_of(run, "date"));
    auto const completed = number(run, "completed").value_or(0);
    auto const sent = number(run, "num_prompts").value_or(completed);
    row.requests = whole(sent);
    if (skip_failed(row, completed, sent - completed, into)) return;
    if (run.contains("spec_decode_acceptance_rate")) return skip(row, "speculative decoding", into);
    if (run.contains("ramp_up_strategy")) return skip(row, "the request rate ramps up", into);
    row.prompt_tokens = number(run, "total_input_tokens").value_or(0) / completed;
    row.output_tokens = number(run, "total_output_tokens").value_or(0) / completed;
    row.burstiness = number(run, "burstiness").value_or(1);
    row.ttft_s = from_ms(number(run, "mean_ttft_ms"));
    row.tpot_s = from_ms(number(run, "mean_tpot_ms"));
    row.e2e_s = from_ms(number(run, "mean_e2el_ms"));
    row.output_tokens_per_s = number(run, "output_throughput");
    take_details(run, row);
    set_load({number(run, "request_rate"), number(run, "max_concurrency"), number(run, "request_throughput")}, row);
    // Arrivals of an open loop do not depend on the engine: the log repeats them, and the lengths.
    if (row.protocol == Protocol::open_loop && !row.log.empty()) row.protocol = Protocol::request_log;
    keep_row(std::move(row), into);
}

}  // namespace

JsonFormat const vllm_format{"vllm bench serve", recognises, read};

}  // namespace runrate
