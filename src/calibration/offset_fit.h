#pragma once

#include "calibration/combination.h"
#include "calibration/work.h"

namespace runrate {

/// What a combination's own data say, around a pooled set that stays as it is.
struct OffsetFit {
    LogParameters parameters;  ///< pooled + family + group
    LogParameters of_family;   ///< pooled + family: for parallelism without rows
    Eigen::Matrix<double, parameter_count, parameter_count> covariance;  ///< of `parameters`
};

/// Fits what each family and each group of it add to the pooled parameters, shrunken towards nothing. Combinations
/// without rows in the mask keep their family's value, families without rows the pooled one.
/// \param pooled  by combination
/// \param wanted  rows whose families are asked for; the others stay at the pooled value
std::vector<OffsetFit> fit_offsets(StudySet const&, std::vector<LogParameters> const& pooled, RowMask const&,
                                   RowMask const& wanted, Work const& work);

}  // namespace runrate
