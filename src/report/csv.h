#pragma once

#include <string>
#include <string_view>

#include "report/cell.h"
#include "runrate/result.h"

namespace runrate {

/// One table of a result as CSV (RFC 4180 with `\n` as line end): a header, then a line per row.
///
/// Money has six places; what does not exist is an empty cell. Text that a spreadsheet would run as a formula is
/// defused. \pre `table` is one of table_names()
std::string to_csv(Result const&, std::string_view table = "cost");

/// Text that begins with = + - @, a tab or a line end, with an apostrophe before it: a spreadsheet shows it as text.
std::string defused(std::string_view text);

/// A text cell: well-formed, defused, and quoted where it has to be.
std::string csv_text(std::string_view text);

}  // namespace runrate
