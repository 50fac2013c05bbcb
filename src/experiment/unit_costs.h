#pragma once

#include <cstdint>
#include <vector>

#include "experiment/tables.h"
#include "stat/interval.h"
#include "workload/units.h"

namespace runrate {

/// Where a unit cost is looked at.
struct UnitPlace {
    std::size_t option, feature, scale;
    Period const& period;
};

/// What a feature did, cost and earned in one (world, price draw); money in dollars.
struct FeatureSample {
    std::uint32_t group = 0;  ///< scramble group of the world
    double sessions = 0, turns = 0, calls = 0, customer_months = 0, successes = 0;
    double largest_customers = 0;  ///< customer months, were all customers as large as the largest
    double cost = 0;               ///< with its part of the fixed costs
    double failure_cost = 0;       ///< what failed sessions cost besides inference
    double revenue = 0;
};
std::vector<FeatureSample> feature_samples(Findings const&, UnitPlace const&);

/// Cost, revenue and number of one kind of unit, by sample. Samples without the unit are left out.
struct UnitSamples {
    std::vector<double> cost, revenue, units;
    std::vector<std::uint32_t> group;
};
UnitSamples unit_samples(std::vector<FeatureSample> const&, UnitOf);

/// Cost per unit over all samples: the sum of one over the sum of the other, so that units times it give the bill. Its
/// error is that of the groups' own ratios.
Estimate cost_per_unit(UnitSamples const&);

/// 1 - cost / revenue over all samples. \pre something is earned
Estimate margin_of(UnitSamples const&);

/// The cost of a unit in each sample.
std::vector<double> costs_by_sample(UnitSamples const&);

}  // namespace runrate
