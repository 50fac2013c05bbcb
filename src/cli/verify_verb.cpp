#include <array>

#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/benchmark_tables.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "experiment/verify.h"
#include "report/figures.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 1> names{"days"};

constexpr char const* usage_text =
    "runrate verify SCENARIO [options]\n\n"
    "Runs days event by event (sessions, API models and pools together) in the world where every belief is at its\n"
    "median, at the usual traffic of such days, and holds them against the projection that `run` is made from.\n\n"
    "  runrate verify support.yaml                                   a Monday and a Sunday, early, halfway and late\n"
    "  runrate verify support.yaml --option self-host --scale 10x --month 2026-12 --week";

po::options_description verify_options() {
    po::options_description options{"options"};
    options.add_options()("option", po::value<Words>()->composing(), "only this option; may be repeated")(
        "scale", po::value<Words>()->composing(), "at this scale instead of the scenario's first; may be repeated")(
        "month", po::value<Words>()->composing(),
        "days of this month (2026-12) instead of the first, middle and last; may be repeated")(
        "week", "all days of a week instead of its Monday and Sunday")(
        "seed", po::value<std::string>()->default_value("1"), "equal seeds give equal bytes")(
        "threads", po::value<std::string>()->default_value("0"),
        "0: as many as the machine has; never changes the result")(
        "format", po::value<std::string>()->default_value("table"), "table, json, csv or markdown")(
        "table", po::value<std::string>()->default_value("", "days"), "which table of --format csv")(
        "out", po::value<std::string>()->default_value(""), "write there instead of standard output");
    add_scenario_options(options);
    return options;
}

VerifySettings settings_of(po::variables_map const& v) {
    VerifySettings settings;
    if (v.count("option") > 0) settings.options = v["option"].as<Words>();
    if (v.count("month") > 0) settings.months = v["month"].as<Words>();
    if (v.count("scale") > 0)
        for (auto const& text : v["scale"].as<Words>()) settings.scales.push_back(parse_scale(text));
    settings.week = v.count("week") > 0;
    settings.seed = parse_count("seed", v["seed"].as<std::string>(), UINT64_MAX);
    settings.threads = static_cast<unsigned>(parse_count("threads", v["threads"].as<std::string>(), 1024));
    return settings;
}

std::optional<double> difference(VerifyRow const& row) {
    if (!row.projected || !row.simulated || *row.projected == 0) return std::nullopt;
    return *row.simulated / *row.projected - 1;
}

FlatTable days_table(std::vector<VerifyRow> const& rows) {
    FlatTable table{
        "days",
        {"option", "scale", "date", "weekday", "of", "item", "unit", "projected", "simulated", "difference"},
        {}};
    for (auto const& r : rows)
        table.rows.push_back({text_cell(r.option), r.scale, text_cell(r.date), text_cell(r.weekday), text_cell(r.of),
                              text_cell(r.item), text_cell(r.unit), cell_of(r.projected), cell_of(r.simulated),
                              cell_of(difference(r))});
    return table;
}

/// One table for each day of an option.
TitledTables screen_tables(std::vector<VerifyRow> const& rows) {
    TitledTables tables;
    auto const text = [](std::optional<double> const& x) { return text_cell(x ? figure(*x) : "-"); };
    for (auto const& r : rows) {
        auto const title = fmt::format("{}, {}, {} {}", r.option, times_text(r.scale), r.weekday, r.date);
        if (tables.empty() || tables.back().first != title)
            tables.emplace_back(title, FlatTable{"days", {"of", "item", "unit", "projected", "simulated", "off"}, {}});
        auto const off = difference(r);
        tables.back().second.rows.push_back({text_cell(r.of), text_cell(r.item), text_cell(r.unit), text(r.projected),
                                             text(r.simulated),
                                             text_cell(off ? fmt::format("{:+.1f}%", 100 * *off) : "-")});
    }
    return tables;
}

std::string command_line(po::variables_map const& v) {
    constexpr std::array given{"option", "scale", "month", "week", "seed", "set", "prices", "catalogue"};
    return "verify " + shell_word(v["scenario"].as<std::string>()) + given_options(v, given);
}

}  // namespace

Exit verify_verb(std::vector<std::string> const& arguments, Surroundings& around) {
    auto const parsed = parse_arguments(usage_text, verify_options(), arguments, around);
    if (!parsed) return Exit::ok;
    auto const& v = *parsed;
    check_format(v, names);
    auto const settings = settings_of(v);
    auto const loaded = load_argument(v, around);
    around.err << loaded.warnings;
    std::vector<VerifyRow> rows;
    try {
        rows = verify(*loaded.scenario, settings, around.stop);
    } catch (std::invalid_argument const& e) { throw UsageError(e.what()); }
    auto const& out = v["out"].as<std::string>();
    if (v["format"].as<std::string>() == "table") return deliver(out, to_text(screen_tables(rows)), around), Exit::ok;
    deliver_tables("runrate/verify/1", command_line(v), {{"Days", days_table(rows)}}, v, out, around);
    return Exit::ok;
}

}  // namespace runrate
