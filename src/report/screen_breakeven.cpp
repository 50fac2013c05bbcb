#include <algorithm>

#include <fmt/format.h>

#include "report/breakeven_text.h"
#include "report/figures.h"
#include "report/screen.h"

namespace runrate {
namespace {

/// `P(cheaper) 0.00% at 1x, 34% at 10x`; empty where no scale is within the range of volumes.
std::string probabilities(Screen const& screen, BreakevenRow const& of) {
    std::string text;
    for (double const scale : screen.shown.scales) {
        for (auto const& row : screen.result.breakeven_curve) {
            bool const same = row.baseline == of.baseline && row.challenger == of.challenger &&
                              row.quality == of.quality && Text{row.mix} == of.mix;
            if (!same || row.multiplier != scale) continue;
            text += fmt::format("{}{} at {}", text.empty() ? "P(cheaper) " : ", ", percent(row.p_cheaper.value_or(0)),
                                times_text(scale));
        }
    }
    return text;
}

std::string row_text(Screen const& screen, BreakevenRow const& row) {
    if (!is_headline(row))
        return fmt::format("{} against {}, {}, {}: {}", row.challenger, row.baseline, quality_text(row),
                           variation_text(row), safe_text(row));
    auto text = fmt::format("{} against {}, {}: {}", row.challenger, row.baseline, quality_text(row), safe_text(row));
    auto const& currency = screen.result.currency;
    for (auto const& part :
         {probabilities(screen, row), dates_text(row), turning_text(row, currency), regret_text(row, currency)})
        if (!part.empty()) text += "; " + part;
    return text;
}

}  // namespace

void add_breakeven(Screen& screen) {
    auto const& rows = screen.result.breakeven;
    if (rows.empty()) return;
    add_title(screen, fmt::format("Breakeven: multiples of {} from {}, its mix of features",
                                  rows.front().reference.value_or(""), widest_range_text(screen.result)));
    for (auto const& row : rows)
        if (is_news(screen.result, row)) add_paragraph(screen, row_text(screen, row));
}

}  // namespace runrate
