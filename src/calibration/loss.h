#pragma once

#include "calibration/combination.h"

namespace runrate {

/// Normal equations of one combination by its parameters.
struct Weighted {
    Eigen::Matrix<double, parameter_count, parameter_count> matrix;
    LogParameters gradient;
};

/// With the weights of robust_weight().
Weighted weighted(Linearised const&);

/// What those weights minimise: -2 ln of Student's density with 4 degrees of freedom, up to a constant.
double total_loss(std::vector<Residual> const&);

}  // namespace runrate
