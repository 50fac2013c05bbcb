#pragma once

#include <string>
#include <string_view>

#include "runrate/result.h"

namespace runrate {

/// The result as one JSON object, `runrate/result/1`, with one row per line.
///
/// Equal results give equal bytes. Money is a decimal number with six places, printed from its integer; other numbers
/// are the shortest that read back equal; what does not exist, NaN and infinity are `null`. Malformed UTF-8 is
/// replaced, and `<` is written as an escape so that the text may stand inside an HTML script element.
std::string to_json(Result const&);

/// A JSON string with its quotes.
std::string json_string(std::string_view text);

}  // namespace runrate
