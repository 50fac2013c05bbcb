#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/benchmark_tables.h"
#include "cli/engine_load_tables.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/replay_tables.h"
#include "cli/verbs.h"
#include "experiment/capacity.h"
#include "report/figures.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

using Words = std::vector<std::string>;
constexpr std::array<std::string_view, 3> table_words{"capacity", "search", "notes"};

constexpr char const* usage_text =
    "runrate capacity SCENARIO [options]\n\n"
    "How many replicas does a pool need so that its objective holds, at each scale? The smallest `at_least` of its "
    "plan\n"
    "is searched, the same in every world, with which latencies of the reference month meet `pools.NAME.objective` in\n"
    "the wanted share of worlds. Where the pool has an autoscaler, replicas come and go above that number.\n\n"
    "  runrate capacity support.yaml\n"
    "  runrate capacity support.yaml --option self-host --scale 10x --gpu h100-sxm --gpu h200-sxm --gpus 2 --gpus 4";

po::options_description capacity_options() {
    po::options_description options{"options"};
    auto const text = [](char const* value) { return po::value<std::string>()->default_value(value); };
    options.add_options()("option", text(""), "that a pool serves (the first such)")(
        "pool", text(""), "that is sized (the option's first); the plans of others stay")(
        "scale", po::value<Words>()->composing(), "at this scale instead of the scenario's; may be repeated")(
        "confidence", text("90%"), "share of worlds in which the objective is met, at least")(
        "gpu", po::value<Words>()->composing(), "on these GPUs instead of the pool's; may be repeated to compare")(
        "gpus", po::value<Words>()->composing(), "with so many GPUs in a replica; may be repeated to compare")(
        "format", text("table"), "table, json or csv")("table", po::value<std::string>()->default_value("", "capacity"),
                                                       "which table of --format csv: capacity, search or notes")(
        "out", text(""), "write there instead of standard output");
    add_world_options(options, "64");
    add_scenario_options(options);
    return options;
}

CapacitySettings settings_of(po::variables_map const& v) {
    CapacitySettings settings;
    settings.confidence = parse_share("confidence", v["confidence"].as<std::string>(), 1);
    read_world_options(v, settings.study);
    if (v.count("scale") > 0)
        for (auto const& text : v["scale"].as<Words>()) settings.study.scales.push_back(parse_scale(text));
    return settings;
}

/// Changes of the scenario that make each candidate: GPUs, and how many of them are in a replica.
std::vector<Words> candidates_of(po::variables_map const& v, std::string const& pool) {
    auto const sets = [&](char const* option, char const* key) {
        Words all;
        if (v.count(option) == 0) return Words{""};
        for (auto const& word : v[option].as<Words>()) all.push_back(fmt::format("pools.{}.{}={}", pool, key, word));
        return all;
    };
    std::vector<Words> candidates;
    for (auto const& gpu : sets("gpu", "gpu"))
        for (auto const& gpus : sets("gpus", "gpus_per_replica")) {
            Words changes{gpu, gpus};
            std::erase(changes, "");
            candidates.push_back(std::move(changes));
        }
    return candidates;
}

/// What all candidates are asked, and what they answer.
struct Answers {
    std::string option, pool, period, currency;
    PoolObjective objective;
    CapacitySettings settings;
    std::vector<CapacityRow> rows;
    bool stopped = false;  ///< before all was found
    FlatTable notes{"notes", {"code", "text"}, {}};
};

std::string gpus_text(CapacityRow const& row) {
    return fmt::format("{} x {}, {}", row.gpus_per_replica.value_or(0), row.gpu.value_or(""),
                       row.precision.value_or(""));
}

void add(Answers& answers, CapacityFindings const& found, bool other_gpu) {
    if (found.rows.empty()) return;
    auto const name = gpus_text(found.rows.front());
    for (auto const& row : found.warnings)
        answers.notes.rows.push_back({text_cell(row.code), text_cell(fmt::format("{}: {}", name, row.text))});
    if (other_gpu)
        answers.notes.rows.push_back(
            {text_cell("capacity.rate"),
             text_cell(fmt::format("{}: the plan's rates of a GPU-hour are taken, which are those of the scenario's "
                                   "GPU (change them with --set plan.{}.rest.on_demand=...)",
                                   name, answers.pool))});
    answers.rows.insert(answers.rows.end(), found.rows.begin(), found.rows.end());
}

Answers answers_of(po::variables_map const& v, Surroundings& around) {
    auto const settings = settings_of(v);
    auto const source = source_argument(v, around);
    auto const stated = load_scenario(source);
    auto const& s = *stated.scenario;
    around.err << stated.warnings;
    auto const served = served_option(s, v["option"].as<std::string>(), v["pool"].as<std::string>());
    auto const& pool = s.pools[served.pool];
    Answers answers{s.options[served.option].name,
                    pool.name,
                    to_string(s.calendar.month(s.reference_month())),
                    s.money.currency,
                    pool.fleet.objective.value_or(PoolObjective{}),
                    settings,
                    {}};
    std::vector<LoadedScenario> candidates;
    for (auto const& changes : candidates_of(v, pool.name)) {
        auto changed = source;
        changed.sets.insert(changed.sets.end(), changes.begin(), changes.end());
        candidates.push_back(changes.empty() ? stated : load_scenario(changed));
    }
    ProgressBar bar{around.err, around.err_is_terminal, around.width};
    for (auto const& candidate : candidates) {
        auto const found = capacity(
            *candidate.scenario, served, settings, [&](std::string const& plan) { bar.show(plan); }, around.stop);
        add(answers, found, candidate.scenario->pools[served.pool].replica.gpu.name != pool.replica.gpu.name);
        answers.stopped = found.stopped;
        if (found.stopped) break;
    }
    if (answers.stopped && answers.rows.empty()) throw std::runtime_error("interrupted before a plan was found");
    if (answers.stopped)
        answers.notes.rows.push_back(
            {text_cell("capacity.partial"), text_cell("interrupted: only what had been found by then is shown")});
    mark_frontier(answers.rows);
    std::stable_sort(answers.rows.begin(), answers.rows.end(),
                     [](CapacityRow const& a, CapacityRow const& b) { return a.scale < b.scale; });
    return answers;
}

FlatTable search_table(Answers const& a) {
    return {"search",
            {"option", "pool", "period", "ttft_p95", "tpot_p95", "confidence", "worlds", "seed"},
            {{text_cell(a.option), text_cell(a.pool), text_cell(a.period), cell_of(a.objective.ttft_p95_s),
              cell_of(a.objective.tpot_p95_s), a.settings.confidence, std::int64_t{a.settings.study.worlds},
              text_cell(fmt::format("{}", a.settings.study.seed))}}};
}

std::string objective_text(PoolObjective const& objective) {
    std::string text;
    if (objective.ttft_p95_s) text = "TTFT p95 at most " + time_text(*objective.ttft_p95_s);
    if (objective.tpot_p95_s)
        text += (text.empty() ? "TPOT p95 at most " : ", TPOT p95 at most ") + time_text(*objective.tpot_p95_s);
    return text;
}

FlatTable plans_table(Answers const& a) {
    bool const compared = std::any_of(a.rows.begin(), a.rows.end(), [&](CapacityRow const& row) {
        return row.gpu != a.rows.front().gpu || row.gpus_per_replica != a.rows.front().gpus_per_replica;
    });
    FlatTable table{"capacity",
                    {"scale", "a replica", "at least", "mean", "peak", "TTFT p95", "P(met)", "month", "limited by"},
                    {}};
    if (compared) table.columns.emplace_back("frontier");
    auto const text = [](Real const& x) { return x ? figure(*x) : std::string{"-"}; };
    for (auto const& row : a.rows) {
        auto& cells = table.rows.emplace_back();
        for (auto const& word : {times_text(row.scale), gpus_text(row), text(row.at_least), text(row.replicas_mean),
                                 text(row.replicas_peak), row.ttft_p95 ? time_text(*row.ttft_p95) : "-",
                                 percent(row.objective_met_p.value_or(0)),
                                 row.cost_mean ? money(*row.cost_mean, a.currency) : "-", row.limited_by.value_or("-")})
            cells.push_back(text_cell(word));
        if (compared) cells.push_back(text_cell(row.on_frontier.value_or(false) ? "yes" : "-"));
    }
    return table;
}

/// What a reader does about a scale without a plan.
std::string none_text(Answers const& a, CapacityRow const& row) {
    auto const& cause = row.limited_by.value_or("");
    auto const what =
        cause == "most"
            ? fmt::format("more than the autoscaler's most would do (raise pools.{}.autoscale.most)", a.pool)
        : cause == "capacity" ? "calls wait for hours even with the most replicas"
                              : fmt::format(
                                    "{} is too slow even with the most replicas (another GPU, more of them in a "
                                    "replica, or another objective)",
                                    cause == "ttft" ? "TTFT" : "TPOT");
    return fmt::format("{} on {}: no plan meets the objective in {} of worlds: {}", times_text(row.scale),
                       gpus_text(row), percent(a.settings.confidence), what);
}

std::string screen(Answers const& a, std::size_t width) {
    std::string out;
    add_wrapped(
        out,
        fmt::format("{} on pool {}: the fewest replicas with {} in {} of {} worlds, in {}", a.option, a.pool,
                    objective_text(a.objective), percent(a.settings.confidence), a.settings.study.worlds, a.period),
        width);
    out += "\n" + to_text({{"Plans", plans_table(a)}}) + "\n";
    for (auto const& row : a.rows)
        if (!row.at_least) add_wrapped(out, none_text(a, row), width);
    add_wrapped(
        out,
        "At least: in each region, as the plan states it. Mean, peak and month: the option with that plan, mean "
        "of worlds; TTFT: their median. Limited by: what fails with one replica less.",
        width);
    for (auto const& note : a.notes.rows)
        add_wrapped(out, fmt::format("{}: {}", std::get<std::string>(note[0]), std::get<std::string>(note[1])), width);
    return out;
}

std::string command_line(po::variables_map const& v) {
    constexpr std::array given{"option", "pool", "scale", "confidence", "gpu",      "gpus",
                               "worlds", "seed", "set",   "prices",     "catalogue"};
    return "capacity " + shell_word(v["scenario"].as<std::string>()) + given_options(v, given);
}

}  // namespace

Exit capacity_verb(std::vector<std::string> const& arguments, Surroundings& around) {
    auto const parsed = parse_arguments(usage_text, capacity_options(), arguments, around);
    if (!parsed) return Exit::ok;
    auto const& v = *parsed;
    constexpr std::array<std::string_view, 3> formats{"table", "json", "csv"};
    auto const format = formats[parse_word(formats, "format", v["format"].as<std::string>())];
    auto const& table = v["table"].as<std::string>();
    auto const which = table.empty() ? 0 : parse_word(table_words, "table", table);
    if (format != "csv") refuse_ignored(v, "table", "names a table of --format csv");
    Answers answers;
    try {
        answers = answers_of(v, around);
    } catch (std::invalid_argument const& e) { throw UsageError(e.what()); }
    auto const& out = v["out"].as<std::string>();
    std::vector const tables{capacity_table(answers.rows), search_table(answers), answers.notes};
    if (format == "json")
        deliver(out, to_json("runrate/capacity/1", command_line(v), tables, answers.currency), around);
    else
        deliver(out, format == "csv" ? to_csv(tables[which]) : screen(answers, 100), around);
    return answers.stopped ? Exit::interrupted : Exit::ok;
}

}  // namespace runrate
