#include "benchmark/details.h"
#include "benchmark/json_text.h"
#include "benchmark/row.h"

namespace runrate {
namespace {

// `python -m sglang.bench_serving --output-file`, one line per run, as of SGLang 0.4 to 0.5. Newer ones add what the
// server says of itself as `server_info`, and `--output-details` lists of requests.

bool recognises(BenchmarkJson const& document) {
    auto const& run = document.value;
    return run.is_object() && run.contains("total_output_tokens") && run.contains("completed") &&
           (run.contains("mean_e2e_latency_ms") || run.contains("total_output_tokens_retokenized"));
}

Setup setup_of(Json const& run) {
    auto const& server = below(run, {"server_info"});
    Setup setup;
    setup.model = first_text(run, {"model", "model_id"});
    if (setup.model.empty()) setup.model = first_text(server, {"served_model_name", "model_path"});
    setup.gpu = first_text(run, {"gpu"});
    auto const backend = text_of(run, "backend");
    setup.engine = backend.starts_with("vllm") ? "vllm" : backend.starts_with("trt") ? "trtllm" : "sglang";
    setup.engine_version = first_text(server, {"version"});
    setup.precision =
        weights_precision(first_text(server, {"quantization"}), setup.model, first_text(server, {"dtype"}));
    setup.parallel = parallelism({number(server, "tp_size")}, {number(server, "pp_size")}, {number(server, "dp_size")},
                                 {number(server, "ep_size")});
    if (auto const kv = whole(number(server, "max_total_num_tokens").value_or(0)); kv > 0) setup.kv_tokens = kv;
    auto const most = number(server, "max_running_requests").value_or(0);
    if (most >= 1 && most <= 1e6) setup.max_sequences = static_cast<int>(most);
    if (auto const chunk = whole(number(server, "chunked_prefill_size").value_or(0)); chunk > 0)
        setup.token_budget = chunk;
    return setup;
}

/// Random lengths are uniform from `random_range_ratio` of nominal up; the mean says what nominal was.
void set_lengths(Json const& run, double completed, Measurement& row) {
    row.prompt_tokens = number(run, "total_input_tokens").value_or(0) / completed;
    row.output_tokens = number(run, "total_output_tokens").value_or(0) / completed;
    auto const share = number(run, "random_range_ratio");
    if (!text_of(run, "dataset_name").starts_with("random") || !share || !(*share >= 0 && *share <= 1)) return;
    row.shortest_share = *share;
    row.prompt_tokens *= 2 / (1 + *share);
    row.output_tokens *= 2 / (1 + *share);
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
    // Tokens that a plain run decodes one by one arrive several at a time.
    if (number(run, "accept_length").value_or(0) > 1.01) return skip(row, "speculative decoding", into);
    set_lengths(run, completed, row);
    row.ttft_s = from_ms(number(run, "mean_ttft_ms"));
    row.tpot_s = from_ms(number(run, "mean_tpot_ms"));
    row.e2e_s = from_ms(number(run, "mean_e2e_latency_ms"));
    row.output_tokens_per_s = number(run, "output_throughput");
    set_load({number(run, "request_rate"), number(run, "max_concurrency"), number(run, "request_throughput")}, row);
    keep_row(std::move(row), into);
}

}  // namespace

JsonFormat const sglang_format{"SGLang bench_serving", recognises, read};

}  // namespace runrate
