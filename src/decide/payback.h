#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace runrate {

/// What a challenger costs more than a baseline, [month][draw].
using MonthlyDifferences = std::vector<std::vector<double>>;

/// The first month from which on the challenger is no dearer in any, in the median of the draws: the earliest by which
/// that is so in at least half of them. Nothing where it is so in fewer.
std::optional<std::size_t> cheaper_for_good(MonthlyDifferences const&);

/// The first month by whose end less has been paid for the challenger in all, in the same median.
/// \param payments  discounted
std::optional<std::size_t> paid_back(MonthlyDifferences const& payments);

}  // namespace runrate
