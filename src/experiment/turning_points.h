#pragma once

#include "experiment/compared_costs.h"

namespace runrate {

/// Prices, people and quality at which a challenger costs as much as the baseline on average, in the compared month at
/// scale 1 with the plan held: one of them moves, in both options alike, all else stays. Nothing where no positive
/// value does, none within a hundredfold of today's, or costs are not proportional to it.
struct TurningPoints {
    std::optional<double>
        api_usd_per_mtok;  ///< of the API tokens of the baseline (of the challenger where it has none),
                           ///< fees and discounts included; nothing with tiers, commitments or credits
    std::optional<double> gpu_usd_per_hour;  ///< mean of the GPU-hours of the challenger (of the baseline, ...)
    std::optional<double> fte;               ///< of the challenger
    std::optional<double> success;           ///< of its unharmed sessions, where failures count
};

TurningPoints turning_points(Findings const&, std::size_t baseline, std::size_t challenger, Quality);

}  // namespace runrate
