#pragma once

#include "runrate/calibration.h"

namespace runrate {

/// Seconds that the front end of an engine adds to a request: before it reaches the engine, and until its first token
/// has left (calibration study, section 2).
inline double front_end_s(StepParameters const& q, double prompt_tokens) {
    return q.request_s + q.prompt_token_s * prompt_tokens;
}

}  // namespace runrate
