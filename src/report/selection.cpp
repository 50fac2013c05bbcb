#include "report/selection.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/contract.h"

namespace runrate {
namespace {

std::optional<ShownPeriod> find(std::vector<ShownPeriod> const& periods, std::string_view kind,
                                std::string_view name = {}) {
    auto const found = std::find_if(periods.begin(), periods.end(), [&](ShownPeriod const& p) {
        return p.kind == kind && (name.empty() || p.name == name);
    });
    return found == periods.end() ? std::nullopt : std::optional{*found};
}

/// The calendar quarter of `2026-05`: `2026-Q2`.
std::string quarter_of(std::string_view month) {
    int number = 0;
    auto const digits = month.substr(std::min<std::size_t>(5, month.size()));
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return fmt::format("{}-Q{}", month.substr(0, 4), (number + 2) / 3);
}

std::vector<ShownPeriod> headline_periods(Result const& result, std::vector<ShownPeriod> const& all) {
    std::vector<ShownPeriod> chosen;
    auto month = find(all, "month", result.scenario.reference_period);
    if (!month) month = find(all, "month");
    if (month) {
        chosen.push_back(*month);
        if (auto const quarter = find(all, "quarter", quarter_of(month->name))) chosen.push_back(*quarter);
    }
    auto const without_years = chosen.size();
    std::copy_if(all.begin(), all.end(), std::back_inserter(chosen),
                 [](ShownPeriod const& p) { return p.kind == "fiscal_year" && p.months_in == 12; });
    if (chosen.size() == without_years) {
        if (auto const horizon = find(all, "horizon")) chosen.push_back(*horizon);
    }
    return chosen;
}

/// The first period whose lines are known.
std::string taken_apart(Result const& result, std::vector<ShownPeriod> const& periods) {
    for (auto const& period : periods) {
        auto const has_lines = [&](CostLineRow const& line) { return line.period == period.name; };
        if (std::any_of(result.cost_lines.begin(), result.cost_lines.end(), has_lines)) return period.name;
    }
    return periods.empty() ? std::string{} : periods.front().name;
}

std::vector<double> scales_of(Result const& result) {
    std::vector<double> scales;
    for (auto const& row : result.cost) scales.push_back(row.scale);
    std::sort(scales.begin(), scales.end());
    scales.erase(std::unique(scales.begin(), scales.end()), scales.end());
    return scales;
}

}  // namespace

Selection select(Result const& result, std::optional<std::string> const& period) {
    auto const all = all_periods(result);
    Selection chosen;
    for (auto const& row : result.options) chosen.options.push_back(row.option);
    chosen.scales = scales_of(result);
    chosen.periods = headline_periods(result, all);
    if (period) {
        chosen.periods.clear();
        std::copy_if(all.begin(), all.end(), std::back_inserter(chosen.periods),
                     [&](ShownPeriod const& p) { return p.name == *period; });
        RUNRATE_EXPECT(!chosen.periods.empty());
    }
    chosen.period = taken_apart(result, chosen.periods);
    if (!chosen.scales.empty()) chosen.scale = chosen.scales[(chosen.scales.size() - 1) / 2];
    return chosen;
}

std::vector<ShownPeriod> all_periods(Result const& result) {
    std::vector<ShownPeriod> periods;
    for (auto const& row : result.cost) {
        bool const known =
            std::any_of(periods.begin(), periods.end(), [&](ShownPeriod const& p) { return p.name == row.period; });
        if (!known) periods.push_back({row.period, row.period_kind, row.months_in});
    }
    return periods;
}

std::vector<std::string> period_names(Result const& result) {
    std::vector<std::string> names;
    for (auto const& period : all_periods(result)) names.push_back(period.name);
    return names;
}

CostRow const* find_total(Result const& result, std::string_view option, double scale, std::string_view period) {
    auto const found = std::find_if(result.cost.begin(), result.cost.end(), [&](CostRow const& row) {
        return row.option == option && row.scale == scale && row.period == period && row.view == "accrual";
    });
    return found == result.cost.end() ? nullptr : &*found;
}

}  // namespace runrate
