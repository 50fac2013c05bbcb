#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runrate/result.h"

namespace runrate {

/// What one value of a tag costs.
struct Attributed {
    std::string value;
    Amount amount;
    friend bool operator==(Attributed const&, Attributed const&) = default;
};

/// Which bill is attributed: one option's in one period at one scale, accrual view.
struct BillKey {
    std::string option;
    double scale = 1;
    std::string period;
};

/// Divides a bill by the values of a tag, dearest first (ties by name).
///
/// A line belongs to the value that its feature has; lines of features without the tag are `(untagged)`, lines of no
/// feature `(shared)`. The tag `feature`, where no feature declares it, is the feature's own name.
/// \post the amounts sum to the bill's lines exactly
std::vector<Attributed> attribute(Result const&, std::string_view tag, BillKey const&);

/// Names of the tags that features carry, sorted.
std::vector<std::string> tag_names(Result const&);

}  // namespace runrate
