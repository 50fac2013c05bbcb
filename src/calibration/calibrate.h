#pragma once

#include "calibration/calibration_file.h"
#include "calibration/leave_out.h"

namespace runrate {

/// A fit of somebody's measurements.
struct Calibrated {
    Calibration calibration;
    std::vector<OffsetFit> offsets;  ///< by combination of the set
    std::vector<Comparison> in_sample;
    std::vector<Comparison> left_out;  ///< with levels of concurrency left out, around the same pooled set
    bool pooled_fitted = false;
};

/// Fits what the rows add to the pooled set of `base`, which stays as it is; without a base, a pooled set of the rows
/// first. What the base knows of other engines is kept.
Calibrated calibrate(StudySet const&, Calibration const* base, Work const& work);

/// How much of a parameter the rows decided: 1 - posterior / prior standard deviation, of one combination.
double decided_share(OffsetFit const&, StepParameter);

}  // namespace runrate
