#include "fleet/autoscaler.h"

#include <algorithm>
#include <cmath>

#include "core/contract.h"

namespace runrate {

int recommended_replicas(AutoscaleRule const& rule, double in_flight) {
    RUNRATE_EXPECT(rule.in_flight > 0 && rule.least <= rule.most && in_flight >= 0);
    auto const wanted = std::min(std::ceil(in_flight / rule.in_flight), static_cast<double>(rule.most));
    return std::max(rule.least, static_cast<int>(wanted));
}

int next_replicas(AutoscaleRule const& rule, int there, int recommended, int settled) {
    if (recommended > there) return std::min(recommended, there + std::max(there, rule.surge));
    return std::min(there, settled);
}

int Stabiliser::settle(Instant now, Duration window, int recommended) {
    while (!looks_.empty() && looks_.back().recommended <= recommended) looks_.pop_back();
    looks_.push_back({now, recommended});
    while (now - looks_.front().at > window) looks_.pop_front();
    return looks_.front().recommended;
}

}  // namespace runrate
