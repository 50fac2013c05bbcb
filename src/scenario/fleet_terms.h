#pragma once

#include <optional>

#include "fleet/router.h"
#include "stat/law.h"

namespace runrate {

/// What latency is wanted of a pool; nothing: not stated.
struct PoolObjective {
    std::optional<double> ttft_p95_s, tpot_p95_s;
};

/// With so many requests in flight a replica works at the capacity that is stated of it, below that in proportion: a
/// stated throughput says nothing of latency, so that any number of some size will do.
inline constexpr double full_in_flight = 64;

/// When replicas are added and taken away, as decided beforehand; see AutoscaleRule.
struct AutoscaleTerms {
    std::optional<double> in_flight{};  ///< per replica, that it aims at
    std::optional<double> yield{};      ///< instead: the share of a stated capacity
    double every_s = 30, stabilise_s = 300;
    int most = 1;
    int surge = 4;
    LawSpec cold_start_s = LawSpec::constant(Number{0});  ///< from the decision to the first request

    /// Requests in flight per replica, of either.
    [[nodiscard]] double aim() const { return in_flight ? *in_flight : yield.value_or(1) * full_in_flight; }
};

/// Requests that wait before the replicas, and those that are turned away; see AdmissionRule.
struct AdmissionTerms {
    std::optional<double> in_flight;  ///< per replica at most
    std::optional<double> queue;      ///< at most
};

/// How replicas fail, and how long each is gone then.
struct FailureTerms {
    double every_s = 0;  ///< mean time of one replica between failures
    LawSpec repair_s = LawSpec::constant(Number{0});
};

/// What stands around the replicas of a pool.
struct FleetTerms {
    Router router = Router::session_affinity;
    bool prefix_cache = true;
    std::optional<PoolObjective> objective{};
    std::optional<AutoscaleTerms> autoscale{};  ///< without: as many replicas as the plan says
    AdmissionTerms admission{};
    std::optional<FailureTerms> failures{};
};

}  // namespace runrate
