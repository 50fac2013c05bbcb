#include "cli/benchmark_tables.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "cli/arguments.h"
#include "cli/output.h"
#include "core/contract.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

FlatCell percent(std::optional<ErrorSummary> const& e, double ErrorSummary::*member) {
    return e ? percent_cell((*e).*member) : FlatCell{};
}

FlatCell count(std::size_t n) { return FlatCell{static_cast<std::int64_t>(n)}; }

std::string_view name_of_figure(Figure f) { return figure_names[static_cast<std::size_t>(f)]; }

std::vector<Comparison> of_combination(StudySet const& set, std::vector<Comparison> const& all, std::size_t c) {
    std::vector<Comparison> own;
    for (auto const& x : all)
        if (set.combination_of[x.row] == c) own.push_back(x);
    return own;
}

/// What a large error of one row may come from.
std::string reason_of(StudySet const& set, Comparison const& c) {
    auto const& row = set.rows[c.row];
    auto const rows = set.combinations[set.combination_of[c.row]].rows.size();
    if (row.protocol == Protocol::request_log) return "ten requests of a log: chance of their few";
    if (rows < 4) return "few rows of its engine";
    if (c.figure == Figure::ttft && c.measured > 2 && c.predicted < c.measured) return "a queue, perhaps for KV cache";
    if (c.figure == Figure::ttft) return "front end and harness are not recorded";
    if (row.concurrency >= 256) return "the engine may have capped its batch";
    return "";
}

std::string cell_text(FlatCell const& cell) {
    if (auto const* text = std::get_if<std::string>(&cell)) return *text;
    if (auto const* x = std::get_if<double>(&cell)) return fmt::format("{}", *x);
    if (auto const* n = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *n);
    return "-";
}

void append_table(FlatTable const& table, std::string& out) {
    std::vector<std::size_t> widths;
    for (auto const& column : table.columns) widths.push_back(column.size());
    for (auto const& row : table.rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], cell_text(row[i]).size());
    auto const line = [&](auto const& text, auto const& is_text) {
        std::string row;
        for (std::size_t i = 0; i < widths.size(); ++i)
            row +=
                is_text(i) ? fmt::format("  {:<{}}", text(i), widths[i]) : fmt::format("  {:>{}}", text(i), widths[i]);
        while (row.ends_with(' ')) row.pop_back();
        out += row + "\n";
    };
    auto const text_column = [&](std::size_t i) {
        return !table.rows.empty() && std::holds_alternative<std::string>(table.rows.front()[i]);
    };
    line([&](std::size_t i) { return table.columns[i]; }, text_column);
    for (auto const& row : table.rows) line([&](std::size_t i) { return cell_text(row[i]); }, text_column);
}

}  // namespace

std::string load_of(Measurement const& m) {
    auto const lengths = fmt::format("{:.4g}/{:.4g}", m.prompt_tokens, m.output_tokens);
    switch (m.protocol) {
        case Protocol::closed_loop:
        case Protocol::iteration: return fmt::format("{:g} x {}", m.concurrency, lengths);
        case Protocol::open_loop: return fmt::format("{:g}/s x {}", m.request_rate.value_or(0), lengths);
        case Protocol::saturated: return "saturated, " + lengths;
        case Protocol::request_log: break;
    }
    return "log, " + lengths;
}

std::string place_of(Measurement const& m) { return m.where.substr(m.where.find_last_of('/') + 1); }

FlatCell rounded(double x) {
    if (x == 0) return FlatCell{0.0};
    return FlatCell{std::stod(fmt::format("{:.4g}", x))};
}

FlatCell percent_cell(double share) { return FlatCell{std::nearbyint(share * 1e4) / 1e2}; }

FlatTable skipped_table(std::vector<SkippedRow> const& skipped) {
    std::map<std::string, std::pair<std::int64_t, std::string>> by_rule;
    for (auto const& s : skipped) {
        auto& [rows, first] = by_rule[s.rule];
        if (rows++ == 0) first = s.where + (s.detail.empty() ? "" : " (" + s.detail + ")");
    }
    FlatTable table{"skipped", {"rule", "rows", "first"}, {}};
    for (auto const& [rule, rows] : by_rule)
        table.rows.push_back({text_cell(rule), FlatCell{rows.first}, text_cell(rows.second)});
    return table;
}

FlatTable errors_table(std::vector<ValidationRow> const& errors) {
    bool const compared = std::any_of(errors.begin(), errors.end(),
                                      [](ValidationRow const& e) { return e.study.goal || e.study.measured; });
    FlatTable table{"errors", {"left_out", "figure", "rows", "median", "p90"}, {}};
    if (compared)
        for (auto const* column : {"goal_median", "goal_p90", "study_median", "study_p90", "verdict"})
            table.columns.emplace_back(column);
    for (auto const& e : errors) {
        table.rows.push_back({text_cell(leave_out_names[static_cast<std::size_t>(e.left_out)]),
                              text_cell(name_of_figure(e.figure)), count(e.here.rows), percent_cell(e.here.median),
                              percent_cell(e.here.p90)});
        if (!compared) continue;
        auto const& [goal, measured] = e.study;
        bool const met = goal && e.here.median <= goal->median && e.here.p90 <= goal->p90;
        for (auto const& cell : {percent(goal, &ErrorSummary::median), percent(goal, &ErrorSummary::p90),
                                 percent(measured, &ErrorSummary::median), percent(measured, &ErrorSummary::p90),
                                 !goal ? FlatCell{} : text_cell(met ? "met" : "missed")})
            table.rows.back().push_back(cell);
    }
    return table;
}

FlatTable coverage_table(std::vector<Coverage> const& coverage) {
    FlatTable table{"coverage", {"left_out", "figure", "combinations", "covered", "log_scale"}, {}};
    for (auto const& c : coverage)
        table.rows.push_back({text_cell(leave_out_names[static_cast<std::size_t>(c.left_out)]),
                              text_cell(name_of_figure(c.figure)), count(c.combinations), percent_cell(c.covered),
                              rounded(c.log_scale)});
    return table;
}

FlatTable combinations_table(std::string name, StudySet const& set, std::vector<Compared> const& all) {
    FlatTable table{std::move(name), {"combination", "evidence", "figure", "rows", "bias", "median", "p90"}, {}};
    for (std::size_t c = 0; c < set.combinations.size(); ++c) {
        for (auto const& [evidence, comparisons] : all) {
            auto const own = of_combination(set, comparisons, c);
            for (auto const figure : {Figure::tpot, Figure::ttft, Figure::saturated, Figure::output, Figure::e2e}) {
                auto const summary = summarise(own, figure);
                if (summary.rows == 0) continue;
                auto const bias = real::exp(by_combination(set, own, figure).front().mean_log) - 1;
                table.rows.push_back({text_cell(set.combinations[c].name), text_cell(evidence),
                                      text_cell(name_of_figure(figure)), count(summary.rows), percent_cell(bias),
                                      percent_cell(summary.median), percent_cell(summary.p90)});
            }
        }
    }
    return table;
}

FlatTable rows_table(StudySet const& set, std::vector<Compared> const& all) {
    FlatTable table{
        "rows", {"where", "combination", "evidence", "load", "figure", "predicted", "measured", "error"}, {}};
    for (auto const& [evidence, comparisons] : all)
        for (auto const& c : comparisons)
            table.rows.push_back(
                {text_cell(place_of(set.rows[c.row])), text_cell(set.combinations[set.combination_of[c.row]].name),
                 text_cell(evidence), text_cell(load_of(set.rows[c.row])), text_cell(name_of_figure(c.figure)),
                 rounded(c.predicted), rounded(c.measured), percent_cell(c.predicted / c.measured - 1)});
    return table;
}

FlatTable worst_table(StudySet const& set, std::vector<Comparison> const& comparisons, std::size_t most) {
    auto sorted = comparisons;
    std::erase_if(sorted, [](Comparison const& c) { return c.figure == Figure::rate; });
    std::stable_sort(sorted.begin(), sorted.end(), [](Comparison const& a, Comparison const& b) {
        return std::abs(a.log_error()) > std::abs(b.log_error());
    });
    if (sorted.size() > most) sorted.resize(most);
    FlatTable table{
        "worst", {"where", "combination", "load", "figure", "predicted", "measured", "error", "reason"}, {}};
    for (auto const& c : sorted) {
        auto const& row = set.rows[c.row];
        table.rows.push_back({text_cell(place_of(row)), text_cell(set.combinations[set.combination_of[c.row]].name),
                              text_cell(load_of(row)), text_cell(name_of_figure(c.figure)), rounded(c.predicted),
                              rounded(c.measured), percent_cell(c.predicted / c.measured - 1),
                              text_cell(reason_of(set, c))});
    }
    return table;
}

FlatTable parameters_table(StudySet const& set, std::vector<OffsetFit> const& fits) {
    FlatTable table{"parameters", {"combination", "parameter", "value", "unit", "log_sd", "decided"}, {}};
    for (std::size_t c = 0; c < fits.size(); ++c) {
        for (std::size_t i = 0; i < parameter_count; ++i) {
            auto const p = static_cast<StepParameter>(i);
            auto const k = static_cast<Eigen::Index>(i);
            table.rows.push_back({text_cell(set.combinations[c].name), text_cell(prior(p).name),
                                  rounded(in_unit(fits[c].parameters, p)), text_cell(prior(p).unit),
                                  rounded(std::sqrt(fits[c].covariance(k, k))),
                                  percent_cell(decided_share(fits[c], p))});
        }
    }
    return table;
}

std::string to_text(TitledTables const& tables) {
    std::string out;
    for (auto const& [title, table] : tables) {
        if (table.rows.empty() || title.empty()) continue;
        out += (out.empty() ? "" : "\n") + title + "\n";
        append_table(table, out);
    }
    return out;
}

void check_format(boost::program_options::variables_map const& v, std::span<std::string_view const> tables) {
    constexpr std::array<std::string_view, 4> formats{"table", "json", "csv", "markdown"};
    parse_word(formats, "format", v["format"].as<std::string>());
    if (auto const& name = v["table"].as<std::string>(); !name.empty()) parse_word(tables, "table", name);
    if (v["format"].as<std::string>() != "csv") refuse_ignored(v, "table", "names a table of --format csv");
}

void deliver_tables(std::string const& schema, std::string const& command, TitledTables const& tables,
                    boost::program_options::variables_map const& v, std::string const& file, Surroundings& around) {
    auto const& format = v["format"].as<std::string>();
    if (format == "table") return deliver(file, to_text(tables), around);
    if (format == "markdown") {
        std::string text;
        for (auto const& [title, table] : tables)
            if (!title.empty()) text += to_markdown(table, title);
        return deliver(file, text, around);
    }
    std::vector<FlatTable> flat;
    for (auto const& [title, table] : tables) flat.push_back(table);
    if (format == "json") return deliver(file, to_json(schema, command, flat), around);
    auto const& name = v["table"].as<std::string>();
    auto const at =
        std::find_if(flat.begin(), flat.end(), [&](FlatTable const& t) { return name.empty() || t.name == name; });
    RUNRATE_EXPECT(at != flat.end());
    deliver(file, to_csv(*at), around);
}

}  // namespace runrate
