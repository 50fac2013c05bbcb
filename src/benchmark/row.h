#pragma once

#include <optional>
#include <string_view>

#include "benchmark/measurement.h"

namespace runrate {

/// Keeps a row, or skips it under the rule that names what cannot be: no load, no tokens, nothing measured, numbers
/// that are not finite, not positive or beyond belief, a TTFT above the E2E latency.
void keep_row(Measurement row, Benchmarks& into);

/// How a tool was told to make load. Infinite rates are no rates.
struct ToolLoad {
    std::optional<double> request_rate;  ///< per second
    std::optional<double> concurrency;   ///< its limit
    std::optional<double> achieved;      ///< requests per second
};

/// A limit of concurrency is a closed loop and a rate an open one, with both: whichever held the load; without either
/// the engine is saturated, and what requests waited says nothing of it.
void set_load(ToolLoad const& load, Measurement& row);

/// Skips a run of which more than a tenth failed, or all: true where it did.
bool skip_failed(Measurement const& row, double completed, double failed, Benchmarks& into);

/// `bfloat16`, `FP8`, `w4a16`, `nvfp4` ...; nothing where the text means none that is known.
std::optional<Precision> precision_named(std::string_view text);

/// Of weights, by what an engine was told, then by the name of the checkpoint: `dtype` is the type of activations, and
/// says it only where the others do not.
std::optional<Precision> weights_precision(std::string_view quantization, std::string_view model,
                                           std::string_view dtype);

/// ISO date of what tools write: `20250823-121314`, `2025-08-23T12:13:14`; empty where there is none.
std::string iso_date(std::string_view text);
/// Of seconds since 1970.
std::string iso_date(double seconds);

/// Milliseconds to seconds.
inline std::optional<double> from_ms(std::optional<double> ms) {
    if (ms) *ms /= 1000;
    return ms;
}

}  // namespace runrate
