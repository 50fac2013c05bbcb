#include "stat/interval.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/contract.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Estimate with_error(double mean, double standard_error, std::size_t groups) {
    return {mean, standard_error, standard_error * real::student_quantile(0.975, static_cast<int>(groups) - 1)};
}

/// Sum of squared deviations from the mean.
double squares(std::span<double const> xs, double mean) {
    double sum = 0;
    for (double x : xs) sum += (x - mean) * (x - mean);
    return sum;
}

double mean_of(std::span<double const> xs) {
    double sum = 0;
    for (double x : xs) sum += x;
    return sum / static_cast<double>(xs.size());
}

}  // namespace

Estimate estimate(std::span<double const> group_means) {
    double const mean = mean_of(group_means);
    if (group_means.size() < 2) return {mean, nan, nan};
    auto const n = static_cast<double>(group_means.size());
    return with_error(mean, std::sqrt(squares(group_means, mean) / (n - 1) / n), group_means.size());
}

double quantile_of(std::span<double> sample, double p) {
    RUNRATE_EXPECT(!sample.empty() && 0 <= p && p <= 1);
    if (!std::is_sorted(sample.begin(), sample.end())) std::sort(sample.begin(), sample.end());
    double const rank = static_cast<double>(sample.size() - 1) * p;
    auto const below = static_cast<std::size_t>(rank);
    std::size_t const above = std::min(below + 1, sample.size() - 1);
    return sample[below] + (rank - static_cast<double>(below)) * (sample[above] - sample[below]);
}

Estimate jackknife(double pooled, std::size_t groups, std::function<double(std::size_t)> const& of_without) {
    if (groups < 2) return {pooled, nan, nan};
    std::vector<double> without;
    for (std::size_t g = 0; g < groups; ++g) without.push_back(of_without(g));
    auto const n = static_cast<double>(groups);
    return with_error(pooled, std::sqrt((n - 1) / n * squares(without, mean_of(without))), groups);
}

void Moments::add(double x) {
    ++count;
    double const step = x - mean;
    mean += step / count;
    m2 += step * (x - mean);
}

}  // namespace runrate
