#pragma once

#include <cstdint>
#include <deque>

#include "core/time.h"

namespace runrate {

/// When replicas are added and taken away: by requests in flight, as the Horizontal Pod Autoscaler of Kubernetes does
/// with a metric of the whole deployment.
struct AutoscaleRule {
    double in_flight = 1;  ///< requests per replica that it aims at
    Duration every{};      ///< between two looks
    Duration stabilise{};  ///< replicas are taken away only when none of the looks of so long wanted them
    int least = 1, most = 1;
    int surge = 4;  ///< added by one look at most, or as many as there are, whichever is more

    friend bool operator==(AutoscaleRule const&, AutoscaleRule const&) = default;
};

/// The replicas that so many requests in flight want, within the rule's bounds. Pure.
int recommended_replicas(AutoscaleRule const&, double in_flight);

/// What a look goes to from what is there. Up to what it recommends itself, at once but for the surge; down to what no
/// look of the window goes above. Pure; the rule of Kubernetes' `behavior`, without its tolerance of 10 %.
/// \param settled  Stabiliser::settle() of this look
int next_replicas(AutoscaleRule const&, int there, int recommended, int settled);

/// The memory of an autoscaler: what the looks of the last while recommended.
class Stabiliser {
public:
    /// Takes a look's recommendation; the highest of the last `window`, this one included.
    int settle(Instant now, Duration window, int recommended);

private:
    struct Look {
        Instant at;
        int recommended;
    };
    std::deque<Look> looks_;  ///< falling: a look that wanted no more than a later one is forgotten
};

}  // namespace runrate
