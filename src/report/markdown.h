#pragma once

#include <string>
#include <string_view>

#include "runrate/result.h"

namespace runrate {

/// A report of one page to paste into a wiki or a pull request: the question and its options, what they cost, from
/// which volume on another is cheaper, how own GPUs serve, what that rests on and what is not modelled. Figures have
/// three digits; the exact ones, and every line and source, are those of JSON and CSV.
std::string to_markdown(Result const&);

/// The same of a comparison alone: its breakevens, and costs and chances at every volume.
std::string breakeven_markdown(Result const&);

/// Text that Markdown and HTML show as it is: one line, formulas defused, markup escaped.
std::string markdown_text(std::string_view text);

}  // namespace runrate
