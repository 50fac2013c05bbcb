#include "workload/calendar.h"

#include <algorithm>

#include <fmt/format.h>

namespace runrate {
namespace {

/// Months since the last time that it was `first`.
int months_since(std::chrono::month first, Month m) {
    return static_cast<int>((unsigned{m.month()} + 12 - unsigned{first}) % 12);
}

std::string quarter_name(Calendar const&, Month m) {
    return fmt::format("{:04}-Q{}", int{m.year()}, (unsigned{m.month()} + 2) / 3);
}

/// A year that begins in January has one name, whichever end it is named by.
std::string fiscal_year_name(Calendar const& c, Month m) {
    int const began = int{m.year()} - (m.month() < c.fiscal_year_starts ? 1 : 0);
    bool const by_start = c.named_by_start || c.fiscal_year_starts == std::chrono::January;
    return fmt::format("FY{:04}", by_start ? began : began + 1);
}

std::string fiscal_quarter_name(Calendar const& c, Month m) {
    return fmt::format("{}-Q{}", fiscal_year_name(c, m), months_since(c.fiscal_year_starts, m) / 3 + 1);
}

/// The blocks of `length` months that touch the horizon; one of them begins in each month `first`.
struct Blocks {
    PeriodKind kind;
    std::chrono::month first;
    int length;
    std::string (*name)(Calendar const&, Month);
};

void add(std::vector<Period>& periods, Calendar const& c, Blocks const& blocks) {
    for (int i = 0; i < c.months; ++i) {
        Month const m = c.month(i);
        bool const begins = i == 0 || months_since(blocks.first, m) % blocks.length == 0;
        if (begins) periods.push_back({blocks.name(c, m), blocks.kind, i, 0, blocks.length});
        ++periods.back().months;
    }
}

}  // namespace

std::vector<Period> periods(Calendar const& c) {
    using std::chrono::January;
    std::vector<Period> all;
    add(all, c, {PeriodKind::month, January, 1, [](Calendar const&, Month m) { return to_string(m); }});
    add(all, c, {PeriodKind::quarter, January, 3, quarter_name});
    if (c.fiscal_year_starts != January)
        add(all, c, {PeriodKind::fiscal_quarter, c.fiscal_year_starts, 3, fiscal_quarter_name});
    add(all, c, {PeriodKind::fiscal_year, c.fiscal_year_starts, 12, fiscal_year_name});
    all.push_back({"horizon", PeriodKind::horizon, 0, c.months, c.months});
    return all;
}

std::optional<std::size_t> find_period(std::vector<Period> const& periods, std::string_view name) {
    auto const found = std::find_if(periods.begin(), periods.end(), [&](Period const& p) { return p.name == name; });
    if (found == periods.end()) return std::nullopt;
    return static_cast<std::size_t>(found - periods.begin());
}

}  // namespace runrate
