#pragma once

#include <vector>

#include "projection/fluid.h"

namespace runrate {

/// Quantiles of a figure over calls that levels of a load completed, within 2.5 % of the calls of each.
class LevelQuantiles {
public:
    /// \param waits  whether calls beyond the last level have to wait for it first: TTFT
    LevelQuantiles(FluidPool const&, LogSketch LoadLevel::*figure, bool waits);

    /// What a share of a day's calls stays below; zero without calls.
    [[nodiscard]] double at(double share, FluidDay const&) const;

private:
    /// A slice of a level's calls, and the figure of its middle one.
    struct Slice {
        double value;
        std::size_t curve, level;
    };
    void add(LoadCurve const&, std::size_t curve, LogSketch LoadLevel::*figure);
    [[nodiscard]] std::vector<Slice> with_waiting(FluidDay const&, double waiting) const;

    std::vector<Slice> slices_;  ///< by value
    std::size_t levels_[2]{};    ///< of the usual curve, and of the crowded one
    bool waits_;
};

}  // namespace runrate
