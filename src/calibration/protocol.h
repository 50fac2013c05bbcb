#pragma once

#include <memory>
#include <optional>

#include "benchmark/measurement.h"
#include "calibration/parameters.h"
#include "engine/step_clock.h"

namespace runrate {

/// What the engine did under a benchmark's load, before what its front end adds.
struct EngineMeans {
    double ttft_s = 0, tpot_s = 0, e2e_s = 0;  ///< over all requests, the first wave included
    double prompt_tokens = 0;                  ///< of a request
    double output_tokens = 0;
    double output_tokens_per_s = 0;  ///< of the replica, from the first arrival to the last token
};

/// One stretch of a benchmark that a fit compares: the whole of it, or some requests of a log.
using EngineRun = std::vector<EngineMeans>;

/// Whether the replica can serve the longest request of a row.
bool can_hold(Replica const&, Measurement const&);

/// Replays a benchmark's own protocol: the slots of a closed loop all start at once and ten prompts go through each,
/// with lengths spread as the benchmark spreads them; a log is replayed arrival by arrival.
/// \pre can_hold()
EngineRun replay_protocol(Measurement const&, Replica const&, StepParameters const&,
                          std::shared_ptr<ExpertCoverage const> const&);

/// What a client of the benchmark would have seen. The first token is held back for some iterations, at most until the
/// last one.
struct Seen {
    double ttft_s = 0, tpot_s = 0, e2e_s = 0, output_tokens_per_s = 0;
};
Seen seen_by_client(EngineMeans const&, StepParameters const&, double tokens_per_step = 1);

/// The same of what was measured: the stretches of a row, in the order of replay_protocol(). Zero: not measured.
std::vector<Seen> measured(Measurement const&);

/// Requests of a log that are compared together.
inline constexpr std::size_t log_stretch = 10;

}  // namespace runrate
