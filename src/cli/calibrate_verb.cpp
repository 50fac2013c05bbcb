#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/benchmark_arguments.h"
#include "cli/benchmark_tables.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "core/date.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

constexpr std::array<std::string_view, 5> table_names{"errors", "combinations", "parameters", "worst", "skipped"};

std::string newest_date(StudySet const& set) {
    std::string newest;
    for (auto const& m : set.rows) newest = std::max(newest, m.date);
    return newest;
}

std::vector<ValidationRow> error_rows(Calibrated const& c) {
    std::vector<ValidationRow> rows;
    for (std::size_t f = 0; f < figure_names.size(); ++f) {
        for (auto const what : {LeaveOut::nothing, LeaveOut::concurrency}) {
            auto const s = summarise(what == LeaveOut::nothing ? c.in_sample : c.left_out, static_cast<Figure>(f));
            if (s.rows > 0) rows.push_back({what, static_cast<Figure>(f), s, {}});
        }
    }
    return rows;
}

/// What a calibration says of itself.
void describe(po::variables_map const& v, Prepared const& prepared, std::optional<Calibration> const& base,
              std::string const& command, Calibration& c) {
    c.name = v["name"].as<std::string>();
    c.as_of = v["as-of"].as<std::string>();
    if (c.as_of.empty()) c.as_of = newest_date(prepared.set);
    if (c.as_of.empty()) c.as_of = "not said";
    c.command = "runrate " + command;
    c.sources = prepared.sources;
    if (base) c.sources.push_back("pooled set of: " + base->name);
}

/// What the written file says of itself, and where it goes.
void check_file(po::variables_map const& v) {
    auto const& as_of = v["as-of"].as<std::string>();
    if (!as_of.empty() && !parse_date(as_of))
        throw UsageError(fmt::format("--as-of takes a date such as 2026-11-25 (found '{}')", as_of));
    if (v["name"].as<std::string>().empty()) throw UsageError("--name is empty (say what reports shall call it)");
    if (v["out"].as<std::string>() == "-") throw UsageError("--out takes a file (standard output has the tables)");
}

}  // namespace

Exit calibrate_verb(std::vector<std::string> const& arguments, Surroundings& around) {
    po::options_description options{"options"};
    auto const text = [] { return po::value<std::string>(); };
    options.add_options()("out", text()->default_value(""), "write the calibration there")(
        "name", text()->default_value("own measurements"), "what reports call it")(
        "as-of", text()->default_value(""), "its date; left out: the newest row's")(
        "pooled", "fit the pooled set to these rows alone, from scratch, instead of keeping that of the calibration");
    add_benchmark_options(options, "errors");
    auto const parsed = parse_arguments(
        "runrate calibrate FILE|FOLDER... [options]\n\n"
        "Fits how fast engines are to benchmarks, around what is known of others, and says how well.\n\n"
        "  runrate calibrate result.json --model llama-3.1-8b --gpu h100-sxm --precision bf16 --engine vllm --out "
        "mine.yaml",
        options, arguments, around, Positional::files);
    if (!parsed) return Exit::ok;
    auto const& v = *parsed;
    check_format(v, table_names);
    check_file(v);
    bool const pooled = v.count("pooled") > 0;
    if (pooled) refuse_ignored(v, "calibration", "is not looked at where the pooled set is fitted");
    ProgressBar bar{around.err, around.err_is_terminal, around.width};
    auto const work = work_argument(v, around, bar);
    auto const prepared = prepared_argument(v, around);
    std::optional<Calibration> base;
    if (!pooled) base = calibration_argument(v, around, "fit all of it with --pooled");
    auto fit = calibrate(prepared.set, base ? &*base : nullptr, work);
    bar.clear();
    auto const command = benchmark_command("calibrate", v, {"name", "as-of", "pooled"});
    describe(v, prepared, base, command, fit.calibration);
    auto const& out = v["out"].as<std::string>();
    if (!out.empty()) write_whole(out, to_yaml(fit.calibration));
    deliver_tables("runrate/calibrate/1", command,
                   {{"errors in %, median and 90th percentile; levels of concurrency left out by turns",
                     errors_table(error_rows(fit))},
                    {"combinations, in-sample, in %",
                     combinations_table("combinations", prepared.set, {{"covered", fit.in_sample}})},
                    {"parameters; decided: share of the prior's uncertainty that the rows took away, in %",
                     parameters_table(prepared.set, fit.offsets)},
                    {"rows predicted worst", worst_table(prepared.set, fit.in_sample, 10)},
                    {"rows that are not used", skipped_table(prepared.skipped)}},
                   v, "", around);
    return Exit::ok;
}

}  // namespace runrate
