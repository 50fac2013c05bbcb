#include "projection/day_factor.h"

#include <cmath>

#include "stat/elementary.h"

namespace runrate {

std::vector<DayFactor> day_factors(double cv) {
    if (cv == 0) return {DayFactor{}};
    double const variance = real::log1p(cv * cv);
    std::vector<DayFactor> factors;
    for (std::size_t i = 0; i < normal_nodes.size(); ++i)
        factors.push_back({real::exp(std::sqrt(variance) * normal_nodes[i] - variance / 2), normal_weights[i]});
    return factors;
}

}  // namespace runrate
