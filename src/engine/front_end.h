#pragma once

#include <algorithm>

#include "runrate/calibration.h"

namespace runrate {

/// Seconds that the front end of an engine adds to a request: before it reaches the engine, and until its first token
/// has left (calibration study, section 2).
inline double front_end_s(StepParameters const& q, double prompt_tokens) {
    return q.request_s + q.prompt_token_s * prompt_tokens;
}

/// Seconds for which a front end holds a first token back (`stream_steps`): iterations of so many tokens each, within
/// what is left of the request.
inline double held_back_s(StepParameters const& q, double tpot_s, double tokens_per_step, double left_s) {
    return std::min(q.stream_steps * tpot_s * tokens_per_step, left_s);
}

}  // namespace runrate
