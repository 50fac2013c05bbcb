#include "pricing/price_book.h"

#include <algorithm>

#include "core/contract.h"
#include "stat/elementary.h"

namespace runrate {

PriceAt price_at(ModelPrices const& prices, Date day) {
    RUNRATE_EXPECT(!prices.rows.empty());
    auto const later =
        std::find_if(prices.rows.begin(), prices.rows.end(), [&](auto const& row) { return row.from > day; });
    if (later == prices.rows.begin()) return {&prices.rows.front(), true};
    return {&*(later - 1), false};
}

std::vector<Date> changes_within(ModelPrices const& prices, Date from, Date to) {
    std::vector<Date> changes;
    for (auto const& row : prices.rows) {
        if (from <= row.from && row.from < to) changes.push_back(row.from);
    }
    return changes;
}

int drifted_months(Date as_of, Month start, int month) {
    std::chrono::year_month_day const day{as_of};
    Month const since = std::max(start, Month{day.year(), day.month()});
    return std::max(0, months_between(since, start + std::chrono::months{month}));
}

double drift_factor(double rate_per_year, Date as_of, Month start, int month) {
    RUNRATE_EXPECT(rate_per_year > -1);
    int const elapsed = drifted_months(as_of, start, month);
    return elapsed > 0 ? real::pow(1 + rate_per_year, elapsed / 12.0) : 1;
}

}  // namespace runrate
