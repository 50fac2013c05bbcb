#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "units/dates.h"

namespace runrate {

/// Minutes since midnight: `02:00`.
std::optional<int> minute_of_day(std::string_view text);

/// Lines without their ends, and the cells of a comma-separated line without blanks around them.
std::vector<std::string> lines_of(std::string const& text);
std::vector<std::string> cells_of(std::string const& line);

}  // namespace runrate
