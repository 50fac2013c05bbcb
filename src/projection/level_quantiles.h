#pragma once

#include <span>
#include <vector>

#include "projection/load_curve.h"

namespace runrate {

/// Quantiles of a figure over calls that levels of a load completed, within 2.5 % of the calls of each.
class LevelQuantiles {
public:
    LevelQuantiles(LoadCurve const&, LogSketch LoadLevel::*figure);

    /// What a share of the calls stays below; zero without calls.
    [[nodiscard]] double at(double share, std::span<double const> calls_by_level) const;

private:
    /// A slice of a level's calls, and the figure of its middle one.
    struct Slice {
        double value;
        std::size_t level;
    };
    std::vector<Slice> slices_;  ///< by value
};

}  // namespace runrate
