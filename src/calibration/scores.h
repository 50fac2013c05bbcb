#pragma once

#include <string>
#include <vector>

#include "calibration/combination.h"
#include "calibration/error_summary.h"

namespace runrate {

/// The figures that errors are stated of.
enum class Figure : std::uint8_t {
    tpot,
    ttft,
    rate,       ///< requests per second of a closed loop, by Little's law from the two
    saturated,  ///< output tokens per second where only that was measured, as many in flight as the engine takes
    output,     ///< the same under a stated load
    e2e,        ///< whole requests of a log
};
inline constexpr std::array<std::string_view, 6> figure_names{
    "TPOT", "TTFT", "closed-loop throughput", "saturated throughput", "throughput", "E2E"};

/// One prediction against its measurement.
struct Comparison {
    std::size_t row = 0;
    Figure figure = Figure::tpot;
    double predicted = 0, measured = 0;

    [[nodiscard]] double log_error() const;
    [[nodiscard]] double ape() const;  ///< absolute error as a share of the measurement
};
std::vector<Comparison> compare(StudySet const&, std::vector<Prediction> const&);

ErrorSummary summarise(std::vector<Comparison> const&, Figure);

/// The mean log error of each combination that has the figure, in order of combinations.
struct CombinationError {
    std::size_t combination = 0;
    double mean_log = 0;
    std::size_t rows = 0;
};
std::vector<CombinationError> by_combination(StudySet const&, std::vector<Comparison> const&, Figure);

/// Value below which a share of the numbers lies, linear between order statistics.
double quantile_of(std::vector<double> values, double share);

}  // namespace runrate
