#pragma once

#include <string>

#include "report/selection.h"
#include "runrate/result.h"

/// The parts of a page that say from which volume on another option is cheaper. Each is nothing where the result has no
/// breakeven.
namespace runrate {

/// All comparisons, or those that say something new.
enum class Comparisons { all, news };

/// Safe breakevens, single worlds, what a wrong choice costs, and when it pays.
std::string breakeven_section(Result const&, Comparisons);

/// The chance of being cheaper at the scales, with its error.
std::string chances_section(Result const&, Selection const&);

/// A table for each comparison of the plan at the reference's mix: costs and the chance at every volume.
std::string curve_sections(Result const&);

}  // namespace runrate
