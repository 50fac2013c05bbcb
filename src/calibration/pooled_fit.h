#pragma once

#include "calibration/design.h"
#include "calibration/work.h"

namespace runrate {

/// The pooled set: coefficients of the design, with what the data leave uncertain.
struct PooledFit {
    Eigen::VectorXd coefficients;
    Eigen::MatrixXd covariance;  ///< of the coefficients
    double objective = 0;
    int iterations = 0;
};

/// Weighted least squares on the mask's rows by Levenberg and Marquardt. \param start  coefficients, or none for the
/// medians of the priors
PooledFit fit_pooled(StudySet const&, Design const&, RowMask const&, Eigen::VectorXd const* start, Work const& work);

}  // namespace runrate
