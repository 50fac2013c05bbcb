#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/engine_arguments.h"
#include "cli/trace_arguments.h"
#include "cli/verbs.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

using Words = std::vector<std::string>;

std::string text_of(po::variables_map const& v, char const* name) { return v[name].as<std::string>(); }

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
    for (auto const* name : {"skip-bad", "block-tokens", "format-in", "columns", "time-unit"})
        refuse_ignored(v, name, "is of rows of a file");
    refuse_ignored(v, "prefix-cache", "needs a Mooncake trace, whose hash_ids say which prompts begin alike");
    return load;
}

RequestList list_of(po::variables_map const& v, std::string const& file, Surroundings& around) {
    for (auto const* name : {"rate", "cv", "concurrency", "prompt", "output", "requests", "seed"})
        refuse_ignored(v, name, "is of a load without a file");
    ListSettings settings{.skip_bad = v.count("skip-bad") > 0, .prefix_cache = v.count("prefix-cache") > 0};
    settings.block_tokens = at_least_one("block-tokens", v, 1'000'000);
    if (!settings.prefix_cache) refuse_ignored(v, "block-tokens", "is of --prefix-cache");
    RequestList list{Trace{ByteSource{file, around.in}, trace_settings(v)}, settings};
    if (settings.prefix_cache && list.format() != TraceFormat::mooncake)
        refuse_ignored(v, "prefix-cache", "needs a Mooncake trace, whose hash_ids say which prompts begin alike");
    return list;
}

}  // namespace

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

}  // namespace runrate
