#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "experiment/outcome.h"

namespace runrate {

/// One day of a pool event by event against its projection.
struct AuditedDay {
    double simulated_hours = 0, projected_hours = 0;      ///< paid, beyond what the plan has at least
    double simulated_ttft_s = 0, projected_ttft_s = 0;    ///< p95; 0: of no calls
    double simulated_refused = 0, projected_refused = 0;  ///< shares of attempts that are turned away
};

/// What days that were run event by event say of a pool's projection.
struct PoolAudit {
    double scale = 1;  ///< at which the days were run
    std::vector<AuditedDay> days{};
    double factor = 1;   ///< on what is paid beyond the least
    double log_sd = 0;   ///< of one day's ratio around it
    double ttft = 1;     ///< p95 of the days as events made it over the fluid's, geometric mean
    double refused = 0;  ///< share of attempts that events turn away beyond those that the fluid does, mean

    /// What hours are multiplied by: a projection that is further off is not reliable, and no factor makes it so.
    [[nodiscard]] double applied() const { return std::clamp(factor, 1 / most_correction, most_correction); }
    static constexpr double most_correction = 1.5;

    /// The two-level estimator: hours of all days as events made them over those of the fluid.
    void settle();

private:
    void compare_service();
};

/// Runs a busy day of the reference month in three worlds, at the scale at which such a day has about a million calls
/// (or the nearest that is wanted), for every pool that an autoscaler drives or whose queue is
/// bounded. By plan and pool.
/// \param stop  asked before each day: none is run once it says so
std::vector<std::vector<PoolAudit>> audit_pools(Experiment const&, Worlds const&, unsigned threads,
                                                std::function<bool()> const& stop);

/// What is said of pools without running any day. By plan and pool.
std::vector<std::vector<PoolAudit>> no_audits(Experiment const&);

}  // namespace runrate
