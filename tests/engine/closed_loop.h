#pragma once

#include <span>
#include <vector>

#include "engine/replica_engine.h"

namespace runrate {

/// Runs a list with so many requests in flight: each that finishes is followed by the next. Calls `take` with every
/// outcome.
template <class Engine, class Take>
void closed_loop(Engine& engine, std::span<EngineRequest const> list, std::size_t in_flight, Take const& take) {
    std::size_t next = 0;
    auto const submit = [&](std::size_t count) {
        for (; count > 0 && next < list.size(); --count) {
            auto request = list[next];
            request.arrival = engine.now().time_since_epoch();
            engine.submit(request, next++);
        }
    };
    submit(in_flight);
    while (engine.next() != ReplicaEngine::never) {
        auto const outcomes = engine.step();
        for (auto const& o : outcomes) take(o);
        submit(outcomes.size());
    }
}

}  // namespace runrate
