#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/replay_tables.h"
#include "cli/verbs.h"
#include "report/breakeven_text.h"
#include "report/csv.h"
#include "report/figures.h"
#include "report/json.h"
#include "report/markdown.h"
#include "runrate/study.h"
#include "scenario/scenario.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

using Words = std::vector<std::string>;
constexpr std::array<std::string_view, 3> table_words{"breakeven", "breakeven_curve", "breakeven_intervals"};

constexpr char const* usage_text =
    "runrate breakeven SCENARIO [options]\n\n"
    "From which volume on is another option cheaper than the baseline? Volumes are multiples of a month's traffic,\n"
    "whose mix of features they keep; every world is priced at all of them. Two other mixes, the largest feature "
    "alone\n"
    "and that of the last month, say how far the mix decides. What is left out is as the scenario's `compare` says.\n\n"
    "  runrate breakeven support.yaml --challenger self-host\n"
    "  runrate breakeven support.yaml --baseline api --challenger self-host --range 0.2x:50x --points 31";

po::options_description breakeven_options() {
    po::options_description options{"options"};
    auto const text = [](char const* value) { return po::value<std::string>()->default_value(value); };
    options.add_options()("baseline", po::value<std::string>(),
                          "option that others are held against (the scenario's, or the first)")(
        "challenger", po::value<Words>()->composing(),
        "option that is held against it (the scenario's, or all others); may be repeated")(
        "range", po::value<std::string>(), "of volumes (the scenario's, or 0.1x:300x)")(
        "points", text("17"), "volumes that are priced beside the scales, 3 to 101")(
        "format", text("table"), "table, json (the whole result), csv or markdown")(
        "table", po::value<std::string>()->default_value("", "breakeven_curve"),
        "which table of --format csv: breakeven, breakeven_curve or breakeven_intervals")(
        "out", text(""), "write there instead of standard output");
    add_world_options(options, "128");
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

std::uint32_t points_of(po::variables_map const& v) {
    auto const points = parse_number(v["points"].as<std::string>()).value_or(0);
    if (!(points >= 3 && points <= 101 && points == std::floor(points)))
        throw UsageError(
            fmt::format("--points takes a whole number from 3 to 101 (found '{}')", v["points"].as<std::string>()));
    return static_cast<std::uint32_t>(points);
}

BreakevenSettings breakeven_settings(po::variables_map const& v) {
    BreakevenSettings settings{.always = true, .mixes = true, .points = points_of(v)};
    if (v.count("baseline") > 0) settings.baseline = v["baseline"].as<std::string>();
    if (v.count("challenger") > 0) settings.challengers = v["challenger"].as<Words>();
    if (v.count("range") == 0) return settings;
    auto const& range = v["range"].as<std::string>();
    auto const colon = std::min(range.find(':'), range.size());
    settings.from = volume_of(range, range.substr(0, colon));
    settings.to = volume_of(range, range.substr(std::min(colon + 1, range.size())));
    if (!(settings.from < settings.to)) throw UsageError("--range rises (write the smaller volume first)");
    return settings;
}

/// Options that are compared: as the flags say, else the scenario.
struct Compared {
    std::string baseline;
    Words challengers;  ///< empty: all others
};

/// \throws UsageError for a baseline that is no option, and one that is held against itself
Compared compared(Scenario const& s, BreakevenSettings const& asked) {
    Words known;
    for (auto const& option : s.options) known.push_back(option.name);
    Compared names{asked.baseline, asked.challengers};
    auto const stated = s.compare.value_or(Compare{});
    if (names.baseline.empty()) names.baseline = stated.baseline.empty() ? known.front() : stated.baseline;
    if (std::find(known.begin(), known.end(), names.baseline) == known.end())
        throw UsageError(
            fmt::format("--baseline: the scenario has no option '{}' ({})", names.baseline, fmt::join(known, ", ")));
    for (auto const& name : names.challengers)
        if (name == names.baseline)
            throw UsageError(fmt::format("'{}' is the baseline itself (name another --challenger: {})", name,
                                         fmt::join(known, ", ")));
    if (!names.challengers.empty()) return names;
    for (auto const& name : stated.challengers)
        if (name != names.baseline) names.challengers.push_back(name);
    // Where the scenario names but what is the baseline now, all others are held against it.
    if (!stated.challengers.empty() && names.challengers.empty())
        for (auto const& option : s.options)
            if (option.name != names.baseline && !option.only_fallback) names.challengers.push_back(option.name);
    return names;
}

StudySettings settings_of(po::variables_map const& v) {
    StudySettings settings;
    settings.breakeven = breakeven_settings(v);
    read_world_options(v, settings);
    return settings;
}

std::string row_lines(Result const& result, BreakevenRow const& row, std::size_t width) {
    auto const& currency = result.currency;
    std::string out;
    auto const add = [&](std::string text) {
        if (text.empty()) return;
        text.front() = static_cast<char>(std::toupper(text.front()));
        add_wrapped(out, text, width);
    };
    if (row.status == "depends") add(mix_text(result, row));
    add(safe_text(row));
    if (row.world_p50)
        add_wrapped(out,
                    fmt::format("Single worlds cross at {} [{} .. {}] sessions a month; {} never, {} always",
                                figure(*row.world_p50), figure(*row.world_p5), figure(*row.world_p95),
                                percent(row.p_never.value_or(0)), percent(row.p_always.value_or(0))),
                    width);
    add(dates_text(row));
    add(turning_text(row, currency));
    add(regret_text(row, currency));
    return out;
}

std::string curve_lines(Result const& result, BreakevenRow const& of) {
    auto out = fmt::format("{:>10}{:>14}{:>14}{:>14}{:>18}{:>10}\n", "volume", "sessions", of.baseline, of.challenger,
                           "P(cheaper)", "replicas");
    for (auto const& row : result.breakeven_curve) {
        if (row.challenger != of.challenger || row.quality != of.quality || row.mix != of.mix) continue;
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
        if (!is_headline(row)) continue;
        add_wrapped(out,
                    fmt::format("{}{} against {}, {}: month {}, its mix of features; {} tokens a session (prompts and "
                                "answers of all features, as {} counts them)",
                                out.empty() ? "" : "\n", row.challenger, row.baseline, quality_text(row),
                                row.reference.value_or(""), figure(row.tokens_per_session.value_or(0)), row.baseline),
                    width);
        out += row_lines(result, row, width);
        for (auto const& other : result.breakeven)
            if (!is_headline(other) && other.challenger == row.challenger && other.quality == row.quality)
                add_wrapped(out, fmt::format("W{}: {}", variation_text(other).substr(1), safe_text(other)), width);
        out += "\n" + curve_lines(result, row) + "\n";
    }
    return out;
}

std::string warning_lines(Result const& result, std::size_t width) {
    std::string out;
    for (auto const& row : result.warnings)
        if (concerns_volumes(row)) add_wrapped(out, fmt::format("{} {}: {}", row.severity, row.code, row.text), width);
    return out;
}

/// Why no options are compared.
std::string why_none(Result const& result, std::string const& baseline) {
    for (auto const& row : result.warnings)
        if (row.code == "breakeven.pool") return "no volume is served by both options: " + row.text;
    return fmt::format("'{}' is the only option: there is nothing to hold it against", baseline);
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
    constexpr std::array<std::string_view, 4> formats{"table", "json", "csv", "markdown"};
    auto const format = parse_word(formats, "format", v["format"].as<std::string>());
    auto const& table = v["table"].as<std::string>();
    if (!table.empty()) parse_word(table_words, "table", table);
    if (formats[format] != "csv") refuse_ignored(v, "table", "names a table of --format csv");
    auto settings = settings_of(v);
    auto const loaded = load_argument(v, around);
    around.err << loaded.warnings;
    auto const names = compared(*loaded.scenario, settings.breakeven);
    settings.breakeven.baseline = names.baseline;
    settings.breakeven.challengers = names.challengers;
    if (!names.challengers.empty()) {
        settings.options = names.challengers;
        settings.options.push_back(names.baseline);
    }
    ProgressBar bar{around.err, around.err_is_terminal, around.width};
    Result result;
    try {
        result = run(
                     *loaded.scenario, settings, [&](Progress const& p) { bar.show(p); }, around.stop)
                     .result;
    } catch (std::invalid_argument const& e) { throw UsageError(e.what()); }
    bar.clear();
    if (result.breakeven.empty()) throw UsageError(why_none(result, names.baseline));
    result.command = command_line(v);
    auto const& out = v["out"].as<std::string>();
    constexpr std::size_t width = 100;
    if (formats[format] == "json") return deliver(out, to_json(result), around), Exit::ok;
    if (formats[format] == "csv")
        return deliver(out, to_csv(result, table.empty() ? "breakeven_curve" : table), around), Exit::ok;
    if (formats[format] == "markdown") return deliver(out, breakeven_markdown(result), around), Exit::ok;
    deliver(out, screen(result, width) + warning_lines(result, width), around);
    return Exit::ok;
}

}  // namespace runrate
