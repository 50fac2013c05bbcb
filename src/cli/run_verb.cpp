#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <ostream>
#include <sstream>

#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/verbs.h"
#include "report/attribution.h"
#include "report/csv.h"
#include "report/json.h"
#include "report/markdown.h"
#include "report/samples.h"
#include "report/selection.h"
#include "report/table.h"
#include "report/tables.h"
#include "runrate/study.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

enum class Format { table, json, csv, markdown };

Format parse_format(std::string const& text) {
    if (text == "table") return Format::table;
    if (text == "json") return Format::json;
    if (text == "csv") return Format::csv;
    if (text == "markdown") return Format::markdown;
    throw UsageError(fmt::format("unknown format '{}' (table, json, csv, markdown)", text));
}

po::options_description run_options() {
    using Texts = std::vector<std::string>;
    po::options_description options{"options"};
    options.add_options()("format", po::value<std::string>()->default_value("table"), "table, json, csv or markdown")(
        "table", po::value<std::string>()->default_value("cost"), "which table --format csv prints")(
        "out", po::value<std::string>()->default_value(""), "write there instead of standard output")(
        "option", po::value<Texts>()->composing(), "only this option; may be repeated")(
        "scale", po::value<Texts>()->composing(), "this scale instead of the scenario's; may be repeated")(
        "period", po::value<std::string>(), "show this period: 2026-12, 2026-Q4, FY2026, horizon")(
        "by", po::value<std::string>(), "attribute the bill by this tag, for instance team")(
        "until", po::value<std::string>(),
        "run until no total's relative standard error exceeds this, for instance 2%")(
        "samples", po::value<std::string>(), "write every draw to this CSV file");
    add_world_options(options);
    add_scenario_options(options);
    return options;
}

StudySettings settings_of(po::variables_map const& v) {
    StudySettings settings;
    read_world_options(v, settings);
    if (v.count("until") > 0) {
        if (v.count("worlds") > 0) throw UsageError("--until chooses the worlds itself (leave --worlds out)");
        settings.until = parse_share("until", v["until"].as<std::string>(), 1);
    }
    if (v.count("option") > 0) settings.options = v["option"].as<std::vector<std::string>>();
    if (v.count("scale") > 0) {
        for (auto const& text : v["scale"].as<std::vector<std::string>>()) settings.scales.push_back(parse_scale(text));
    }
    settings.keep_samples = v.count("samples") > 0;
    return settings;
}

std::string known_text(std::vector<std::string> const& known) { return fmt::format("{}", fmt::join(known, ", ")); }

void check_table(std::string const& name) {
    auto const known = table_names();
    bool const found = std::find(known.begin(), known.end(), name) != known.end();
    if (!found) throw UsageError(fmt::format("no table '{}' (known: {})", name, fmt::join(known, ", ")));
}

void check_names(Result const& result, po::variables_map const& v) {
    auto const check = [&](char const* option, std::vector<std::string> const& known) {
        if (v.count(option) == 0) return;
        auto const& wanted = v[option].as<std::string>();
        if (std::find(known.begin(), known.end(), wanted) == known.end())
            throw UsageError(fmt::format("no {} '{}' in the result (known: {})", option, wanted, known_text(known)));
    };
    check("period", period_names(result));
    auto tags = tag_names(result);
    tags.emplace_back("feature");
    check("by", tags);
}

/// Options that shape one format would be ignored by the others.
void check_shaping(Format format, po::variables_map const& v) {
    for (char const* option : {"by", "period"}) {
        if (v.count(option) > 0 && format != Format::table)
            throw UsageError(fmt::format("--{} shapes the screen (leave it out, or use --format table)", option));
    }
    if (!v["table"].defaulted() && format != Format::csv)
        throw UsageError("--table names a table of --format csv (leave it out, or use --format csv)");
}

std::string render(Result const& result, Format format, po::variables_map const& v, Surroundings const& around) {
    if (format == Format::json) return to_json(result);
    if (format == Format::markdown) return to_markdown(result);
    if (format == Format::csv) return to_csv(result, v["table"].as<std::string>());
    bool const to_terminal = around.out_is_terminal && v["out"].as<std::string>().empty();
    ScreenSettings screen;
    if (to_terminal) screen.width = static_cast<decltype(screen.width)>(std::clamp(around.width, 60, 140));
    screen.color = to_terminal && around.color;
    if (v.count("by") > 0) screen.by_tag = v["by"].as<std::string>();
    if (v.count("period") > 0) screen.period = v["period"].as<std::string>();
    return to_screen(result, screen);
}

Exit verdict(Result const& result) {
    auto const any = [&](char const* verdict) {
        return std::any_of(result.gates.begin(), result.gates.end(),
                           [&](GateRow const& g) { return g.verdict == verdict; });
    };
    if (result.status == Status::partial) return Exit::interrupted;
    if (any("breach")) return Exit::gate_breached;
    if (any("inconclusive")) return Exit::inconclusive;
    return Exit::ok;
}

/// What gives the same result again, without what cannot change it (threads, files).
std::string command_line(po::variables_map const& v) {
    std::string text = "run " + v["scenario"].as<std::string>();
    if (v.count("option") > 0)
        for (auto const& o : v["option"].as<std::vector<std::string>>()) text += " --option " + o;
    if (v.count("scale") > 0)
        for (auto const& s : v["scale"].as<std::vector<std::string>>()) text += " --scale " + s;
    if (v.count("until") > 0) text += " --until " + v["until"].as<std::string>();
    if (v.count("set") > 0)
        for (auto const& s : v["set"].as<std::vector<std::string>>()) text += " --set '" + s + "'";
    constexpr std::array folders{"prices", "catalogue"};
    return text + given_options(v, folders);
}

}  // namespace

Exit run_verb(std::vector<std::string> const& arguments, Surroundings& around) {
    auto const parsed = parse_arguments("runrate run SCENARIO [options]", run_options(), arguments, around);
    if (!parsed) return Exit::ok;
    auto const& v = *parsed;
    auto const format = parse_format(v["format"].as<std::string>());
    check_table(v["table"].as<std::string>());
    check_shaping(format, v);
    auto const settings = settings_of(v);
    auto const loaded = load_argument(v, around);
    around.err << loaded.warnings;
    ProgressBar bar{around.err, around.err_is_terminal, around.width};
    auto study = [&] {
        try {
            return run(
                *loaded.scenario, settings, [&](Progress const& p) { bar.show(p); }, around.stop);
        } catch (std::invalid_argument const& e) { throw UsageError(e.what()); }
    }();
    bar.clear();
    study.result.command = command_line(v);
    check_names(study.result, v);
    if (settings.keep_samples) {
        std::ostringstream samples;
        write_samples(samples, study.samples);
        write_whole(v["samples"].as<std::string>(), samples.str());
    }
    deliver(v["out"].as<std::string>(), render(study.result, format, v, around), around);
    if (study.result.status == Status::partial)
        around.err << fmt::format("runrate: stopped after {} worlds; the result says 'partial'\n", study.result.worlds);
    bool const shown = format == Format::table && v["out"].as<std::string>().empty();
    for (auto const& gate : study.result.gates) {
        if (!shown && gate.verdict != "pass")
            around.err << fmt::format("runrate: gate {}: {}\n", gate.verdict, gate.gate);
    }
    return verdict(study.result);
}

}  // namespace runrate
