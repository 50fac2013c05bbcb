#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <boost/algorithm/string/split.hpp>

#include "cli/arguments.h"
#include "cli/benchmark_arguments.h"
#include "cli/benchmark_tables.h"
#include "cli/measured_capacity.h"
#include "cli/pool_argument.h"
#include "cli/progress.h"
#include "cli/verbs.h"

namespace runrate {
namespace po = boost::program_options;
namespace {

constexpr std::array<std::string_view, 6> predicted_names{"errors", "combinations", "worst",
                                                          "rows",   "skipped",      "inputs"};
constexpr std::array<std::string_view, 4> stated_names{"capacity", "rows", "skipped", "inputs"};
constexpr std::array<std::string_view, 8> left_out_table_names{"errors", "coverage", "combinations", "left_out",
                                                               "worst",  "rows",     "skipped",      "inputs"};

std::vector<LeaveOut> parse_left_out(std::string const& text) {
    std::vector<LeaveOut> chosen;
    auto const known = std::span{leave_out_names}.subspan(1);  // all but `nothing`
    if (text == "all") {
        for (std::size_t i = 0; i < known.size(); ++i) chosen.push_back(static_cast<LeaveOut>(i + 1));
        return chosen;
    }
    std::vector<std::string> words;
    boost::algorithm::split(words, text, [](char c) { return c == ','; });
    for (auto const& word : words)
        chosen.push_back(static_cast<LeaveOut>(parse_word(known, "part to leave out", word) + 1));
    return chosen;
}

FlatTable inputs_table(Prepared const& p) {
    FlatTable table{"inputs", {"source"}, {}};
    for (auto const& s : p.sources) table.rows.push_back({text_cell(s)});
    return table;
}

/// Whether the rows are those of the calibration study, whose figures and goals are of its own tables.
bool of_study(Prepared const& p) {
    return std::any_of(p.sources.begin(), p.sources.end(),
                       [](std::string const& s) { return s.starts_with("aiconfigurator_silicon.csv"); });
}

/// Every fold fitted all over again.
TitledTables left_out_tables(Prepared const& p, po::variables_map const& v, Work const& work) {
    ValidationSettings settings;
    settings.left_out = parse_left_out(v["leave-out"].as<std::string>());
    settings.folds = static_cast<std::size_t>(at_least_one("folds", v, 1000));
    if (settings.folds < 2) throw UsageError("--folds takes at least 2: the rows of one are predicted by the others");
    auto result = validate(p.set, settings, work);
    if (!of_study(p))
        for (auto& e : result.errors) e.study = {};
    std::vector<Compared> held;
    for (auto& [what, comparisons] : result.left_out)
        held.push_back(
            {fmt::format("{} left out", leave_out_names[static_cast<std::size_t>(what)]), std::move(comparisons)});
    auto all = held;
    all.insert(all.begin(), {"in-sample", result.in_sample});
    return {
        {"errors in %, median and 90th percentile; in-sample where nothing is left out", errors_table(result.errors)},
        {"share of left-out combinations inside of their 80 % interval, in %", coverage_table(result.coverage)},
        {"combinations, in-sample, in %", combinations_table("combinations", p.set, {all.front()})},
        {"", combinations_table("left_out", p.set, held)},
        {"rows predicted worst", worst_table(p.set, result.in_sample, 15)},
        {"", rows_table(p.set, all)}};
}

/// Comparisons by what is known of their engines, from the most to the least.
std::vector<Compared> by_evidence(StudySet const& set, PredictedBy const& predicted) {
    std::vector<Compared> groups;
    for (auto const name : evidence_names) groups.push_back({std::string{name}, {}});
    for (auto const& c : compare(set, predicted.predictions))
        groups[static_cast<std::size_t>(predicted.evidence[set.combination_of[c.row]])].comparisons.push_back(c);
    return groups;
}

/// Predictions of a calibration that is given, by its name.
TitledTables predicted_tables(Prepared const& p, std::string const& name, PredictedBy const& predicted) {
    auto const groups = by_evidence(p.set, predicted);
    FlatTable errors{"errors", {"evidence", "figure", "rows", "median", "p90"}, {}};
    std::vector<Comparison> all;
    for (auto const& [evidence, comparisons] : groups) {
        all.insert(all.end(), comparisons.begin(), comparisons.end());
        for (std::size_t f = 0; f < figure_names.size(); ++f) {
            auto const s = summarise(comparisons, static_cast<Figure>(f));
            if (s.rows > 0)
                errors.rows.push_back({text_cell(evidence), text_cell(figure_names[f]),
                                       FlatCell{static_cast<std::int64_t>(s.rows)}, percent_cell(s.median),
                                       percent_cell(s.p90)});
        }
    }
    return {{fmt::format("errors in % of {}, by what is known of each engine", name), errors},
            {"combinations, in %", combinations_table("combinations", p.set, groups)},
            {"rows predicted worst", worst_table(p.set, all, 15)},
            {"", rows_table(p.set, groups)}};
}

/// What is known of the engines: by the pool, else by the calibration.
TitledTables predicted_tables(Prepared const& p, po::variables_map const& v, Pool const* pool,
                              Surroundings const& around, Work const& work) {
    if (pool) {
        auto const& known = std::get<CalibratedSpeed>(pool->speed);
        return predicted_tables(p, known.calibration, predict_by(known.speed, p.set, work));
    }
    auto const calibration = calibration_argument(v, around, "fit with --leave-out");
    return predicted_tables(p, calibration.name, predict_by(calibration, p.set, work));
}

constexpr char const* usage_text =
    "runrate validate [FILE|FOLDER...] [options]\n\n"
    "Predicts every row of benchmarks by a calibration, or by fits that did not see it, and says how far off it "
    "is.\n\n"
    "  runrate validate results/                    against the shipped calibration\n"
    "  runrate validate results/ --leave-out all    fitted over again without each part\n"
    "  runrate validate results/ --scenario s.yaml --pool llama-70b    rows of one pool, as it is configured\n\n"
    "Without a FILE it takes $RUNRATE_DATA/benchmarks, where the study's tables are. Every row, predicted against\n"
    "measured, is in --format json, and in csv by --table rows. Of a pool that states its capacity, what is stated is\n"
    "held against the throughput that was measured of any engine on such GPUs.";

po::options_description validate_options() {
    po::options_description options{"options"};
    options.add_options()("leave-out", po::value<std::string>(),
                          "fit the rows themselves, leaving some out by turns: 'all', or some of concurrency, "
                          "combination, family, model, gpu")("folds", po::value<std::string>()->default_value("10"),
                                                             "parts that are left out by turns")(
        "out", po::value<std::string>()->default_value(""), "write there instead of standard output");
    add_benchmark_options(options, "errors");
    add_pool_options(options);
    return options;
}

bool states_capacity(std::optional<ChosenPool> const& pool) {
    return pool && std::holds_alternative<StatedCapacity>(pool->pool.speed);
}

/// Before the work: options that would be ignored, and names of tables that there will not be.
void check_options(po::variables_map const& v, std::optional<ChosenPool> const& pool) {
    bool const fits = v.count("leave-out") > 0;
    if (states_capacity(pool)) refuse_ignored(v, "leave-out", "fits step times, which a stated capacity does not have");
    std::span<std::string_view const> names = predicted_names;
    if (fits) names = left_out_table_names;
    if (states_capacity(pool)) names = stated_names;
    check_format(v, names);
    if (fits)
        refuse_ignored(v, "calibration", "is not looked at where rows are fitted themselves");
    else
        refuse_ignored(v, "folds", "is of --leave-out");
}

TitledTables validated(po::variables_map const& v, std::optional<ChosenPool> const& pool, Surroundings& around) {
    ProgressBar bar{around.err, around.err_is_terminal, around.width};
    auto const work = work_argument(v, around, bar);
    auto const* wanted = pool ? &pool->pool : nullptr;
    auto const prepared = prepared_argument(v, around, around.data_folder, wanted);
    TitledTables tables;
    if (states_capacity(pool))
        tables = measured_capacity_tables(prepared.set, *pool);
    else if (v.count("leave-out") > 0)
        tables = left_out_tables(prepared, v, work);
    else
        tables = predicted_tables(prepared, v, wanted, around, work);
    bar.clear();
    tables.emplace_back("rows that are not used", skipped_table(prepared.skipped));
    tables.emplace_back("measurements", inputs_table(prepared));
    return tables;
}

}  // namespace

Exit validate_verb(std::vector<std::string> const& arguments, Surroundings& around) {
    auto const parsed = parse_arguments(usage_text, validate_options(), arguments, around, Positional::files);
    if (!parsed) return Exit::ok;
    auto const& v = *parsed;
    constexpr std::array parts{"model", "gpu", "precision", "tp", "pp", "dp", "ep", "engine", "calibration"};
    auto const pool = pool_argument(v, around, parts);
    check_options(v, pool);
    auto const tables = validated(v, pool, around);
    auto const* schema = states_capacity(pool) ? "runrate/validate-capacity/1" : "runrate/validate/1";
    deliver_tables(schema,
                   benchmark_command("validate", v, {"leave-out", "folds", "scenario", "pool", "set", "prices"}),
                   tables, v, v["out"].as<std::string>(), around);
    return Exit::ok;
}

}  // namespace runrate
