#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/replay_tables.h"
#include "cli/verbs.h"
#include "report/csv.h"
#include "report/figures.h"
#include "report/json.h"
#include "runrate/study.h"
#include "scenario/scenario.h"
#include "stat/elementary.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

using Words = std::vector<std::string>;
constexpr std::array<std::string_view, 3> table_words{"breakeven", "breakeven_curve", "breakeven_intervals"};

constexpr char const* usage_text =
    "runrate breakeven SCENARIO [options]\n\n"
    "From which volume on is another option cheaper than the first? Volumes are multiples of the reference month's\n"
    "traffic (the twelfth, or the last before it), whose mix of features they keep; every world is priced at all of\n"
    "them.\n\n"
    "  runrate breakeven support.yaml --challenger self-host\n"
    "  runrate breakeven support.yaml --baseline api --challenger self-host --range 0.2x:50x --points 31";

po::options_description breakeven_options() {
    po::options_description options{"options"};
    auto const text = [](char const* value) { return po::value<std::string>()->default_value(value); };
    options.add_options()("baseline", po::value<std::string>(), "option that others are held against (the first)")(
        "challenger", po::value<Words>()->composing(), "option that is held against it (all others); may be repeated")(
        "range", text("0.1x:300x"), "of volumes")("points", text("17"), "volumes that are priced, 3 to 101")(
        "worlds", text("128"), "64, 128, 256, ...")("seed", text("1"), "equal seeds give equal bytes")(
        "threads", text("0"), "0: as many as the machine has; never changes the result")(
        "format", text("table"), "table, json (the whole result) or csv")(
        "table", po::value<std::string>()->default_value("", "breakeven_curve"),
        "which table of --format csv: breakeven, breakeven_curve or breakeven_intervals")(
        "out", text(""), "write there instead of standard output");
    add_scenario_options(options);
    return options;
}

double volume_of(std::string const& range, std::string const& text) {
    constexpr double least = 1e-9, most = 1e9;
    auto const number =
        parse_number(text.ends_with('x') ? std::string_view{text}.substr(0, text.size() - 1) : std::string_view{text});
    if (!number || !(*number >= least && *number <= most))
        throw UsageError(
            fmt::format("--range takes two volumes from 1e-9x to 1e9x such as 0.1x:300x (found '{}')", range));
    return *number;
}

/// Volumes evenly in logarithms, with 1 among them where it is in the range.
std::vector<double> volumes_of(po::variables_map const& v) {
    auto const range = v["range"].as<std::string>();
    auto const colon = std::min(range.find(':'), range.size());
    auto const [low, high] = std::pair{volume_of(range, range.substr(0, colon)),
                                       volume_of(range, range.substr(std::min(colon + 1, range.size())))};
    if (!(low < high)) throw UsageError("--range rises (write the smaller volume first)");
    auto const points = parse_number(v["points"].as<std::string>()).value_or(0);
    if (!(points >= 3 && points <= 101 && points == std::floor(points)))
        throw UsageError(
            fmt::format("--points takes a whole number from 3 to 101 (found '{}')", v["points"].as<std::string>()));
    std::vector<double> volumes;
    double const step = real::log(high / low) / (points - 1);
    for (int i = 0; i + 1 < points; ++i) volumes.push_back(low * real::exp(step * i));
    volumes.push_back(high);
    if (low < 1 && high > 1)
        *std::min_element(volumes.begin() + 1, volumes.end() - 1,
                          [](double a, double b) { return std::abs(real::log(a)) < std::abs(real::log(b)); }) = 1;
    return volumes;
}

/// What is run: all options, or the challengers that are named and the baseline.
Words options_of(po::variables_map const& v, std::string const& baseline) {
    if (v.count("challenger") == 0) return {};
    Words options{baseline};
    for (auto const& name : v["challenger"].as<Words>()) options.push_back(name);
    return options;
}

/// Before the work: \throws UsageError for a baseline that is no option, and one that is held against itself
void check_names(Scenario const& s, po::variables_map const& v, std::string const& baseline) {
    std::vector<std::string> known;
    for (auto const& option : s.options) known.push_back(option.name);
    if (std::find(known.begin(), known.end(), baseline) == known.end())
        throw UsageError(
            fmt::format("--baseline: the scenario has no option '{}' ({})", baseline, fmt::join(known, ", ")));
    if (v.count("challenger") == 0) return;
    for (auto const& name : v["challenger"].as<Words>())
        if (name == baseline)
            throw UsageError(fmt::format("'{}' is the baseline itself (name another --challenger: {})", name,
                                         fmt::join(known, ", ")));
}

StudySettings settings_of(po::variables_map const& v) {
    StudySettings settings;
    settings.breakeven = true;
    settings.scales = volumes_of(v);
    settings.worlds = static_cast<std::uint32_t>(parse_count("worlds", v["worlds"].as<std::string>(), 16384));
    settings.seed = parse_count("seed", v["seed"].as<std::string>(), UINT64_MAX);
    settings.threads = static_cast<unsigned>(parse_count("threads", v["threads"].as<std::string>(), 1024));
    return settings;
}

std::string volume_text(Real const& sessions, Real const& tokens) {
    return sessions ? fmt::format("{} sessions a month ({} tokens)", figure(*sessions), figure(tokens.value_or(0)))
                    : "none up to the end of the range";
}

std::string row_lines(BreakevenRow const& row, std::string const& currency, std::size_t width) {
    std::string out;
    auto const safe = [&](char const* how, Real const& sessions, Real const& tokens) {
        bool const always = row.status == "always" && !sessions;
        add_wrapped(out,
                    fmt::format("Safe breakeven, {}: {}", how,
                                always ? "at every volume of the range" : volume_text(sessions, tokens)),
                    width);
    };
    safe("cheaper in half of the worlds from there on", row.safe50_sessions, row.safe50_tokens);
    safe("in 80%", row.safe80_sessions, row.safe80_tokens);
    if (row.world_p50)
        add_wrapped(out,
                    fmt::format("Single worlds cross at {} [{} .. {}] sessions a month; {} never, {} always",
                                figure(*row.world_p50), figure(*row.world_p5), figure(*row.world_p95),
                                percent(row.p_never.value_or(0)), percent(row.p_always.value_or(0))),
                    width);
    add_wrapped(out,
                fmt::format("A wrong choice costs, per year at 1x: {} {} on average, {} {}", row.challenger,
                            money(row.regret_challenger.value_or(Amount{}), currency), row.baseline,
                            money(row.regret_baseline.value_or(Amount{}), currency)),
                width);
    return out;
}

std::string curve_lines(Result const& result, BreakevenRow const& of) {
    auto out = fmt::format("{:>10}{:>14}{:>14}{:>14}{:>18}{:>10}\n", "volume", "sessions", of.baseline, of.challenger,
                           "P(cheaper)", "replicas");
    for (auto const& row : result.breakeven_curve) {
        if (row.challenger != of.challenger || row.quality != of.quality) continue;
        out += fmt::format(
            "{:>10}{:>14}{:>14}{:>14}{:>18}{:>10}\n", figure(row.multiplier) + "x", figure(row.sessions.value_or(0)),
            money(row.cost_baseline.value_or(Amount{}), result.currency),
            money(row.cost_challenger.value_or(Amount{}), result.currency),
            fmt::format("{} +- {}", percent(row.p_cheaper.value_or(0)), percent(row.p_cheaper_se.value_or(0))),
            row.replicas ? figure(*row.replicas) : "-");
    }
    return out;
}

std::string screen(Result const& result, std::size_t width) {
    std::string out;
    for (auto const& row : result.breakeven) {
        auto const quality = row.quality == "as_bought" ? "as bought" : "with what failed sessions cost";
        add_wrapped(out,
                    fmt::format("{}{} against {}, {}: month {}, its mix of features; {} tokens a session (prompts and "
                                "answers of all features, as {} counts them)",
                                out.empty() ? "" : "\n", row.challenger, row.baseline, quality,
                                row.reference.value_or(""), figure(row.tokens_per_session.value_or(0)), row.baseline),
                    width);
        out += row_lines(row, result.currency, width) + "\n" + curve_lines(result, row) + "\n";
    }
    return out;
}

/// What is wrong with pools at some of the volumes: a bill of one that does not keep up is no bill.
std::string warning_lines(Result const& result, std::size_t width) {
    std::string out;
    for (auto const& row : result.warnings)
        if (row.code.starts_with("pool.") || row.code.starts_with("projection."))
            add_wrapped(out, fmt::format("{} {}: {}", row.severity, row.code, row.text), width);
    return out;
}

std::string command_line(po::variables_map const& v) {
    constexpr std::array given{"baseline", "challenger", "range",  "points",   "worlds",
                               "seed",     "set",        "prices", "catalogue"};
    return "breakeven " + shell_word(v["scenario"].as<std::string>()) + given_options(v, given);
}

}  // namespace

Exit breakeven_verb(std::vector<std::string> const& arguments, Surroundings& around) {
    auto const parsed = parse_arguments(usage_text, breakeven_options(), arguments, around);
    if (!parsed) return Exit::ok;
    auto const& v = *parsed;
    constexpr std::array<std::string_view, 3> formats{"table", "json", "csv"};
    auto const format = parse_word(formats, "format", v["format"].as<std::string>());
    auto const& table = v["table"].as<std::string>();
    if (!table.empty()) parse_word(table_words, "table", table);
    if (formats[format] != "csv") refuse_ignored(v, "table", "names a table of --format csv");
    auto settings = settings_of(v);
    auto const loaded = load_argument(v, around);
    around.err << loaded.warnings;
    settings.baseline =
        v.count("baseline") > 0 ? v["baseline"].as<std::string>() : loaded.scenario->options.front().name;
    check_names(*loaded.scenario, v, settings.baseline);
    settings.options = options_of(v, settings.baseline);
    ProgressBar bar{around.err, around.err_is_terminal, around.width};
    Result result;
    try {
        result = run(
                     *loaded.scenario, settings, [&](Progress const& p) { bar.show(p); }, around.stop)
                     .result;
    } catch (std::invalid_argument const& e) { throw UsageError(e.what()); }
    bar.clear();
    if (result.breakeven.empty())
        throw UsageError("one option alone has nothing to be held against (name a --challenger)");
    result.command = command_line(v);
    auto const& out = v["out"].as<std::string>();
    constexpr std::size_t width = 100;
    if (formats[format] == "json") return deliver(out, to_json(result), around), Exit::ok;
    if (formats[format] == "csv")
        return deliver(out, to_csv(result, table.empty() ? "breakeven_curve" : table), around), Exit::ok;
    deliver(out, screen(result, width) + warning_lines(result, width), around);
    return Exit::ok;
}

}  // namespace runrate
