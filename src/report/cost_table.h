#pragma once

#include <string>

#include "report/option_table.h"
#include "report/selection.h"
#include "runrate/result.h"

namespace runrate {

/// The answer: each headline period at each scale, under each option: median, P5 to P95, mean, and how well the mean
/// is known. The half-width is that of the mean's 95 % interval over 8 scramble groups (Student's t, 7 degrees of
/// freedom); a partial run has fewer and shows the standard error itself.
OptionTable cost_table(Result const&, Selection const&);

/// What the cells of cost_table() are, as a caption.
std::string cost_conventions(Result const&);

}  // namespace runrate
