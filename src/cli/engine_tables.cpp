#include "cli/engine_tables.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "calibration/parameters.h"
#include "core/overloaded.h"
#include "hardware/memory.h"
#include "hardware/precision.h"
#include "report/figures.h"

namespace runrate {
namespace {

FlatCell ratio(double part, double whole) { return whole > 0 ? FlatCell{part / whole} : FlatCell{}; }

FlatCell whole(std::int64_t n) { return FlatCell{n}; }
FlatCell yes(bool flag) { return whole(flag ? 1 : 0); }

FlatTable replica_table(EngineResult const& x) {
    auto const& r = x.setup.replica;
    auto const& p = r.parallel;
    auto const& s = r.speculation;
    bool const drafts = s.draft_tokens > 0;
    return {"replica",
            {"model",
             "gpu",
             "engine",
             "precision",
             "kv_bytes_per_number",
             "tensor",
             "pipeline",
             "data",
             "expert",
             "gpus",
             "max_sequences",
             "token_budget",
             "block_tokens",
             "weight_bytes_per_gpu",
             "kv_capacity_tokens",
             "prefix_cache",
             "draft_tokens",
             "acceptance",
             "draft_cost",
             "tokens_per_step"},
            {{text_cell(r.model.name),
              text_cell(r.gpu.name),
              text_cell(r.engine.name),
              text_cell(name_of(r.precision)),
              kv_number_bytes(r),
              whole(p.tensor),
              whole(p.pipeline),
              whole(p.data),
              whole(p.expert),
              whole(p.gpus()),
              whole(r.engine.max_sequences),
              whole(r.engine.token_budget),
              whole(r.engine.block_tokens),
              weight_bytes(r),
              x.report.totals.kv_capacity_tokens,
              yes(r.prefix_cache),
              whole(s.draft_tokens),
              drafts ? FlatCell{s.acceptance} : FlatCell{},
              drafts ? FlatCell{s.draft_cost} : FlatCell{},
              s.tokens_per_step()}}};
}

FlatTable latency_table(EngineResult const& x) {
    FlatTable table{"latency", {"metric", "requests", "mean_s", "p50_s", "p95_s", "p99_s"}, {}};
    auto const& r = x.report;
    for (auto const& [name, d] :
         {std::pair{"ttft", &r.ttft}, {"tpot", &r.tpot}, {"e2e", &r.e2e}, {"queue", &r.queue}}) {
        auto const n = static_cast<std::int64_t>(d->sketch.count());
        auto const at = [n, &d = *d](double p) { return n > 0 ? FlatCell{d.sketch.quantile(p)} : FlatCell{}; };
        table.rows.push_back(
            {text_cell(name), n, n > 0 ? FlatCell{d->mean_s()} : FlatCell{}, at(0.5), at(0.95), at(0.99)});
    }
    return table;
}

FlatTable totals_table(EngineResult const& x) {
    auto const& r = x.report;
    auto const& t = r.totals;
    double const seconds = r.duration_s(), busy = to_seconds(t.busy);
    double const gpus = x.setup.replica.parallel.gpus() * x.setup.replicas;
    auto const prompt = static_cast<double>(t.prompt_tokens), output = static_cast<double>(t.output_tokens);
    return {"totals",
            {"requests",
             "refused",
             "refused_too_long",
             "refused_never_fits",
             "duration_s",
             "busy_s",
             "busy_share",
             "requests_per_s",
             "prompt_tokens_per_s",
             "output_tokens_per_s",
             "prompt_tokens_per_s_gpu",
             "output_tokens_per_s_gpu",
             "prompt_tokens",
             "computed_tokens",
             "cached_tokens",
             "cached_share",
             "output_tokens",
             "iterations",
             "mean_step_s",
             "running_mean",
             "preemptions",
             "kv_capacity_tokens",
             "kv_mean_tokens",
             "kv_peak_tokens",
             "kv_full_share"},
            {{t.requests,
              t.refused,
              r.too_long,
              r.never_fits,
              seconds,
              busy,
              ratio(busy, seconds * x.setup.replicas),
              ratio(static_cast<double>(t.requests), seconds),
              ratio(prompt, seconds),
              ratio(output, seconds),
              ratio(prompt, seconds * gpus),
              ratio(output, seconds * gpus),
              t.prompt_tokens,
              t.computed_tokens,
              t.cached_tokens,
              ratio(static_cast<double>(t.cached_tokens), prompt),
              t.output_tokens,
              t.iterations,
              ratio(busy, static_cast<double>(t.iterations)),
              t.running_mean,
              t.preemptions,
              t.kv_capacity_tokens,
              t.kv_mean_tokens,
              t.kv_peak_tokens,
              ratio(to_seconds(t.kv_full), busy)}}};
}

FlatTable pool_table(EngineResult const& x) {
    auto const& s = x.setup;
    double const gpus = s.replicas * s.replica.parallel.gpus(), seconds = x.report.duration_s();
    auto const& pool = x.report.pool;
    return {"pool",
            {"replicas", "router", "gpus", "gpu_hours", "in_flight_mean"},
            {{whole(s.replicas), text_cell(s.router == Router::cache_aware ? "cache-aware" : "least-load"), gpus,
              gpus * seconds / 3600, pool ? ratio(pool->in_flight_hours * 3600, seconds) : FlatCell{}}}};
}

FlatTable times_table(EngineResult const& x) {
    FlatTable table{"times", {"part", "seconds", "share"}, {}};
    auto const parts = time_parts(x.report.totals.times);
    double sum = 0;
    for (auto const& part : parts) sum += part.second;
    for (auto const& [name, seconds] : parts) table.rows.push_back({text_cell(name), seconds, ratio(seconds, sum)});
    return table;
}

FlatTable provenance_table(EngineResult const& x) {
    FlatTable table{"provenance", {"item", "value", "unit", "source", "as_of", "error"}, {}};
    auto const& r = x.setup.replica;
    auto const entry = [&](char const* item, auto const& what) {
        table.rows.push_back(
            {text_cell(item), text_cell(what.name), {}, text_cell(what.source), text_cell(what.as_of), {}});
    };
    entry("model", r.model);
    entry("gpu", r.gpu);
    entry("engine", r.engine);
    auto const& speed = x.setup.speed;
    auto const source = fmt::format("{}: {}", speed.evidence, speed.origin);
    auto const error = [&](char const* item, std::optional<double> value) {
        table.rows.push_back({text_cell(item), text_cell(speed.name), {}, text_cell(source), {}, cell_of(value)});
    };
    error("step parameters, of TTFT", speed.ttft_error);
    error("step parameters, of TPOT", speed.tpot_error);
    auto parameters = speed.parameters;
    for (std::size_t i = 0; i < parameter_count; ++i) {
        auto const& p = prior(i);
        bool const stated = std::find(speed.stated.begin(), speed.stated.end(), p.name) != speed.stated.end();
        auto const value = value_in(parameters, static_cast<StepParameter>(i)) / p.scale;
        table.rows.push_back({text_cell(fmt::format("parameter {}", p.name)),
                              text_cell(fmt::format("{:.6g}", value)),
                              text_cell(p.unit),
                              text_cell(stated ? "--parameters" : source),
                              {},
                              {}});
    }
    return table;
}

FlatTable notes_table(EngineResult const& x) {
    FlatTable table{"notes", {"code", "text"}, {}};
    for (auto const& note : engine_notes(x)) table.rows.push_back({note.code, note.text});
    return table;
}

}  // namespace

std::vector<FlatTable> engine_tables(EngineResult const& x) {
    return {replica_table(x),    pool_table(x),         load_table(x.load, x.report.arrivals),
            latency_table(x),    totals_table(x),       times_table(x),
            provenance_table(x), skipped_table(x.load), notes_table(x)};
}

std::vector<std::string_view> engine_table_names() {
    return {"replica", "pool", "load", "latency", "totals", "times", "provenance", "skipped", "notes"};
}

std::vector<std::pair<std::string_view, double>> time_parts(EngineTimes const& t) {
    return {{"compute", t.compute},         {"reading weights", t.weights},     {"attention of prompts", t.attention},
            {"reading the KV cache", t.kv}, {"communication", t.communication}, {"overhead", t.overhead},
            {"drafting", t.draft}};
}

std::string_view limited_by(EngineTotals const& totals) {
    if (totals.kv_full > totals.busy / 2) return "KV capacity";
    auto of_limits = totals.times;
    of_limits.compute += std::exchange(of_limits.attention, 0);
    auto const parts = time_parts(of_limits);
    auto const most =
        std::max_element(parts.begin(), parts.end(), [](auto const& a, auto const& b) { return a.second < b.second; });
    return most->second > 0 ? most->first : std::string_view{};
}

std::string_view outcome_header() {
    return "request,arrival_s,admitted_s,first_token_s,finished_s,prompt_tokens,output_tokens,cached_tokens,"
           "preemptions,refusal\n";
}

std::string outcome_row(EngineOutcome const& o) {
    auto const head = fmt::format("{},{}", o.request, to_seconds(o.arrival));
    if (o.refusal != Refusal::none)
        return fmt::format("{},,,,{},{},,,{}\n", head, o.prompt_tokens, o.output_tokens,
                           o.refusal == Refusal::too_long ? "too_long" : "never_fits");
    return fmt::format("{},{},{},{},{},{},{},{},\n", head, to_seconds(o.admitted), to_seconds(o.first_token),
                       to_seconds(o.finished), o.prompt_tokens, o.output_tokens, o.cached_tokens, o.preemptions);
}

}  // namespace runrate
