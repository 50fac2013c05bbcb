#pragma once

#include <cstdint>
#include <vector>

#include "serving/bound.h"
#include "serving/simulate.h"

namespace runrate {

/// A call to a pool as a session makes it.
struct SampledCall {
    std::int64_t prompt_tokens = 1, output_tokens = 1;
    std::int64_t shared_tokens = 0;  ///< of the prompt's beginning: other sessions have it too
    std::int64_t own_tokens = 0;     ///< after that: calls of its own session left them in a cache
    double gap_s = 0;                ///< since the last of these calls
    std::uint32_t before = 0;        ///< calls of the session before it
};

/// How sessions of a feature call a pool where nothing queues.
struct CallSample {
    std::vector<SampledCall> calls{};  ///< session after session, in order
    double sessions = 0;               ///< sampled
    double duration_s = 0;             ///< of a session, mean
    double call_s = 0;                 ///< of its calls to the pool together, mean
    double busy_s = 0;                 ///< in which at least one of them is under way, mean

    [[nodiscard]] double calls_per_session() const {
        return sessions > 0 ? static_cast<double>(calls.size()) / sessions : 0;
    }
};

/// Runs sessions, as many as make about `calls` calls and 8 at least, whose calls to pools take their usual latency.
/// Where the program says who finds a pool full, calls that do are not the pool's.
/// \param of_pool  by TargetId: whether it is the pool whose calls are wanted
CallSample sample_calls(BoundProgram const&, Sample const&, std::vector<char> const& of_pool, std::size_t calls);

}  // namespace runrate
