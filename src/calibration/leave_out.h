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
/// least three, units where there are at least two.
std::vector<RowMask> folds(StudySet const&, LeaveOut, std::size_t count);

/// Predictions of the rows of a fold by a fit of the others: pooled set and offsets, all over again. Combinations
/// without rows of their own take their family's parameters, families without rows the pooled ones.
/// \param start  coefficients to begin with
std::vector<Prediction> predict_left_out(StudySet const&, Design const&, RowMask const& fold,
                                         Eigen::VectorXd const& start, Work const& work);

/// Predictions of the wanted rows by offsets around a pooled set that were fitted to the seen ones.
std::vector<Prediction> predict_with_offsets(StudySet const&, std::vector<LogParameters> const& pooled,
                                             RowMask const& seen, RowMask const& wanted, Work const& work);

/// Predictions of all rows by parameters of every combination.
std::vector<Prediction> predict_all(StudySet const&, std::vector<OffsetFit> const&, Work const& work);

/// Everything but a fold.
RowMask without(RowMask const& fold);

/// The pooled parameters of every combination.
std::vector<LogParameters> pooled_parameters(StudySet const&, Design const&, Eigen::VectorXd const& coefficients);

}  // namespace runrate
