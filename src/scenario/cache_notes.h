#pragma once

#include <string>
#include <vector>

#include "scenario/scenario.h"

namespace runrate {

/// The targets that a route can reach, in its order.
std::vector<TargetId> targets_of(Route const&);

/// Whether any call can read from a prompt cache.
bool any_cache(Scenario const&);

/// For each option, role and model whether prompts are cached: `api answerer acme/large: explicit, 5 min`,
/// `automatic`, or `off` with the reason.
std::vector<std::string> cache_notes(Scenario const&);

/// A context that asks a vendor for a cache whose lifetime it does not sell.
struct UnsoldLifetime {
    std::string workflow, agent;  ///< the agent is empty where the workflow's own context asks
    TargetId target;
    auto operator<=>(UnsoldLifetime const&) const = default;
};
std::vector<UnsoldLifetime> unsold_lifetimes(Scenario const&);

}  // namespace runrate
