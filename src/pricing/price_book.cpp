#include "pricing/price_book.h"

#include <algorithm>
#include <set>

#include "core/contract.h"
#include "stat/elementary.h"

namespace runrate {

LaneRates const* lane_of(PriceRow const& row, Lane lane) {
    auto const sold = [](std::optional<LaneRates> const& rates) { return rates ? &*rates : nullptr; };
    switch (lane) {
        case Lane::standard: return &row.standard;
        case Lane::batch: return sold(row.batch);
        case Lane::flex: return sold(row.flex);
        case Lane::priority: return sold(row.priority);
    }
    return &row.standard;
}

TokenRates const& rates_of(PriceRow const& row, Lane lane, Tokens prompt, DailyHours const* hours) {
    auto const* rates = lane_of(row, lane);
    if (!rates) rates = &row.standard;
    if (rates == &row.standard && hours && hours->rates) rates = &*hours->rates;
    auto const tier =
        std::find_if(rates->tiers.rbegin(), rates->tiers.rend(), [&](LengthTier const& t) { return prompt > t.above; });
    return tier == rates->tiers.rend() ? rates->base : tier->rates;
}

TokenRates scaled(TokenRates const& rates, double factor) {
    auto const some = [&](std::optional<TokenPrice> const& price) {
        return price ? std::optional{scaled(*price, factor)} : std::nullopt;
    };
    return {scaled(rates.input, factor), scaled(rates.output, factor), some(rates.cache_read),
            some(rates.cache_write_5m), some(rates.cache_write_1h)};
}

LaneRates scaled(LaneRates const& rates, double factor) {
    LaneRates result{scaled(rates.base, factor), {}};
    for (auto const& tier : rates.tiers) result.tiers.push_back({tier.above, scaled(tier.rates, factor)});
    return result;
}

double region_factor(PriceRow const& row, std::string const& region) {
    auto const at = row.regions.find(region);
    return at == row.regions.end() ? 1 : at->second;
}

bool DailyHours::contains(int utc_minute) const {
    if (from_minute <= to_minute) return from_minute <= utc_minute && utc_minute < to_minute;
    return utc_minute >= from_minute || utc_minute < to_minute;
}

DailyHours const* hours_at(PriceRow const& row, int utc_minute) {
    for (auto const& hours : row.hours) {
        if (hours.contains(utc_minute)) return &hours;
    }
    return nullptr;
}

std::vector<Tokens> tier_bounds(ModelPrices const& prices, Date from, Date to) {
    std::set<std::int64_t> bounds;
    for (auto const& row : prices.rows) {
        if (&row != price_at(prices, from).row && (row.from < from || row.from >= to)) continue;
        for (auto lane : {Lane::standard, Lane::batch, Lane::flex, Lane::priority}) {
            auto const* rates = lane_of(row, lane);
            if (!rates) continue;
            for (auto const& tier : rates->tiers) bounds.insert(tier.above.count());
        }
    }
    std::vector<Tokens> result;
    for (auto bound : bounds) result.emplace_back(bound);
    return result;
}

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
