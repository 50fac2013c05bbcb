#pragma once

#include <vector>

#include "experiment/event_day.h"
#include "projection/fluid.h"

namespace runrate {

/// Calls of a feature that a replica is run on: enough where many worlds are averaged; enough for one alone.
inline constexpr std::size_t usual_sample = 2000, large_sample = 100'000;

/// A pool of an option in one world, without events: how replicas are at every load, and days as a fluid.
class PoolProjection {
public:
    /// \param usage    by feature, of sessions whose calls to the pool take their usual latency
    /// \param volumes  by feature, whose month `reference` says how calls of features mix
    PoolProjection(Scenario const&, BillPlan const&, std::size_t pool, EventWorld const&,
                   std::vector<FeatureUsage> const& usage, std::vector<std::vector<MonthVolume>> const& volumes,
                   std::size_t reference, double scale, std::size_t sampled_calls = usual_sample);

    /// A day. \param per_hour    starts in each of its 24 hours, by feature of the scenario
    /// \param thresholds  numbers of replicas for FluidDay::hours_above
    [[nodiscard]] FluidDay day(std::vector<std::vector<double>> const& per_hour, double demand,
                               std::span<double const> thresholds) const;

    /// Seconds that a session's calls are in flight at the pool where replicas are as full as they shall be.
    [[nodiscard]] double call_seconds(std::size_t feature) const;

    [[nodiscard]] LoadCurve const& curve() const { return curve_; }
    /// As days meet it. \pre this stays where it is
    [[nodiscard]] FluidPool pool() const;
    [[nodiscard]] PoolSettings const& settings() const { return settings_; }

private:
    void make_curve(std::vector<CallMix>, double crowded, std::int64_t calls);
    void make_crowded_curve(BillPlan const&, EventWorld const&, std::vector<char> const& of_pool,
                            std::vector<CallMix> mix, double crowded, std::size_t sampled_calls);
    void spread(std::vector<CallMix> const&, double crowded, std::int64_t calls);
    [[nodiscard]] double usual_replicas(std::vector<CallMix> const&, double crowded,
                                        std::vector<double> const& sojourn_s) const;
    [[nodiscard]] double usual_sojourn_s(std::size_t feature) const;

    PoolSettings settings_;
    std::vector<CallSample> samples_;  ///< by feature; without sessions where none of its calls are to the pool
    LoadCurve curve_;
    std::optional<LoadCurve> crowded_;  ///< FluidPool::crowded, where calls can go elsewhere
    double cold_start_s_ = 0, repair_s_ = 0;
    std::vector<double> gaps_cv_, calls_, duration_s_;  ///< by feature
    std::vector<double> overflow_s_;                    ///< of a call elsewhere, by feature; 0 where none goes
    NormalTable normals_;
};

}  // namespace runrate
