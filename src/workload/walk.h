#pragma once

#include "core/overloaded.h"
#include "workload/workflow.h"

namespace runrate {

/// Visits what every step does, depth first in written order: `visit(CallStep const&)` and its peers.
template <class Visit>
void for_each_step(Steps const& steps, Visit const& visit) {
    for (auto const& step : steps) {
        std::visit(visit, step.what);
        std::visit(Overloaded{[&](ParallelStep const& p) {
                                  for (auto const& branch : p.branches) for_each_step(branch, visit);
                              },
                              [&](RepeatStep const& r) { for_each_step(r.body, visit); },
                              [&](AgentStep const& a) { for_each_step(a.body, visit); }, [](auto const&) {}},
                   step.what);
    }
}

}  // namespace runrate
