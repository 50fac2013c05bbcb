#include "projection/blocking.h"

#include <algorithm>
#include <cmath>

#include "core/contract.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

constexpr double negligible = 1e-5;  ///< share that is as good as none
constexpr double many = 1000;        ///< from which on sums are as good as integrals

/// 1 / B = sum over d of P(bound - d in flight) / P(bound in flight); each ratio is deaths over births.
double by_sum(double bound, OfferedLoad const& load) {
    double sum = 0, ratio = 1;
    for (double n = bound;; --n) {
        sum += ratio;
        if (n < 1 || ratio < 1e-6 * sum) return 1 / sum;
        if (sum * negligible > 1) return 0;
        double const offered = load.at_bound + load.slope * (n - bound);
        if (offered <= 0) return 0;
        ratio *= n / offered;
    }
}

/// The same sum with ratios whose logarithms fall evenly: that of a normal curve.
double by_integral(double bound, OfferedLoad const& load) {
    double const slack = real::log(bound / load.at_bound);
    if (slack < -0.2) return 1 - bound / load.at_bound;  // what chance adds is nothing beside what is too much
    double const sd = std::sqrt(bound / std::max(0.05, 1 - load.slope * bound / load.at_bound));
    double const x = slack * sd;
    if (x > 6) return 0;
    double const density = real::exp(-x * x / 2) / 2.5066282746310002;
    return std::min(1.0, 1 / (0.5 + sd * real::normal_cdf(x) / density));
}

}  // namespace

double full_share(double bound, OfferedLoad const& load) {
    RUNRATE_EXPECT(bound >= 0);
    if (load.at_bound <= 0) return 0;
    return bound < many ? by_sum(bound, load) : by_integral(bound, load);
}

}  // namespace runrate
