#include <algorithm>
#include <ostream>
#include <span>

#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/engine_arguments.h"
#include "cli/engine_tables.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/stated_capacity.h"
#include "cli/verbs.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

constexpr char const* usage_text =
    "runrate engine [FILE] --model MODEL --gpu GPU [options]\n"
    "       runrate engine [FILE] --scenario SCENARIO [--pool POOL] [options]\n\n"
    "examples:\n"
    "  runrate engine --model llama-3.1-8b --gpu h100-sxm --rate 2.5 --prompt 800 --output 180\n"
    "  runrate engine --model llama-3.1-70b --gpu h100-sxm --tp 4 --precision fp8 --concurrency 64 --prompt 2k:8k "
    "--output 300\n"
    "  runrate engine requests.csv --model qwen3-32b --gpu a100-sxm --tp 2 --engine sglang --outcomes served.csv\n"
    "  runrate engine --scenario support.yaml --pool llama-70b --rate 4 --prompt 2k --output 220\n"
    "  runrate engine azure.csv --model llama-3.1-70b --gpu h200 --tp 2 --precision fp8 --replicas 4\n"
    "  runrate engine mooncake.jsonl.gz --model llama-3.1-8b --gpu h200 --prefix-cache --format json\n\n"
    "One model on one set of GPUs, or on several such replicas behind a router, simulated exactly to the iteration of\n"
    "their batches: what is served, how fast, and what limits it. FILE is a list of requests (gzip or not; - is "
    "standard input):\n"
    "  csv       arrival_s,prompt_tokens,output_tokens\n"
    "  azure     TIMESTAMP,ContextTokens,GeneratedTokens\n"
    "  mooncake  JSON lines: timestamp (ms), input_length, output_length, hash_ids\n"
    "  litellm   spend logs, as `runrate replay` reads them\n"
    "  and any other CSV by --columns";

std::size_t screen_width(po::variables_map const& v, Surroundings const& around) {
    bool const to_terminal = around.out_is_terminal && v["out"].as<std::string>().empty();
    return static_cast<std::size_t>(to_terminal ? std::clamp(around.width, 60, 140) : 100);
}

/// The table of --format csv that is named, else `usual`.
std::string_view table_argument(po::variables_map const& v, std::span<std::string_view const> known,
                                std::string_view usual) {
    auto const& name = v["table"].as<std::string>();
    return name.empty() ? usual : known[parse_word(known, "table", name)];
}

/// Tables for machines: JSON, or one of them as CSV.
std::string flat(std::string_view schema, std::vector<FlatTable> const& tables, std::string_view name,
                 po::variables_map const& v) {
    if (v["format"].as<std::string>() == "json") return to_json(schema, engine_command(v), tables);
    return to_csv(*std::find_if(tables.begin(), tables.end(), [&](FlatTable const& t) { return t.name == name; }));
}

std::string_view replica_table_argument(po::variables_map const& v) {
    return table_argument(v, engine_table_names(), "latency");
}

std::string_view capacity_table_argument(po::variables_map const& v) {
    return table_argument(v, capacity_table_names(), "capacity");
}

std::string render(EngineResult const& result, po::variables_map const& v, Surroundings const& around) {
    auto const& format = v["format"].as<std::string>();
    if (format == "table") return engine_screen(result, screen_width(v, around));
    if (format == "markdown") return engine_markdown(result);
    return flat("runrate/engine/1", engine_tables(result), replica_table_argument(v), v);
}

std::string render(CapacityResult const& result, po::variables_map const& v, Surroundings const& around) {
    auto const& format = v["format"].as<std::string>();
    if (format == "table") return capacity_screen(result, screen_width(v, around));
    if (format == "markdown") return capacity_markdown(result);
    return flat("runrate/engine-capacity/1", capacity_tables(result), capacity_table_argument(v), v);
}

void check_output(po::variables_map const& v) {
    constexpr std::array<std::string_view, 4> formats{"table", "json", "csv", "markdown"};
    parse_word(formats, "format", v["format"].as<std::string>());
    if (v["format"].as<std::string>() != "csv") refuse_ignored(v, "table", "names a table of --format csv");
    if (v.count("outcomes") == 0) return;
    auto const& file = v["outcomes"].as<std::string>();
    if (file.empty() || file == "-") throw UsageError("--outcomes takes a file (standard output has the result)");
    if (file == v["out"].as<std::string>()) throw UsageError("--outcomes and --out name one file (two are written)");
}

/// The file of outcomes, where one is asked for.
class OutcomeFile {
public:
    explicit OutcomeFile(po::variables_map const& v) {
        if (v.count("outcomes") == 0) return;
        file_.emplace(v["outcomes"].as<std::string>());
        file_->write(outcome_header());
    }

    OutcomeSink sink() {
        if (!file_) return {};
        return [this](EngineOutcome const& o) { file_->write(outcome_row(o)); };
    }

    void finish() {
        if (file_) file_->finish();
    }

private:
    std::optional<GrowingFile> file_;
};

EngineReport served(EngineSetup const& setup, EngineLoad& load, OutcomeSink const& each, Surroundings& around) {
    ProgressBar bar{around.err, around.err_is_terminal, around.width};
    std::uint64_t asked = 0;
    auto const stop = [&] {
        bar.show(fmt::format("{:.2f} million requests", static_cast<double>(++asked * outcomes_between_stops) * 1e-6));
        return around.stop && around.stop();
    };
    return run_engine(setup, load, each, stop);
}

/// A pool that states its throughput has no step times that options could say something of.
void check_stated_capacity(po::variables_map const& v) {
    for (auto const* name :
         {"parameters", "draft", "acceptance", "draft-cost", "prefix-cache", "block-tokens", "router", "outcomes"})
        refuse_ignored(v, name, "is of step times, which a pool with a stated capacity does not have");
}

void serve_replicas(po::variables_map const& v, Pool const* pool, Surroundings& around) {
    static_cast<void>(replica_table_argument(v));  // before the work
    auto const setup = engine_setup(v, pool, around);
    auto load = load_of(v, around);
    OutcomeFile outcomes{v};
    auto const report = served(setup, load, outcomes.sink(), around);
    auto const bytes = render(EngineResult{setup, load, report}, v, around);
    outcomes.finish();
    deliver(v["out"].as<std::string>(), bytes, around);
}

void take_stated_capacity(po::variables_map const& v, ChosenPool const& chosen, Surroundings& around) {
    check_stated_capacity(v);
    static_cast<void>(capacity_table_argument(v));
    auto const replicas = replicas_argument(v);
    auto load = load_of(v, around);
    auto const report = take_capacity(chosen.pool, capacity_levels(chosen, replicas), load, around.stop);
    deliver(v["out"].as<std::string>(), render(CapacityResult{chosen.pool, replicas, load, report}, v, around), around);
}

}  // namespace

Exit engine_verb(std::vector<std::string> const& arguments, Surroundings& around) {
    auto const parsed = parse_arguments(usage_text, engine_options(), arguments, around, Positional::files);
    if (!parsed) return Exit::ok;
    auto const& v = *parsed;
    check_output(v);
    auto const chosen = engine_pool(v, around);
    if (chosen && std::holds_alternative<StatedCapacity>(chosen->pool.speed))
        take_stated_capacity(v, *chosen, around);
    else
        serve_replicas(v, chosen ? &chosen->pool : nullptr, around);
    return Exit::ok;
}

}  // namespace runrate
