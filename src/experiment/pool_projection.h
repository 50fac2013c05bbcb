#pragma once

#include <vector>

#include "experiment/event_day.h"
#include "projection/fluid.h"

namespace runrate {

/// A pool of an option in one world, without events: how replicas are at every load, and days as a fluid.
class PoolProjection {
public:
    /// \param usage    by feature, of sessions whose calls to the pool take their usual latency
    /// \param volumes  by feature, whose month `reference` says how calls of features mix
    PoolProjection(Scenario const&, BillPlan const&, std::size_t pool, EventWorld const&,
                   std::vector<FeatureUsage> const& usage, std::vector<std::vector<MonthVolume>> const& volumes,
                   std::size_t reference, double scale);

    /// A day. \param per_hour    starts in each of its 24 hours, by feature of the scenario
    /// \param thresholds  numbers of replicas for FluidDay::hours_above
    [[nodiscard]] FluidDay day(std::vector<std::vector<double>> const& per_hour, double demand,
                               std::span<double const> thresholds) const;

    [[nodiscard]] LoadCurve const& curve() const { return curve_; }
    /// The value that a share of the calls stays below, of a figure of each level.
    [[nodiscard]] static double quantile_over(LoadCurve const&, std::vector<double> const& calls_by_level,
                                              LogSketch LoadLevel::*figure, double p);
    [[nodiscard]] bool uses(std::size_t feature) const { return samples_[feature].sessions > 0; }

private:
    void spread(std::vector<CallMix> const&, double crowded);

    PoolSettings settings_;
    std::vector<CallSample> samples_;  ///< by feature; without sessions where none of its calls are to the pool
    LoadCurve curve_;
    double cold_start_s_ = 0;
    std::vector<double> gaps_cv_, calls_, duration_s_;  ///< by feature
    NormalTable normals_;
};

}  // namespace runrate
