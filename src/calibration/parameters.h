#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <Eigen/Core>

#include "runrate/calibration.h"

namespace runrate {

/// The fitted parameters, in the order of StepParameters.
enum class StepParameter : std::uint8_t {
    compute,
    memory,
    kv,
    attention,
    collective,
    link,
    step,
    sequence,
    request,
    prompt_token,
    stream,
};
inline constexpr std::size_t parameter_count = 11;
/// Those that change what an engine does; the others are added to its times.
inline constexpr std::size_t engine_parameter_count = 8;

/// Parameters in logarithms; of `stream_steps`, which may be zero, the logarithm of one more.
using LogParameters = Eigen::Matrix<double, parameter_count, 1>;

/// What is known of a parameter before any data (calibration study, section 3).
struct ParameterPrior {
    std::string_view name;  ///< as files write it
    std::string_view unit;
    double scale;                ///< seconds, or 1, of the unit
    double low, high;            ///< bounds, in the unit
    double median, log_sd;       ///< in the unit
    double family_sd, group_sd;  ///< of what a family and a group of it add to the pooled value, in logarithms
};

ParameterPrior const& prior(StepParameter);
inline ParameterPrior const& prior(std::size_t i) { return prior(static_cast<StepParameter>(i)); }

double log_median(StepParameter);

/// Within the bounds.
StepParameters from_logs(LogParameters const&);
LogParameters to_logs(StepParameters const&);
LogParameters clamped(LogParameters const&);

/// The logarithm of a value in its unit, as LogParameters keep it.
double log_of_unit(StepParameter, double value);

/// Where a parameter stands in a set, in seconds or 1.
double& value_in(StepParameters&, StepParameter);

/// The value of one parameter in its unit.
double in_unit(LogParameters const&, StepParameter);

}  // namespace runrate
