#pragma once

#include <string>
#include <vector>

#include "calibration/offset_fit.h"
#include "calibration/pooled_fit.h"

namespace runrate {

/// What a fit did not see of the rows that it predicts.
enum class LeaveOut : std::uint8_t {
    nothing,      ///< in-sample
    concurrency,  ///< some levels of concurrency of every combination
    combination,  ///< whole combinations
    family,       ///< all parallelism of a model, GPU, precision and engine
    model,        ///< every row of a model
    gpu,          ///< every row of a GPU
};
inline constexpr std::array<std::string_view, 6> leave_out_names{"nothing", "concurrency", "combination",
                                                                 "family",  "model",       "gpu"};

/// The rows that each fold leaves out; each row is in one fold at most. Levels are left out where a combination has at
/// least three.
std::vector<RowMask> folds(StudySet const&, LeaveOut, std::size_t count);

/// Predictions of rows by a fit that did not see them. `of_family` knows other parallelism of the family where there
/// is any; `pooled` does not look at offsets.
struct HeldOut {
    std::vector<Prediction> pooled;
    std::vector<Prediction> with_offsets;
};

/// Fits all over again for every fold: pooled set and offsets. \param start  coefficients to begin with
HeldOut predict_left_out(StudySet const&, Design const&, std::vector<RowMask> const& folds,
                         Eigen::VectorXd const& start, unsigned threads);

/// Predictions of the wanted rows by offsets around a pooled set that were fitted to the seen ones.
std::vector<Prediction> predict_with_offsets(StudySet const&, std::vector<LogParameters> const& pooled,
                                             RowMask const& seen, RowMask const& wanted, unsigned threads);

/// The same of rows that the fits have seen.
HeldOut predict_in_sample(StudySet const&, Design const&, PooledFit const&, std::vector<OffsetFit> const&,
                          unsigned threads);

/// Everything but a fold.
RowMask without(RowMask const& fold);

/// The pooled parameters of every combination.
std::vector<LogParameters> pooled_parameters(StudySet const&, Design const&, Eigen::VectorXd const& coefficients);

}  // namespace runrate
