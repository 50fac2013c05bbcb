#pragma once

#include <vector>

#include "experiment/outcome.h"

namespace runrate {

/// A part of a month with constant list prices of one target, and its share of the month's sessions.
struct PriceSegment {
    PriceRow const* row;
    double share;
    DailyHours const* hours = nullptr;  ///< that it falls into
};

/// The parts of a month, weighted by the feature's sessions that start in them: between changes of price, and within
/// these by the hours of the day that have a price of their own.
std::vector<PriceSegment> price_segments(ModelPrices const&, Calendar const&, int month, Traffic const&,
                                         MonthVolume const&);

/// What one piece costs, dollars: the mean over the segments, for the variance of chance.
double mean_price_usd(BillLine const&, std::vector<PriceSegment> const&);

/// What list prices have become after some months of drift, [price draw][months].
using DriftTable = std::vector<std::vector<double>>;
DriftTable drift_table(Scenario const&, std::vector<std::vector<double>> const& beliefs);

/// Prices of one line in one month: the shares of its segments, and what a piece costs in each, [segment][price draw].
struct LinePrices {
    std::vector<double> shares;
    std::vector<std::vector<TokenPrice>> each;
};
/// What a piece costs on average over segments and draws, dollars.
double mean_usd(LinePrices const&);
LinePrices drifted_prices(BillLine const&, std::vector<PriceSegment> const&, DriftTable const&, Month start, int month);

/// The fixed lines of an option in one draw: nano-dollars by [month][fixed line], lines in the plan's order.
std::vector<std::vector<Money>> fixed_costs(Scenario const&, BillPlan const&, BeliefValues);

/// What the option's one-off costs come to when paid.
Money one_off_total(Scenario const&, BillPlan const&, BeliefValues);

}  // namespace runrate
