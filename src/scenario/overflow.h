#pragma once

#include <string>
#include <vector>

#include "scenario/scenario.h"
#include "yaml/shape.h"

namespace runrate {

struct Reading;

/// What an option says of calls that find its pool full.
struct OverflowText {
    double above = 1;  ///< in flight per replica
    std::string to;    ///< an option
};
Shape<OverflowText> overflow_shape();

/// Finds whom overflowing calls turn to, once all options are known, with the fallbacks that these have there; reports
/// options that are none, that have no one model for a role, and that lead back.
void resolve_overflows(Reading&, std::vector<Option>&, Cursor const& section);

}  // namespace runrate
