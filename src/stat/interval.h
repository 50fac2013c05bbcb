#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace runrate {

/// A mean and what is known of its error.
struct Estimate {
    double mean = 0;
    double standard_error = 0;  ///< NaN with fewer than two groups
    double half_width = 0;      ///< of the 95 % interval (Student's t, groups - 1 degrees)
};

/// From the means of independent groups of equal size.
Estimate estimate(std::span<double const> group_means);

/// The p-quantile of a sample (ordered in place): linear between order statistics at ranks (n - 1) p (type 7).
double quantile_of(std::span<double> sample, double p);

/// Standard error of a pooled statistic by leaving out one group at a time (delete-one-group jackknife), and its 95 %
/// half-width by Student's t. `of_without(g)` is the statistic without group g.
Estimate jackknife(double pooled, std::size_t groups, std::function<double(std::size_t)> const& of_without);

/// Mean and population variance by Welford, in the order given.
struct Moments {
    double count = 0, mean = 0, m2 = 0;
    void add(double x);
    [[nodiscard]] double variance() const { return count > 0 ? m2 / count : 0; }
};

}  // namespace runrate
