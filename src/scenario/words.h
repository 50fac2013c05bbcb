#pragma once

#include <string>
#include <vector>

#include "core/date.h"
#include "yaml/shape.h"

namespace runrate {

/// `2026-01`.
Shape<Month> month_shape();

/// `2026-06-15`.
Shape<Date> date_shape();

/// Lines without their ends, and the cells of a comma-separated line without blanks around them.
std::vector<std::string> lines_of(std::string const& text);
std::vector<std::string> cells_of(std::string const& line);

}  // namespace runrate
