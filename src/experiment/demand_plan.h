#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "scenario/scenario.h"
#include "serving/simulate.h"

namespace runrate {

/// One rate limit: what counts, and how much of it is allowed per minute.
struct RateLimit {
    std::size_t group = 0;  ///< of OptionLimits::targets
    char const* name = "";  ///< `rpm`, `itpm`, `otpm`, `tpm`
    std::size_t gauge = 0;
    double allowed = 0;
};

/// A reservation of throughput, and what counts against it.
struct Reservation {
    ProvisionedSpec spec;
    TargetId target;
    std::size_t gauge = 0;
};

/// Who serves a feature's sessions beyond its cap.
struct Degraded {
    std::optional<OptionId> option;                 ///< nothing: they are not served
    std::shared_ptr<FeatureProgram const> program;  ///< with the usage keys of the feature's own program
};

/// What an option must watch minute by minute, and what becomes of sessions beyond a cap.
struct DemandPlan {
    std::vector<Gauge> gauges;
    std::vector<RateLimit> limits;
    std::vector<Reservation> reservations;
    std::vector<std::optional<Degraded>> degraded;  ///< by feature; nothing: no cap, or it degrades to this option
};

/// Gauges of the option's limits and reservations.
DemandPlan plan_demand(Scenario const&, Option const&, std::vector<VendorPlan> const& agreements);

}  // namespace runrate
