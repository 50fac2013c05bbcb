#include "report/markdown_breakeven.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/breakeven_text.h"
#include "report/figures.h"
#include "report/markdown.h"
#include "report/markdown_table.h"

namespace runrate {
namespace {

std::string amount_cell(Dollars amount, Result const& result) {
    return amount ? markdown_figure(money(*amount, result.currency)) : "";
}

std::string percent_cell(Real share) { return share ? percent(*share) : ""; }

std::string volume_cell(Real volume) { return volume ? figure(*volume) : ""; }

std::string crossing_cell(BreakevenRow const& row) {
    if (!row.world_p50) return "";
    return markdown_figure(
        fmt::format("{} [{} .. {}]", figure(*row.world_p50), volume_cell(row.world_p5), volume_cell(row.world_p95)));
}

/// What the row counts, and what it takes otherwise than the plan at the reference's mix.
std::string counted_cell(BreakevenRow const& row) {
    return markdown_text(is_headline(row) ? std::string{quality_text(row)}
                                          : fmt::format("{}, {}", quality_text(row), variation_text(row)));
}

/// When it pays, and what would make both options as dear, as a list.
std::string turning_list(Result const& result) {
    std::string out;
    for (auto const& row : result.breakeven) {
        if (!is_headline(row) || !is_news(result, row)) continue;
        for (auto const& text : {dates_text(row), turning_text(row, result.currency)}) {
            if (text.empty()) continue;
            out += "- " +
                   markdown_text(
                       fmt::format("{} against {}, {}: {}", row.challenger, row.baseline, quality_text(row), text)) +
                   "\n";
        }
    }
    return out.empty() ? "" : "\n" + out;
}

BreakevenRow const* headline_of(Result const& result, BreakevenCurveRow const& point) {
    auto const found = std::find_if(result.breakeven.begin(), result.breakeven.end(), [&](BreakevenRow const& row) {
        return is_headline(row) && row.baseline == point.baseline && row.challenger == point.challenger &&
               row.quality == point.quality && row.mix == point.mix;
    });
    return found == result.breakeven.end() ? nullptr : &*found;
}

std::string chance_cell(BreakevenCurveRow const& point) {
    if (!point.p_cheaper) return "";
    return fmt::format("{} ± {}", percent(*point.p_cheaper), percent(point.p_cheaper_se.value_or(0)));
}

}  // namespace

std::string breakeven_section(Result const& result, Comparisons compared) {
    if (result.breakeven.empty()) return "";
    MarkdownTable table{{{"challenger"},
                         {"baseline"},
                         {"counted"},
                         {"cheaper in half of the worlds"},
                         {"in 80%"},
                         {"single worlds cross at, sessions a month", Align::right},
                         {"never", Align::right},
                         {"always", Align::right},
                         {"wrong challenger, a year at 1x", Align::right},
                         {"wrong baseline, a year at 1x", Align::right}},
                        {}};
    for (auto const& row : result.breakeven) {
        if (compared == Comparisons::news && !is_news(result, row)) continue;
        table.rows.push_back({markdown_text(row.challenger), markdown_text(row.baseline), counted_cell(row),
                              safe50_text(row), safe80_text(row), crossing_cell(row), percent_cell(row.p_never),
                              percent_cell(row.p_always), amount_cell(row.regret_challenger, result),
                              amount_cell(row.regret_baseline, result)});
    }
    auto const title = fmt::format("Breakeven: multiples of {} from {}, its mix of features",
                                   result.breakeven.front().reference.value_or(""), widest_range_text(result));
    return section(markdown_text(title), table) + turning_list(result);
}

std::string chances_section(Result const& result, Selection const& shown) {
    MarkdownTable table{{{"challenger"}, {"baseline"}, {"counted"}}, {}};
    for (double const scale : shown.scales) table.heads.push_back({times_text(scale), Align::right});
    for (auto const& row : result.breakeven) {
        if (!is_headline(row) || !is_news(result, row)) continue;
        std::vector<std::string> cells{markdown_text(row.challenger), markdown_text(row.baseline), counted_cell(row)};
        for (double const scale : shown.scales) {
            auto const point =
                std::find_if(result.breakeven_curve.begin(), result.breakeven_curve.end(),
                             [&](auto const& p) { return p.multiplier == scale && headline_of(result, p) == &row; });
            cells.push_back(point == result.breakeven_curve.end() ? "" : chance_cell(*point));
        }
        table.rows.push_back(std::move(cells));
    }
    return section("P(cheaper) ± standard error, at the scales", table);
}

std::string curve_sections(Result const& result) {
    std::string out;
    for (auto const& row : result.breakeven) {
        if (!is_headline(row)) continue;
        MarkdownTable table{{{"volume", Align::right},
                             {"sessions", Align::right},
                             {"tokens", Align::right},
                             {markdown_text(row.baseline), Align::right},
                             {markdown_text(row.challenger), Align::right},
                             {"P(cheaper)", Align::right},
                             {"replicas", Align::right}},
                            {}};
        for (auto const& point : result.breakeven_curve) {
            if (headline_of(result, point) != &row) continue;
            table.rows.push_back({figure(point.multiplier) + "x", volume_cell(point.sessions),
                                  volume_cell(point.tokens), amount_cell(point.cost_baseline, result),
                                  amount_cell(point.cost_challenger, result), chance_cell(point),
                                  volume_cell(point.replicas)});
        }
        out += section(markdown_text(fmt::format("{} against {}, {}: means of a month", row.challenger, row.baseline,
                                                 quality_text(row))),
                       table);
    }
    return out;
}

}  // namespace runrate
