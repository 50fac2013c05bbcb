#pragma once

#include <array>
#include <vector>

namespace runrate {

// Probabilists' Gauss-Hermite nodes and weights, n = 7 (Abramowitz and Stegun, table 25.10, times sqrt(2) and by
// sqrt(pi)): means over the normal under a day factor.
inline constexpr std::array normal_nodes{-3.750439717725742, -2.366759410734541, -1.154405394739968, 0.0,
                                         1.154405394739968,  2.366759410734541,  3.750439717725742};
inline constexpr std::array normal_weights{5.48268855972218e-4, 0.0307571239675865, 0.240123178605013,  16.0 / 35,
                                           0.240123178605013,   0.0307571239675865, 5.48268855972218e-4};

/// What the traffic of a day may be multiplied by, and how often.
struct DayFactor {
    double factor = 1, weight = 1;
};

/// A lognormal day factor of mean 1 as a few of its values; 1 alone where it has no spread.
/// \param cv  its coefficient of variation
std::vector<DayFactor> day_factors(double cv);

}  // namespace runrate
