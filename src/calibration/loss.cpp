#include "calibration/loss.h"

#include "stat/elementary.h"

namespace runrate {
namespace {

constexpr double freedom = 4;

double standardised(Residual const& r) { return r.log_error / metric_log_sd[static_cast<std::size_t>(r.metric)]; }

/// How much a residual counts: outliers pull little.
double robust_weight(Residual const& r) {
    double const sd = metric_log_sd[static_cast<std::size_t>(r.metric)];
    double const z = standardised(r);
    return (freedom + 1) / (freedom + z * z) / (sd * sd);
}

}  // namespace

Weighted weighted(Linearised const& l) {
    Weighted sum{decltype(Weighted::matrix)::Zero(), LogParameters::Zero()};
    for (Eigen::Index r = 0; r < l.slopes.rows(); ++r) {
        auto const& residual = l.residuals[static_cast<std::size_t>(r)];
        LogParameters const slope = l.slopes.row(r).transpose();
        double const weight = robust_weight(residual);
        sum.matrix += weight * slope * slope.transpose();
        sum.gradient += weight * residual.log_error * slope;
    }
    return sum;
}

double total_loss(std::vector<Residual> const& residuals) {
    double sum = 0;
    for (auto const& r : residuals) {
        double const z = standardised(r);
        sum += (freedom + 1) * real::log1p(z * z / freedom);
    }
    return sum;
}

}  // namespace runrate
