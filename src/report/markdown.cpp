#include "report/markdown.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/breakeven_text.h"
#include "report/cost_table.h"
#include "report/figures.h"
#include "report/markdown_breakeven.h"
#include "report/markdown_table.h"
#include "report/screen.h"

namespace runrate {
namespace {

template <class T>
bool contains(std::vector<T> const& all, T const& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

std::string header(Result const& result) {
    auto const& scenario = result.scenario;
    auto text = fmt::format(
        "# {}\n\n{} months from {}; {} worlds x {} price draws, seed {}; scales multiply {}; money in {}.\n",
        markdown_text(scenario.name), scenario.months, markdown_text(scenario.start), result.worlds, result.price_draws,
        result.seed, markdown_text(scenario.scale_multiplies), markdown_text(result.currency));
    if (result.status == Status::partial)
        text += "\n**Partial: stopped early; only the worlds that had finished are counted.**\n";
    return text;
}

/// `a, b and c`.
std::string listed(std::vector<std::string> const& names, char const* last) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        text += (i == 0 ? "" : i + 1 == names.size() ? fmt::format(" {} ", last) : ", ") + names[i];
    return text;
}

std::string question(Result const& result) {
    if (result.options.empty()) return "";
    std::vector<std::string> options, challengers;
    for (auto const& row : result.options) options.push_back(row.option);
    for (auto const& row : result.breakeven)
        if (!contains(challengers, row.challenger)) challengers.push_back(row.challenger);
    auto text = fmt::format("What does {} cost", listed(options, "or"));
    if (!challengers.empty())
        text += fmt::format(", and from which volume on is {} cheaper than {}", listed(challengers, "or"),
                            result.breakeven.front().baseline);
    return fmt::format("\n**Question:** {}?\n", markdown_text(text));
}

/// API models and own pools that an option's bill names, in its order.
std::vector<std::string> served_by(Result const& result, std::string const& option) {
    std::vector<std::string> names;
    auto const add = [&](std::string const& name) {
        if (!contains(names, name)) names.push_back(name);
    };
    for (auto const& row : result.cost_lines)
        if (row.option == option && row.target) add(*row.target);
    for (auto const& row : result.service)
        if (row.option == option) add("pool " + row.pool);
    return names;
}

std::string options_section(Result const& result) {
    MarkdownTable table{{{"option"}, {"served by"}, {"states its success"}}, {}};
    for (auto const& row : result.options)
        table.rows.push_back({markdown_text(row.option),
                              markdown_text(fmt::format("{}", fmt::join(served_by(result, row.option), ", "))),
                              row.quality_stated ? "yes" : "no"});
    return section("Options", table);
}

/// Quarters and fiscal years, each option's percentiles beside each other.
std::string periods_section(Result const& result, Selection const& shown) {
    if (shown.scales.empty()) return "";
    double const scale = contains(shown.scales, 1.0) ? 1.0 : shown.scales.front();
    MarkdownTable table{{{"period"}, {"months", Align::right}}, {}};
    for (auto const& option : shown.options)
        for (auto const* part : {" P5", " P50", " P95"})
            table.heads.push_back({markdown_text(option) + part, Align::right});
    auto const amount = [&](Dollars value) { return value ? markdown_figure(money(*value, result.currency)) : "-"; };
    for (auto const& period : all_periods(result)) {
        if (period.kind != "quarter" && period.kind != "fiscal_year") continue;
        std::vector<std::string> cells{markdown_text(period.name), fmt::format("{}", period.months_in)};
        for (auto const& option : shown.options) {
            auto const* const row = find_total(result, option, scale, period.name);
            for (auto const& value :
                 {row ? row->p5 : Dollars{}, row ? row->p50 : Dollars{}, row ? row->p95 : Dollars{}})
                cells.push_back(amount(value));
        }
        table.rows.push_back(std::move(cells));
    }
    return section(fmt::format("Cost of quarters and fiscal years at {} {}", times_text(scale),
                               markdown_text(result.scenario.scale_multiplies)),
                   table);
}

/// Whole fiscal years, or else the horizon, at every scale.
std::string scales_section(Result const& result, Selection shown) {
    std::erase_if(shown.periods, [](ShownPeriod const& p) { return p.kind != "fiscal_year" && p.kind != "horizon"; });
    MarkdownTable table{{{"period"}, {"scale", Align::right}}, {}};
    for (auto const& option : shown.options)
        for (auto const* part : {" median", " P5 .. P95", " mean", " ±"})
            table.heads.push_back({markdown_text(option) + part, Align::right});
    for (auto const& row : cost_table(result, shown).rows) {
        auto cells = row.labels;
        cells[0] = shown.periods[table.rows.size() / shown.scales.size()].name;
        for (auto const& group : row.cells) cells.insert(cells.end(), group.begin(), group.end());
        for (auto& cell : cells) cell = markdown_figure(cell);
        table.rows.push_back(std::move(cells));
    }
    return section("Cost at the scales: " + markdown_text(cost_conventions(result)), table);
}

std::string units_section(Result const& result, Selection const& shown) {
    std::vector<UnitCostRow> rows;
    std::copy_if(result.unit_costs.begin(), result.unit_costs.end(), std::back_inserter(rows), [&](auto const& row) {
        return row.scale == shown.scale && row.period == shown.period && !is_detail(row.unit);
    });
    auto table = markdown_table(rows, result.currency);
    for (auto& row : table.rows) row[1].clear(), row[2].clear();  // the title states scale and period
    return section(fmt::format("Per unit: {} at {} {}", markdown_text(shown.period), times_text(shown.scale),
                               markdown_text(result.scenario.scale_multiplies)),
                   table);
}

std::vector<std::string> service_cells(ServiceRow const& row, std::string const& currency) {
    auto const of = [](Real value, auto text) { return value ? text(*value) : std::string{}; };
    return {markdown_text(row.option),      markdown_text(row.pool),
            times_text(row.scale),          of(row.replicas_mean, figure),
            of(row.replicas_peak, figure),  of(row.load, percent),
            of(row.yield, percent),         row.idle_cost ? markdown_figure(money(*row.idle_cost, currency)) : "",
            of(row.ttft_p95, seconds_text), of(row.tpot_p95, seconds_text),
            of(row.cache_hit, percent),     of(row.shed, percent),
            of(row.overflow, percent),      of(row.objective_met_p, percent)};
}

std::string pools_section(Result const& result, Selection const& shown) {
    MarkdownTable table{{{"option"}, {"pool"}}, {}};
    for (auto const* name : {"scale", "replicas", "at the peak", "as full as they shall be", "yield of saturation",
                             "idle", "TTFT p95", "TPOT p95", "prompt tokens cached", "calls turned away",
                             "answered elsewhere", "worlds that meet the objective"})
        table.heads.push_back({name, Align::right});
    for (auto const& row : result.service)
        if (row.period == shown.period && contains(shown.scales, row.scale) && contains(shown.options, row.option))
            table.rows.push_back(service_cells(row, result.currency));
    return section(fmt::format("Own GPUs: {}, replicas in the mean of all worlds, latencies in the median",
                               markdown_text(shown.period)),
                   table);
}

/// What is known and assumed, what is left out, and how to make the page again.
std::string grounds(Result const& result, Selection const& shown) {
    std::string out = "\n## How far to trust it\n\n";
    for (auto const& sentence : trust_sentences(result, shown)) out += "- " + markdown_text(sentence) + "\n";
    return out + fmt::format("\nMade by {}; the scenario's hash is {}.\n", markdown_text("runrate " + result.command),
                             markdown_text(result.scenario.hash.substr(0, 12)));
}

}  // namespace

std::string to_markdown(Result const& result) {
    auto const shown = select(result, std::nullopt);
    auto const& currency = result.currency;
    auto out = header(result) + question(result) + options_section(result);
    out += periods_section(result, shown) + scales_section(result, shown) + units_section(result, shown);
    out += breakeven_section(result, Comparisons::news) + chances_section(result, shown) + pools_section(result, shown);
    out += section("Gates", markdown_table(result.gates, currency));
    out += section("Warnings", markdown_table(result.warnings, currency));
    out += section("What is decided", markdown_table(result.plan, currency));
    out += section("Accuracy", markdown_table(result.accuracy, currency));
    out += section("Published claims", markdown_table(result.claims, currency));
    return out + grounds(result, shown);
}

std::string breakeven_markdown(Result const& result) {
    std::vector<WarningRow> warnings;
    std::copy_if(result.warnings.begin(), result.warnings.end(), std::back_inserter(warnings), concerns_volumes);
    return header(result) + question(result) + breakeven_section(result, Comparisons::all) + curve_sections(result) +
           section("Warnings", markdown_table(warnings, result.currency)) +
           grounds(result, select(result, std::nullopt));
}

}  // namespace runrate
