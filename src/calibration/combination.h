#pragma once

#include <memory>
#include <string>
#include <vector>

#include "benchmark/measurement.h"
#include "calibration/protocol.h"
#include "engine/step_clock.h"

namespace runrate {

/// All rows of one engine: equal model, GPU, precision, engine and parallelism. They share one set of parameters.
struct Combination {
    Replica replica;
    std::string engine;  ///< class of the engine; another generation or harness is another one
    std::string family;  ///< model, GPU, precision and engine: what a transfer to other parallelism knows
    std::string name;    ///< the family and the parallelism
    std::vector<std::size_t> rows;
    std::shared_ptr<ExpertCoverage const> coverage;
};

/// What a fit knows: rows, and the engines that they were measured on.
struct StudySet {
    std::vector<Measurement> rows;
    std::vector<std::vector<Seen>> seen;  ///< measured(row), by row
    std::vector<Combination> combinations;
    std::vector<std::size_t> combination_of;  ///< by row
};

/// Where a residual comes from.
enum class Metric : std::uint8_t { ttft, tpot, throughput };
inline constexpr std::array<std::string_view, 3> metric_names{"ttft", "tpot", "throughput"};

/// Spread of a measurement around a perfect model, in logarithms (calibration study, section 3).
inline constexpr std::array<double, 3> metric_log_sd{0.20, 0.07, 0.07};

/// ln(predicted / measured) of one figure.
struct Residual {
    std::size_t row = 0;
    Metric metric = Metric::tpot;
    double log_error = 0;
};

/// Which rows a fit or a score uses.
using RowMask = std::vector<char>;

/// What a client would see of a combination's rows in the mask, in order of rows, by stretch.
struct Prediction {
    std::size_t row = 0;
    std::vector<Seen> stretches;
};
std::vector<Prediction> predict(StudySet const&, Combination const&, LogParameters const&, RowMask const&);

/// The residuals of predictions; their order does not depend on parameters.
std::vector<Residual> residuals_of(StudySet const&, std::vector<Prediction> const&);

std::vector<Residual> residuals_of(StudySet const&, Combination const&, LogParameters const&, RowMask const&);

/// Residuals, and their derivatives by the parameters' logarithms (finite differences of 3 %).
struct Linearised {
    std::vector<Residual> residuals;
    Eigen::Matrix<double, Eigen::Dynamic, parameter_count> slopes;
};
Linearised linearise(StudySet const&, Combination const&, LogParameters const&, RowMask const&);

}  // namespace runrate
