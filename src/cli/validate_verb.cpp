#include <algorithm>

#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/benchmark_arguments.h"
#include "cli/benchmark_tables.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/verbs.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

using Titled = std::vector<std::pair<std::string, FlatTable>>;

std::vector<LeaveOut> parse_left_out(std::string const& text) {
    std::vector<LeaveOut> chosen;
    for (std::size_t i = 1; i < leave_out_names.size(); ++i)
        if (text == "all" || text.find(leave_out_names[i]) != std::string::npos)
            chosen.push_back(static_cast<LeaveOut>(i));
    if (chosen.empty())
        throw UsageError(fmt::format("--leave-out takes 'all', or some of {} with commas between them (found '{}')",
                                     fmt::join(leave_out_names.begin() + 1, leave_out_names.end(), ", "), text));
    return chosen;
}

FlatTable inputs_table(Prepared const& p) {
    FlatTable table{"inputs", {"source"}, {}};
    for (auto const& s : p.sources) table.rows.push_back({text_cell(s)});
    return table;
}

/// Every fold fitted all over again.
Titled left_out_tables(Prepared const& p, po::variables_map const& v, unsigned threads, Surroundings& around) {
    ValidationSettings settings;
    settings.left_out = parse_left_out(v["leave-out"].as<std::string>());
    settings.folds = std::max<std::size_t>(2, parse_count("folds", v["folds"].as<std::string>(), 1000));
    settings.threads = threads;
    ProgressBar bar{around.err, around.err_is_terminal, around.width};
    auto const result = validate(p.set, settings, [&](std::string const& next) { bar.show(next); });
    bar.clear();
    return {
        {"errors in %, median and 90th percentile; in-sample where nothing is left out", errors_table(result.errors)},
        {"share of left-out combinations inside of their 80 % interval, in %", coverage_table(result.coverage)},
        {"combinations, in-sample, in %", combinations_table(p.set, result.in_sample, {})},
        {"rows predicted worst", worst_table(p.set, result.in_sample, 15)}};
}

/// Predictions of a calibration that is given.
Titled predicted_tables(Prepared const& p, Calibration const& calibration, unsigned threads) {
    auto const [predictions, evidence] = predict_by(calibration, p.set, threads);
    auto const comparisons = compare(p.set, predictions);
    FlatTable errors{"errors", {"evidence", "figure", "rows", "median", "p90"}, {}};
    for (std::size_t e = 0; e < evidence_names.size(); ++e) {
        std::vector<Comparison> own;
        for (auto const& c : comparisons)
            if (static_cast<std::size_t>(evidence[p.set.combination_of[c.row]]) == e) own.push_back(c);
        for (std::size_t f = 0; f < figure_names.size(); ++f) {
            auto const s = summarise(own, static_cast<Figure>(f));
            if (s.rows > 0)
                errors.rows.push_back({text_cell(evidence_names[e]), text_cell(figure_names[f]),
                                       FlatCell{static_cast<std::int64_t>(s.rows)}, percent_cell(s.median),
                                       percent_cell(s.p90)});
        }
    }
    return {{fmt::format("errors in % of {}, by what is known of each engine", calibration.name), errors},
            {"combinations, in %", combinations_table(p.set, comparisons, evidence)},
            {"rows predicted worst", worst_table(p.set, comparisons, 15)}};
}

}  // namespace

Exit validate_verb(std::vector<std::string> const& arguments, Surroundings& around) {
    po::options_description options{"options"};
    options.add_options()("leave-out", po::value<std::string>(),
                          "fit the rows themselves, leaving some out by turns: 'all', or some of concurrency, "
                          "combination, family, model, gpu")("folds", po::value<std::string>()->default_value("10"),
                                                             "parts that are left out by turns")(
        "out", po::value<std::string>()->default_value(""), "write there instead of standard output");
    add_benchmark_options(options);
    auto const v = parse_arguments(
        "usage: runrate validate FILE|FOLDER... [options]\n\n"
        "Predicts every row of benchmarks by a calibration, or by fits that did not see it, and says how far off it "
        "is.\n\n"
        "  runrate validate results/                    against the shipped calibration\n"
        "  runrate validate results/ --leave-out all    fitted over again without each part",
        options, arguments, around, Positional::files);
    if (!v) return Exit::ok;
    auto const threads = static_cast<unsigned>(parse_count("threads", (*v)["threads"].as<std::string>(), 1024));
    auto const prepared = prepared_argument(*v, around);
    Titled tables;
    if (v->count("leave-out") > 0) {
        tables = left_out_tables(prepared, *v, threads, around);
    } else {
        auto const calibration = calibration_argument(*v, around);
        if (!calibration) throw UsageError("no calibration is installed (name one with --calibration, or --leave-out)");
        tables = predicted_tables(prepared, *calibration, threads);
    }
    tables.emplace_back("rows that are not used", skipped_table(prepared.skipped));
    tables.emplace_back("measurements", inputs_table(prepared));
    deliver_tables("runrate/validate/1", "validate", tables, *v, around);
    return Exit::ok;
}

}  // namespace runrate
