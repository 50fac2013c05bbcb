#include <algorithm>

#include <fmt/format.h>

#include "report/figures.h"
#include "report/screen.h"

namespace runrate {
namespace {

/// The rows of one limit at the shown scales, in their order.
std::vector<LimitRow const*> rows_at(Screen const& screen, LimitRow const& of) {
    std::vector<LimitRow const*> rows;
    for (double scale : screen.shown.scales) {
        for (auto const& row : screen.result.limits) {
            bool const same = row.option == of.option && row.target == of.target && row.limit == of.limit;
            if (same && row.scale == scale && row.period == of.period) rows.push_back(&row);
        }
    }
    return rows;
}

std::string amount(LimitRow const& row, double value, std::string const& currency) {
    return row.limit == "spend" ? money({static_cast<std::int64_t>(value * 1e6)}, currency) : figure(value);
}

/// `1x 40, 10x 320 within 4.00k; 100x 12.1k needs a negotiated limit`.
std::string needs(std::vector<LimitRow const*> const& rows, std::string const& currency) {
    std::string text;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const& row = *rows[i];
        text += fmt::format("{} {}", times_text(row.scale), amount(row, row.needed_p99.value_or(0), currency));
        bool const last = i + 1 == rows.size();
        if (!last && rows[i + 1]->verdict == row.verdict) {
            text += ", ";
            continue;
        }
        text += " " + row.verdict;
        if (!last) text += "; ";
    }
    return text;
}

}  // namespace

void add_limits(Screen& screen) {
    auto const& limits = screen.result.limits;
    auto const shown = [&](LimitRow const& row) {
        auto const& options = screen.shown.options;
        return row.period == screen.shown.period && row.scale == screen.shown.scales.front() &&
               std::find(options.begin(), options.end(), row.option) != options.end();
    };
    if (std::none_of(limits.begin(), limits.end(), shown)) return;
    add_title(screen, fmt::format("Limits: {}, what 99 % of minutes (of spend: the month) need in 19 of 20 worlds",
                                  screen.shown.period));
    for (auto const& row : limits) {
        if (!shown(row)) continue;
        auto const& currency = screen.result.currency;
        add_paragraph(
            screen, fmt::format("{}: {} {} of {}: {}", row.option, row.target, row.limit,
                                amount(row, row.allowed.value_or(0), currency), needs(rows_at(screen, row), currency)));
    }
}

}  // namespace runrate
