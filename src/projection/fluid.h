#pragma once

#include <optional>
#include <span>
#include <vector>

#include "fleet/pool_settings.h"
#include "projection/load_curve.h"

namespace runrate {

/// Sessions find less in a pool's caches where many of their calls are answered elsewhere; what that makes of calls is
/// known at one share.
inline constexpr double crowded_share = 0.3;

/// One feature's traffic to a pool, over a day.
struct FluidFeature {
    std::vector<double> per_hour{};  ///< sessions that start in each of the day's 24 hours
    double calls = 1;                ///< of a session
    double other_s = 0;              ///< of a session outside of its calls, for each call
    double parallel = 1;             ///< calls under way while any is
    double gaps_cv = 1;              ///< of the gaps between starts
    double overflow_s = 0;           ///< of a call that finds the pool full, elsewhere
};

/// Calls of a feature where those that find the pool full go elsewhere.
struct FluidOverflow {
    double asked = 0, beyond = 0;  ///< all; those that went elsewhere
    double crowded = 0;            ///< these, each times the share that went so at its time
};

/// A pool as a fluid meets it.
struct FluidPool {
    PoolSettings const* settings = nullptr;
    LoadCurve const* curve = nullptr;
    double cold_start_s = 0;
    double repair_s = 0;                 ///< mean, of PoolSettings::failures
    LoadCurve const* crowded = nullptr;  ///< the curve where crowded_share of a session's calls find the pool full
};

/// What a pool did on a day. Hours are of replicas.
struct FluidDay {
    double paid_hours = 0;
    double in_flight_hours = 0;              ///< calls under way, over time
    double peak_replicas = 0;                ///< paid at the same time
    double calls = 0, shed = 0;              ///< completed; turned away
    std::vector<FluidOverflow> overflow{};   ///< by feature; empty where none can
    std::vector<double> hours_above{};       ///< paid beyond each of the asked numbers of replicas
    std::vector<double> calls_by_level{};    ///< completed, by level of the curve; last those that had to wait before
    std::vector<double> crowded_by_level{};  ///< likewise, of the crowded curve: of those that are as served by it
    double waited_s = 0;                     ///< of these together, until a replica could take them
};

/// Calls that a day's sessions start: those that the pool completes, where none can go elsewhere.
double asked_calls(FluidDay const&);

/// The share of the prompt tokens of a day that prefix caches had; nothing without calls.
std::optional<double> cached_share(FluidPool const&, FluidDay const&);

/// Normal numbers that a fluid takes its noise from, the same for every level of demand.
class NormalTable {
public:
    explicit NormalTable(Address const&);
    [[nodiscard]] double operator[](std::size_t i) const { return values_[i & (size - 1)]; }

private:
    static constexpr std::size_t size = std::size_t{1} << 14;
    std::vector<double> values_;
};

/// Integrates a day after the last two hours of one like it: sessions under way and calls in flight of each feature as
/// a stochastic fluid (an exact exponential step of the two-state process of a session that calls and waits, so that
/// any step is stable), and replicas by the autoscaler's own policies. Exact for M/M/inf in mean and variance. Where
/// calls that find the pool full go elsewhere, as many do as of a loss system in equilibrium with the sessions of now.
/// \param demand      multiplies all traffic
/// \param thresholds  numbers of replicas for FluidDay::hours_above
FluidDay fluid_day(FluidPool const&, std::vector<FluidFeature> const&, double demand,
                   std::span<double const> thresholds, NormalTable const&);

}  // namespace runrate
