#include "cli/engine_arguments.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "calibration/parameters.h"
#include "calibration/validation.h"
#include "catalogue/load_catalogue.h"
#include "catalogue/make_replica.h"
#include "cli/arguments.h"
#include "cli/benchmark_arguments.h"
#include "cli/pool_argument.h"
#include "cli/verbs.h"
#include "engine/replica_engine.h"
#include "hardware/memory.h"
#include "stat/elementary.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

using Words = std::vector<std::string>;

po::typed_value<std::string>* text(char const* what) { return po::value<std::string>()->value_name(what); }

po::typed_value<std::string>* text_or(char const* value) {
    return po::value<std::string>()->value_name("N")->default_value(value);
}

po::options_description replica_options() {
    po::options_description options{"the replica"};
    auto add = options.add_options();
    add("model", text("MODEL"), "of the catalogue, such as llama-3.1-8b");
    add("gpu", text("GPU"), "of the catalogue, such as h100-sxm");
    add("precision", text("NAME"), "of the weights: bf16, fp8, fp4, mxfp4, int8 or int4 (left out: as published)");
    add("tp", text_or("1"), "GPUs that share each layer");
    add("pp", text_or("1"), "stages of layers");
    add("dp", text_or("1"), "ranks of attention, each with requests of its own");
    add("ep", text_or("1"), "GPUs over which experts are spread whole");
    add("engine", po::value<std::string>()->value_name("NAME")->default_value("vllm"),
        "of the catalogue: vllm, trtllm, sglang, ...");
    add("sequences", text("N"), "in a batch at most, per rank: max_num_seqs (left out: as the engine on this GPU)");
    add("chunk", text("TOKENS"),
        "of an iteration at most, per rank: max_num_batched_tokens (left out: as the engine on this GPU)");
    add("kv", text("TOKENS"), "that the KV cache holds (left out: what memory leaves)");
    add("kv-precision", text("NAME"), "fp8 or bf16 (left out: as the engine does)");
    add("draft", text("K"), "proposals of speculative decoding per iteration");
    add("acceptance", text("A"), "of a proposal, given those before it: 0 to 1");
    add("draft-cost", text("C"), "of a proposal, as a share of a decoding step (left out: 0)");
    add("calibration", po::value<std::string>()->value_name("FILE")->default_value("newest"),
        "what is known of engines: a file, the newest that is shipped, or none");
    add("parameters", po::value<Words>()->composing()->value_name("NAME=N,..."),
        "of the step time: compute, memory, kv, attention, link (shares), step, request (ms), collective, sequence, "
        "prompt_token (us), stream (steps)");
    add("replicas", text_or("1"), "of them, behind a router");
    add("router", po::value<std::string>()->value_name("NAME")->default_value("least-load"),
        "of --replicas: least-load, or cache-aware as SGLang's (with --prefix-cache)");
    add("catalogue", po::value<Words>()->composing()->value_name("FOLDER"),
        "look for gpus.yaml, models.yaml and engines.yaml there first");
    return options;
}

po::options_description load_options() {
    po::options_description options{"a load without a FILE"};
    auto add = options.add_options();
    add("rate", text("N"), "requests per second, arriving at random");
    add("cv", text_or("1"), "of the gaps between arrivals: 1 is Poisson, more is burstier");
    add("concurrency", text("N"), "requests in flight, each followed by the next, instead of a rate");
    add("prompt", text("TOKENS"), "of a request: 800, or median:p95 of a lognormal such as 800:2400");
    add("output", text("TOKENS"), "of a request, likewise");
    add("requests", text_or("2000"), "in all");
    add("seed", text_or("1"), "of arrivals and lengths");
    return options;
}

po::options_description list_options() {
    po::options_description options{"the rows of a FILE"};
    auto add = options.add_options();
    add("format-in", text("NAME"), "azure, mooncake, litellm or csv, instead of recognising it");
    add("columns", text("MAP"), "columns of another CSV: time=ts,input=prompt,output=completion");
    add("time-unit", po::value<std::string>()->value_name("NAME")->default_value("s"),
        "of times that are numbers, with --columns: s, ms, us or ns");
    add("skip-bad", "count rows that cannot be read and leave them out, instead of refusing the file");
    add("prefix-cache", "reuse what prompts have in common at their beginnings, by the hash_ids of a Mooncake trace");
    add("block-tokens", text_or("512"), "tokens of a block of hash_ids");
    return options;
}

po::options_description output_options() {
    po::options_description options{"output"};
    auto add = options.add_options();
    add("outcomes", text("FILE.csv"),
        "write there what became of every request, in order of completion, as a client sees it");
    add("format", po::value<std::string>()->value_name("NAME")->default_value("table"), "table, json, csv or markdown");
    add("table", po::value<std::string>()->value_name("NAME")->default_value("", ""),
        "which table of --format csv: replica, pool, load, latency (left out: that), totals, times, provenance, "
        "skipped or notes; of a pool that states its capacity: capacity, load, skipped or notes");
    add("out", po::value<std::string>()->value_name("FILE")->default_value("", ""),
        "write there instead of standard output");
    return options;
}

std::string text_of(po::variables_map const& v, char const* name) { return v[name].as<std::string>(); }

Precision kv_precision_of(po::variables_map const& v) {
    auto const precision = parse_precision(text_of(v, "kv-precision"));
    if (precision != Precision::bf16 && precision != Precision::fp8)
        throw UsageError(fmt::format("--kv-precision takes fp8 or bf16 (found '{}')", text_of(v, "kv-precision")));
    return precision;
}

Speculation speculation_of(po::variables_map const& v) {
    if (v.count("draft") == 0) {
        for (auto const* name : {"acceptance", "draft-cost"}) refuse_ignored(v, name, "is of proposals of --draft");
        return {};
    }
    Speculation s;
    s.draft_tokens = static_cast<int>(at_least_one("draft", v, 64));
    if (v.count("acceptance") == 0)
        throw UsageError("--draft needs --acceptance (of a proposal, such as 0.7: a result is as good as this number)");
    s.acceptance = number_within(v, "acceptance", 0, 1, "a share from 0 to 1");
    if (v.count("draft-cost") > 0) s.draft_cost = number_within(v, "draft-cost", 0, 10, "a share such as 0.05");
    return s;
}

/// How the engine schedules. A class that the catalogue lacks must be one that was measured: else it is a slip.
std::string manner_argument(po::variables_map const& v, Catalogue const& catalogue, Calibration const* known) {
    auto const engine = text_of(v, "engine");
    auto const measured = [&](std::string const& name) {
        return known && std::count(known->names.engines.begin(), known->names.engines.end(), name) > 0;
    };
    return measured(engine) ? manner_of(catalogue, engine) : engine;
}

ReplicaParts parts_of(po::variables_map const& v) {
    for (auto const* name : {"model", "gpu"}) {
        if (v.count(name) == 0)
            throw UsageError(
                fmt::format("no {} given (--{} {})", name, name, name[0] == 'm' ? "llama-3.1-8b" : "h100-sxm"));
    }
    ReplicaParts parts{.model = text_of(v, "model"), .gpu = text_of(v, "gpu"), .engine = text_of(v, "engine")};
    if (v.count("precision") > 0) parts.precision = parse_precision(text_of(v, "precision"));
    auto const gpus = [&](char const* name) { return static_cast<int>(at_least_one(name, v, most_gpus)); };
    parts.parallel = {gpus("tp"), gpus("pp"), gpus("dp"), gpus("ep")};
    return parts;
}

/// What no engine runs.
void check_parallel(Replica const& r) {
    constexpr std::array options{"tp", "pp", "ep"};
    if (auto const fault = parallel_fault(r))
        throw UsageError(fmt::format("--{} {}", options[static_cast<std::size_t>(fault->kind)], fault->text));
}

void check_batch(Replica const& r) {
    if (auto const tokens = most_tokens_of_iteration(r); tokens > most_batch_tokens)
        throw UsageError(fmt::format(
            "an iteration of up to {} tokens is beyond {} (lower the chunk, the sequences or the data-parallel ranks)",
            tokens, most_batch_tokens));
    auto const of_each = r.speculation.draft_tokens + 1;
    if (r.engine.prefill == Prefill::chunks && r.engine.token_budget / of_each < r.engine.max_sequences)
        throw UsageError(
            fmt::format("a batch of {} sequences needs more than {} tokens in an iteration (raise the chunk, "
                        "or lower the sequences)",
                        r.engine.max_sequences, r.engine.token_budget));
}

void set_parameter(std::string const& text, AssumedSpeed& speed) {
    auto const equals = std::min(text.find('='), text.size());
    auto const name = text.substr(0, equals);
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < parameter_count; ++i) names.push_back(prior(i).name);
    auto const place = parse_word(names, "parameter", name);
    auto const& p = prior(place);
    auto const value = parse_number(std::string_view{text}.substr(std::min(equals + 1, text.size())));
    if (!value || !(*value >= p.low && *value <= p.high))
        throw UsageError(fmt::format("--parameters: {} takes {} to {} {} (found '{}')", name, p.low, p.high, p.unit,
                                     text.substr(std::min(equals + 1, text.size()))));
    auto& stated = speed.stated;
    if (std::find(stated.begin(), stated.end(), name) != stated.end())
        throw UsageError(fmt::format("--parameters: {} stands twice", name));
    stated.push_back(name);
    value_in(speed.parameters, static_cast<StepParameter>(place)) = *value * p.scale;
}

/// How far off 8 of 10 engines are at most, as a share, for a scale of Student's t.
double within(double log_sd) { return real::exp(t_half_width() * log_sd) - 1; }

AssumedSpeed assumed(EngineSpeed const& known, std::string const& calibration) {
    auto const evidence = evidence_names[static_cast<std::size_t>(known.evidence)];
    return {.parameters = known.parameters,
            .name = calibration,
            .evidence = std::string{evidence},
            .origin = known.origin,
            .ttft_error = within(known.front_log_sd),
            .tpot_error = within(known.speed_log_sd)};
}

AssumedSpeed known_speed(Calibration const* calibration, Replica const& replica, std::string const& engine) {
    if (!calibration)
        return {.parameters = {},
                .name = "priors",
                .evidence = "uncalibrated",
                .origin = "uncalibrated priors of the calibration study"};
    return assumed(speed_of(*calibration, replica, engine), calibration->name);
}

void state_parameters(po::variables_map const& v, AssumedSpeed& speed) {
    if (v.count("parameters") == 0) return;
    for (auto const& list : v["parameters"].as<Words>()) {
        for (std::size_t from = 0; from <= list.size();) {
            auto const to = std::min(list.find(',', from), list.size());
            set_parameter(list.substr(from, to - from), speed);
            from = to + 1;
        }
    }
}

Replica replica_of(po::variables_map const& v, Catalogue const& catalogue, Calibration const* known) {
    auto parts = parts_of(v);
    parts.engine = manner_argument(v, catalogue, known);
    auto made = make_replica(catalogue, parts);
    if (auto const* fault = std::get_if<std::string>(&made)) throw UsageError(*fault);
    auto r = std::get<Replica>(std::move(made));
    check_parallel(r);
    if (v.count("sequences") > 0) r.engine.max_sequences = static_cast<int>(at_least_one("sequences", v, 1'000'000));
    if (v.count("chunk") > 0)
        r.engine.token_budget = at_least_one("chunk", v, static_cast<std::uint64_t>(most_batch_tokens));
    if (v.count("kv-precision") > 0) r.kv_precision = kv_precision_of(v);
    try {
        static_cast<void>(kv_capacity_tokens(r));
    } catch (std::invalid_argument const& e) { throw UsageError(e.what()); }
    if (v.count("kv") > 0) r.kv_tokens = at_least_one("kv", v, 1'000'000'000'000);
    return r;
}

EngineSetup setup_of_parts(po::variables_map const& v, Surroundings const& around) {
    auto const folders = calibration_folders(v, around);
    auto const catalogue = load_catalogue(folders);
    auto const& file = v["calibration"].as<std::string>();
    auto const calibration = file == "none" ? std::nullopt : calibration_of(file, folders);
    auto const* known = calibration ? &*calibration : nullptr;
    auto replica = replica_of(v, catalogue, known);
    auto speed = known_speed(known, replica, engine_class(catalogue, text_of(v, "engine")));
    return {std::move(replica), std::move(speed)};
}

EngineSetup setup_of(Pool const& pool) {
    auto const& known = std::get<CalibratedSpeed>(pool.speed);
    return {pool.replica, assumed(known.speed, known.calibration)};
}

void set_replicas(po::variables_map const& v, EngineSetup& setup) {
    constexpr std::array<std::string_view, 2> routers{"least-load", "cache-aware"};
    constexpr std::array by_name{Router::least_load, Router::cache_aware};
    setup.replicas = replicas_argument(v);
    if (setup.replicas == 1) refuse_ignored(v, "router", "is of --replicas");
    setup.router = by_name[parse_word(routers, "router", text_of(v, "router"))];
    if (setup.router == Router::cache_aware && !setup.replica.prefix_cache)
        throw UsageError("--router cache-aware looks into the replicas' prefix caches (add --prefix-cache)");
}

}  // namespace

po::options_description engine_options() {
    po::options_description all;
    po::options_description pool{"or a pool of a scenario"};
    add_pool_options(pool);
    return all.add(replica_options()).add(pool).add(load_options()).add(list_options()).add(output_options());
}

std::optional<ChosenPool> engine_pool(po::variables_map const& v, Surroundings& around) {
    constexpr std::array parts{"model",  "gpu",       "precision", "tp", "pp",           "dp",         "ep",
                               "engine", "sequences", "chunk",     "kv", "kv-precision", "calibration"};
    return pool_argument(v, around, parts);
}

EngineSetup engine_setup(po::variables_map const& v, Pool const* pool, Surroundings const& around) {
    auto setup = pool ? setup_of(*pool) : setup_of_parts(v, around);
    setup.replica.prefix_cache = v.count("prefix-cache") > 0;
    setup.replica.speculation = speculation_of(v);
    check_batch(setup.replica);
    state_parameters(v, setup.speed);
    set_replicas(v, setup);
    return setup;
}

int replicas_argument(po::variables_map const& v) { return static_cast<int>(at_least_one("replicas", v, 10'000)); }

std::string engine_command(po::variables_map const& v) {
    constexpr std::array names{
        "scenario",    "pool",         "set",          "prices",       "model",     "gpu",        "precision",
        "tp",          "pp",           "dp",           "ep",           "engine",    "sequences",  "chunk",
        "kv",          "kv-precision", "prefix-cache", "block-tokens", "draft",     "acceptance", "draft-cost",
        "parameters",  "replicas",     "router",       "calibration",  "catalogue", "rate",       "cv",
        "concurrency", "prompt",       "output",       "requests",     "seed",      "format-in",  "columns",
        "time-unit",   "skip-bad"};
    std::string text = "engine";
    if (v.count("files") > 0) text += " " + shell_word(v["files"].as<Words>().front());
    return text + given_options(v, names);
}

}  // namespace runrate
