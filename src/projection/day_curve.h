#pragma once

#include <functional>
#include <span>
#include <vector>

#include "projection/fluid.h"

namespace runrate {

/// What a pool does on days that are alike but for how much is asked, between days that were integrated.
class DayCurve {
public:
    /// Integrates a day without demand, and days at `points` levels, evenly in logarithms from `low` to `high`. Below
    /// the first of these that pays no more hours than the lowest and serves as fast none is integrated: less demand
    /// does so too.
    /// \param day  the day at a demand \pre 0 < low <= high, at least 2 points
    DayCurve(double low, double high, std::size_t points, std::function<FluidDay(double demand)> const& day);

    /// Adds a day, so often, to sums; the peak is the highest. Between levels all is linear in demand, and above the
    /// last goes on as it does below it: more replicas, or as many where there are never more.
    void add(double demand, double times, FluidDay& sums) const;

    /// The same curve with further levels, each so many times the next, from `low` to `high` where it does not reach.
    [[nodiscard]] DayCurve reaching(double low, double high, double factor,
                                    std::function<FluidDay(double demand)> const& day) const;

    /// The same curve with further levels at these demands, where days between are not alike anyway.
    [[nodiscard]] DayCurve refined(std::span<double const> demands,
                                   std::function<FluidDay(double demand)> const& day) const;

private:
    struct Level {
        double demand = 0;
        FluidDay day{};
    };
    std::vector<Level> levels_;
};

}  // namespace runrate
