#pragma once

#include <optional>
#include <string>
#include <vector>

#include "calibration/leave_out.h"
#include "calibration/scores.h"

namespace runrate {

/// What the calibration study measured of the same tables, and the goal that it set: shares, median and 90th
/// percentile of absolute errors. Nothing where it states none.
struct StudyFigure {
    std::optional<ErrorSummary> goal, measured;
};
StudyFigure study_figure(LeaveOut, Figure);

/// Errors of one figure where the fit did not see a part of the rows.
struct ValidationRow {
    LeaveOut left_out = LeaveOut::nothing;
    Figure figure = Figure::tpot;
    ErrorSummary here;
    StudyFigure study;
};

/// Which share of combinations an interval covered that was made without them.
struct Coverage {
    LeaveOut left_out = LeaveOut::combination;
    Figure figure = Figure::tpot;
    std::size_t combinations = 0;
    double covered = 0;    ///< share within the 80 % interval
    double log_scale = 0;  ///< of Student's t with 4 degrees of freedom; the mean over folds
};

struct Validation {
    std::size_t rows = 0, combinations = 0;
    PooledFit pooled;
    std::vector<OffsetFit> offsets;
    std::vector<ValidationRow> errors;
    std::vector<Coverage> coverage;
    std::vector<Comparison> in_sample;
    std::vector<std::pair<LeaveOut, std::vector<Comparison>>> left_out;  ///< of fits that did not see the row
};

struct ValidationSettings {
    std::vector<LeaveOut> left_out{LeaveOut::concurrency, LeaveOut::combination, LeaveOut::family, LeaveOut::model,
                                   LeaveOut::gpu};
    std::size_t folds = 10;
};

/// Fits a set and every fold of it all over again. Combinations without rows of their own take their family's
/// parameters, families without rows the pooled ones.
Validation validate(StudySet const&, ValidationSettings const&, Work const&);

/// The scale of Student's t with 4 degrees of freedom whose 80 % interval covers 80 % of these log errors.
double t_scale(std::vector<CombinationError> const&);

/// Half of the 80 % interval of Student's t with 4 degrees of freedom, in scales.
double t_half_width();

}  // namespace runrate
