#pragma once

#include <string>
#include <string_view>

#include "runrate/result.h"

namespace runrate {

/// A report page to paste into a wiki or a pull request: what it costs at each scale, unit costs, lines, warnings,
/// gates, and where the figures come from. Figures have three digits; the exact ones are those of JSON and CSV.
std::string to_markdown(Result const&);

/// Text that Markdown and HTML show as it is: one line, formulas defused, markup escaped.
std::string markdown_text(std::string_view text);

}  // namespace runrate
