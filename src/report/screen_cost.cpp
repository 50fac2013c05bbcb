#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/cost_table.h"
#include "report/figures.h"
#include "report/screen.h"

namespace runrate {
namespace {

/// `cache -$1.60k, minimum +$200`, largest first.
std::string causes(Result const& result, std::string_view option, double scale, std::string_view period) {
    std::vector<NonlinearityRow> rows;
    std::copy_if(result.nonlinearity.begin(), result.nonlinearity.end(), std::back_inserter(rows),
                 [&](auto const& row) {
                     return row.option == option && row.scale == scale && row.period == period &&
                            row.cause != "volume" && row.amount && row.amount->millionths != 0;
                 });
    std::stable_sort(rows.begin(), rows.end(), [](auto const& a, auto const& b) {
        return std::abs(a.amount->millionths) > std::abs(b.amount->millionths);
    });
    std::string text;
    for (auto const& row : rows) {
        text += (text.empty() ? "" : ", ") + row.cause + " " + signed_money(*row.amount, result.currency);
    }
    return text;
}

/// `100x -$200k (-11%: minimum -$166k, cache -$34.1k)`: the mean against the smallest scale's, scaled up; causes at the
/// largest scale only.
std::string difference(Screen const& screen, std::string const& option, double scale) {
    auto const& result = screen.result;
    auto const& shown = screen.shown;
    auto const* const first = find_total(result, option, shown.scales.front(), shown.period);
    auto const* const here = find_total(result, option, scale, shown.period);
    if (!first || !here || !first->mean || !here->mean || first->mean->millionths == 0) return "";
    double const linear = scale / shown.scales.front() * static_cast<double>(first->mean->millionths);
    if (!(std::abs(linear) < 9.2e18)) return "";  // as the table of causes, which has no such amount
    Amount const amount{here->mean->millionths - std::llround(linear)};
    auto const why = scale == shown.scales.back() ? causes(result, option, scale, shown.period) : std::string{};
    return fmt::format("{} {} ({}{}{})", times_text(scale), signed_money(amount, result.currency),
                       percent(static_cast<double>(amount.millionths) / linear), why.empty() ? "" : ": ", why);
}

/// `api 1x 11%, 10x 100%`: how likely each scale exceeds the budget of a period.
std::string chances(Screen const& screen, std::string const& option, std::string const& period) {
    std::string text;
    for (double scale : screen.shown.scales) {
        auto const* const row = find_total(screen.result, option, scale, period);
        if (!row || !row->p_over_budget) continue;
        text += fmt::format("{} {} {}", text.empty() ? "" : ",", times_text(scale), percent(*row->p_over_budget));
    }
    return option + text;
}

/// One line for each budget; the plan states it for every option.
void add_budgets(Screen& screen) {
    for (auto const& row : screen.result.plan) {
        if (row.item != "budget" || !row.from || row.option != screen.shown.options.front()) continue;
        std::string text;
        for (auto const& option : screen.shown.options) {
            text += (text.empty() ? "" : "; ") + chances(screen, option, *row.from);
        }
        add_paragraph(screen, fmt::format("Chance to exceed the budget of {} {} in {}: {}", row.value,
                                          row.unit.value_or(""), *row.from, text));
    }
}

}  // namespace

void add_costs(Screen& screen) {
    add_title(screen, "Cost: " + cost_conventions(screen.result));
    add_table(screen, cost_table(screen.result, screen.shown));
    add_budgets(screen);
}

void add_nonlinearity(Screen& screen) {
    auto const& shown = screen.shown;
    if (shown.scales.size() < 2) return;
    add_title(screen,
              fmt::format("Against the bill at {}, scaled up: {}", times_text(shown.scales.front()), shown.period));
    for (auto const& option : shown.options) {
        std::string text;
        for (std::size_t i = 1; i < shown.scales.size(); ++i) {
            auto const part = difference(screen, option, shown.scales[i]);
            text += fmt::format("{}{}", text.empty() || part.empty() ? "" : "; ", part);
        }
        if (!text.empty()) add_paragraph(screen, option + ": " + text);
    }
}

}  // namespace runrate
