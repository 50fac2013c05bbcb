#include "cli/engine_arguments.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

#include "calibration/parameters.h"
#include "catalogue/load_catalogue.h"
#include "catalogue/make_replica.h"
#include "cli/arguments.h"
#include "cli/verbs.h"
#include "hardware/memory.h"
#include "hardware/precision.h"

namespace runrate {
namespace po = boost::program_options;
namespace fs = std::filesystem;
namespace {

using Words = std::vector<std::string>;

constexpr std::uint64_t most_gpus = 4096;
constexpr std::uint64_t most_of_batch = 1 << 26;

void add_replica_options(po::options_description& options) {
    auto const text = [] { return po::value<std::string>(); };
    options.add_options()("model", text(), "of the catalogue, such as llama-3.1-8b")(
        "gpu", text(), "of the catalogue, such as h100-sxm")(
        "precision", text(), "of the weights: bf16, fp8, fp4, mxfp4, int8 or int4 (left out: as published)")(
        "tp", text()->default_value("1"), "GPUs that share each layer")(
        "pp", text()->default_value("1"), "stages of layers")("dp", text()->default_value("1"),
                                                              "ranks of attention, each with requests of its own")(
        "ep", text()->default_value("1"), "GPUs over which experts are spread whole")(
        "engine", text()->default_value("vllm"), "of the catalogue: vllm, trtllm, sglang, ...")(
        "sequences", text(), "in a batch at most, per rank (left out: as the engine on this GPU)")(
        "chunk", text()->value_name("TOKENS"), "of an iteration at most, per rank (left out: the same)")(
        "kv", text()->value_name("TOKENS"), "that the KV cache holds (left out: what memory leaves)")(
        "kv-precision", text(), "fp8 or bf16 (left out: as the engine does)")(
        "prefix-cache", "reuse beginnings of prompts, by the hash_ids of a Mooncake trace")(
        "block-tokens", text()->default_value("512"), "tokens of a block of hash_ids")(
        "draft", text()->value_name("K"), "proposals of speculative decoding per iteration")(
        "acceptance", text()->value_name("A"), "of a proposal, given those before it: 0 to 1")(
        "draft-cost", text()->value_name("C"), "of a proposal, as a share of a decoding step (left out: 0)")(
        "parameters", po::value<Words>()->composing()->value_name("NAME=VALUE,..."),
        "of the step time: compute, memory, kv, attention, link (shares), step, request (ms), collective, sequence, "
        "prompt_token (us), stream (steps)")("catalogue", po::value<Words>()->composing()->value_name("FOLDER"),
                                             "look for gpus.yaml, models.yaml and engines.yaml there first");
}

void add_load_options(po::options_description& options) {
    auto const text = [] { return po::value<std::string>(); };
    options.add_options()("rate", text(), "requests per second, arriving at random")(
        "cv", text()->default_value("1"), "of the gaps between arrivals: 1 is Poisson, more is burstier")(
        "concurrency", text(), "requests in flight, each followed by the next, instead of a rate")(
        "prompt", text()->value_name("TOKENS"), "of a request: 800, or median:p95 of a lognormal such as 800:2400")(
        "output", text()->value_name("TOKENS"), "of a request, likewise")(
        "requests", text()->default_value("2000"), "of a load without a file")("seed", text()->default_value("1"),
                                                                               "of its arrivals and lengths")(
        "skip-bad", "count rows that cannot be read and leave them out, instead of refusing the file");
}

void add_output_options(po::options_description& options) {
    auto const text = [] { return po::value<std::string>(); };
    options.add_options()("outcomes", text()->value_name("FILE.csv"), "write there what became of every request")(
        "format", text()->default_value("table"), "table, json, csv or markdown")(
        "table", text()->default_value("latency"), "which table of --format csv")(
        "out", text()->default_value(""), "write there instead of standard output");
}

std::string text_of(po::variables_map const& v, char const* name) { return v[name].as<std::string>(); }

double number_within(po::variables_map const& v, char const* name, double low, double high, char const* wanted) {
    auto const number = parse_number(text_of(v, name));
    if (!number || !(*number >= low && *number <= high))
        throw UsageError(fmt::format("--{} takes {} (found '{}')", name, wanted, text_of(v, name)));
    return *number;
}

Precision precision_of(po::variables_map const& v, char const* name) {
    std::vector<std::string_view> names;
    for (auto const& known : precision_names) names.push_back(known.first);
    return precision_names[parse_word(names, "precision", text_of(v, name))].second;
}

Precision kv_precision_of(po::variables_map const& v) {
    auto const precision = precision_of(v, "kv-precision");
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

ReplicaParts parts_of(po::variables_map const& v) {
    for (auto const* name : {"model", "gpu"}) {
        if (v.count(name) == 0)
            throw UsageError(
                fmt::format("no {} given (--{} {})", name, name, name[0] == 'm' ? "llama-3.1-8b" : "h100-sxm"));
    }
    ReplicaParts parts{.model = text_of(v, "model"), .gpu = text_of(v, "gpu"), .engine = text_of(v, "engine")};
    if (v.count("precision") > 0) parts.precision = precision_of(v, "precision");
    auto const gpus = [&](char const* name) { return static_cast<int>(at_least_one(name, v, most_gpus)); };
    parts.parallel = {gpus("tp"), gpus("pp"), gpus("dp"), gpus("ep")};
    return parts;
}

void check_experts(Replica const& r) {
    if (r.parallel.expert == 1) return;
    if (!r.model.experts)
        throw UsageError(fmt::format("--ep spreads experts, and {} has none (leave it out)", r.model.name));
    if (r.parallel.expert > r.parallel.tensor * r.parallel.data)
        throw UsageError(fmt::format("--ep {} is more than the {} GPUs of a stage (--tp times --dp)", r.parallel.expert,
                                     r.parallel.tensor * r.parallel.data));
}

void set_parameter(std::string const& text, EngineSpeed& speed) {
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
    value_in(speed.parameters, static_cast<Parameter>(place)) = *value * p.scale;
}

DrawnLoad drawn_of(po::variables_map const& v) {
    bool const open = v.count("rate") > 0;
    if (open && v.count("concurrency") > 0)
        throw UsageError("--rate and --concurrency are two loads (leave one of them out)");
    auto const kind = open ? "rate" : "concurrency";
    for (auto const* name : {"prompt", "output"}) {
        if (v.count(name) == 0)
            throw UsageError(
                fmt::format("--{} needs --prompt and --output (tokens of a request, such as --prompt 800 "
                            "--output 180)",
                            kind));
    }
    DrawnLoad load{parse_length("prompt", text_of(v, "prompt")), parse_length("output", text_of(v, "output"))};
    load.requests = at_least_one("requests", v, 10'000'000'000);
    load.seed = parse_count("seed", text_of(v, "seed"), UINT64_MAX);
    if (open) load.rate = number_within(v, "rate", 1e-9, 1e6, "requests per second above 0, such as 2.5");
    if (!open) load.concurrency = at_least_one("concurrency", v, 10'000'000);
    if (!open) refuse_ignored(v, "cv", "is of gaps between the arrivals of --rate");
    load.cv = number_within(v, "cv", 0, 5, "a coefficient of variation from 0 to 5");
    if (load.cv > 0 && load.cv < 0.01) throw UsageError("--cv takes 0 or a number from 0.01 to 5");
    for (auto const* name : {"skip-bad", "block-tokens"}) refuse_ignored(v, name, "is of rows of a file");
    refuse_ignored(v, "prefix-cache", "needs a Mooncake trace, whose hash_ids say which prompts begin alike");
    return load;
}

RequestList list_of(po::variables_map const& v, std::string const& file, Surroundings& around) {
    for (auto const* name : {"rate", "cv", "concurrency", "prompt", "output", "requests", "seed"})
        refuse_ignored(v, name, "is of a load without a file");
    ListSettings settings{.skip_bad = v.count("skip-bad") > 0, .prefix_cache = v.count("prefix-cache") > 0};
    settings.block_tokens = at_least_one("block-tokens", v, 1'000'000);
    if (!settings.prefix_cache) refuse_ignored(v, "block-tokens", "is of --prefix-cache");
    RequestList list{Trace{ByteSource{file, around.in}, {}}, settings};
    if (settings.prefix_cache && list.format() != TraceFormat::mooncake)
        refuse_ignored(v, "prefix-cache", "needs a Mooncake trace, whose hash_ids say which prompts begin alike");
    return list;
}

}  // namespace

po::options_description engine_options() {
    po::options_description replica{"the replica"}, load{"a load without a file"}, output{"output"}, all;
    add_replica_options(replica);
    add_load_options(load);
    add_output_options(output);
    return all.add(replica).add(load).add(output);
}

Catalogue catalogue_of(po::variables_map const& v, Surroundings const& around) {
    std::vector<fs::path> folders;
    auto const add = [&](fs::path const& folder) {
        std::error_code none;
        auto const real = fs::weakly_canonical(folder, none);
        auto const same = [&](fs::path const& other) { return fs::weakly_canonical(other, none) == real; };
        if (std::none_of(folders.begin(), folders.end(), same)) folders.push_back(folder);
    };
    if (v.count("catalogue") > 0) {
        for (auto const& folder : v["catalogue"].as<Words>()) {
            if (!fs::is_directory(folder)) throw UsageError(fmt::format("--catalogue: '{}' is no folder", folder));
            add(folder);
        }
    }
    for (auto const& prices : around.price_folders) add(fs::path{prices}.parent_path());
    return load_catalogue(folders);
}

Replica replica_of(po::variables_map const& v, Catalogue const& catalogue) {
    auto made = make_replica(catalogue, parts_of(v));
    if (auto const* fault = std::get_if<std::string>(&made)) throw UsageError(*fault);
    auto r = std::get<Replica>(std::move(made));
    check_experts(r);
    if (v.count("sequences") > 0) r.engine.max_sequences = static_cast<int>(at_least_one("sequences", v, 1'000'000));
    if (v.count("chunk") > 0) r.engine.token_budget = at_least_one("chunk", v, most_of_batch);
    if (v.count("kv-precision") > 0) r.kv_precision = kv_precision_of(v);
    r.prefix_cache = v.count("prefix-cache") > 0;
    r.speculation = speculation_of(v);
    try {
        static_cast<void>(kv_capacity_tokens(r));
    } catch (std::invalid_argument const& e) { throw UsageError(e.what()); }
    if (v.count("kv") > 0) r.kv_tokens = at_least_one("kv", v, 1'000'000'000'000);
    return r;
}

EngineSpeed speed_of(po::variables_map const& v) {
    EngineSpeed speed{.parameters = {},
                      .name = "priors",
                      .evidence = "uncalibrated",
                      .origin = "uncalibrated priors of the calibration study"};
    if (v.count("parameters") == 0) return speed;
    for (auto const& list : v["parameters"].as<Words>()) {
        for (std::size_t from = 0; from <= list.size();) {
            auto const to = std::min(list.find(',', from), list.size());
            set_parameter(list.substr(from, to - from), speed);
            from = to + 1;
        }
    }
    return speed;
}

EngineLoad load_of(po::variables_map const& v, Surroundings& around) {
    auto const files = v.count("files") > 0 ? v["files"].as<Words>() : Words{};
    if (files.size() > 1) throw UsageError("one list of requests is served (runrate engine FILE --model M --gpu G)");
    bool const drawn = v.count("rate") > 0 || v.count("concurrency") > 0;
    if (!files.empty() && drawn)
        throw UsageError(fmt::format("both a file and --{} are given (a load is one of them)",
                                     v.count("rate") > 0 ? "rate" : "concurrency"));
    if (!files.empty()) return list_of(v, files.front(), around);
    if (!drawn) throw UsageError("no load given (a FILE, - for standard input, --rate or --concurrency)");
    return drawn_of(v);
}

std::string engine_command(po::variables_map const& v) {
    constexpr std::array names{
        "model",  "gpu",        "precision",  "tp",         "pp",           "dp",           "ep",
        "engine", "sequences",  "chunk",      "kv",         "kv-precision", "prefix-cache", "block-tokens",
        "draft",  "acceptance", "draft-cost", "parameters", "rate",         "cv",           "concurrency",
        "prompt", "output",     "requests",   "seed",       "skip-bad"};
    std::string text = "engine";
    if (v.count("files") > 0) text += " " + shell_word(v["files"].as<Words>().front());
    return text + given_options(v, names);
}

}  // namespace runrate
