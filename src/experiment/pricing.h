#pragma once

#include <vector>

#include "experiment/outcome.h"

namespace runrate {

/// A part of a month with constant list prices of one target, and its share of the month's sessions.
struct PriceSegment {
    PriceRow const* row;
    double share;
};

/// The parts of a month, weighted by the feature's sessions in them.
std::vector<PriceSegment> price_segments(ModelPrices const&, Month, MonthVolume const&);

/// What one piece costs, dollars: the mean over the segments, for the variance of chance.
double mean_price_usd(Meter, std::vector<PriceSegment> const&);

/// The fixed lines of an option in one draw: nano-dollars by [month][fixed line], lines in the plan's order.
std::vector<std::vector<Money>> fixed_costs(Scenario const&, BillPlan const&, BeliefValues);

/// What the option's one-off costs come to when paid.
Money one_off_total(Scenario const&, BillPlan const&, BeliefValues);

}  // namespace runrate
