#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <queue>
#include <stdexcept>
#include <vector>

#include "engine/replica_engine.h"

namespace runrate {

/// What the clock of an engine can hold in 64 bits, with room for the last request: arrivals, and their ends.
inline constexpr EngineTime latest_arrival = std::chrono::days{90};
inline constexpr Instant latest_end{std::chrono::days{100}};

/// Moves to the next change of the batch. \throws std::invalid_argument beyond the clock
template <class Sink>
void step_into(ReplicaEngine& engine, Sink const& sink) {
    if (engine.next() > latest_end)
        throw std::invalid_argument("the requests take more than 100 days to serve (too many for the replica)");
    for (auto const& o : engine.step()) sink(o);
}

/// Takes a request, or tells the sink why it can never be served; whether it was taken.
template <class Sink>
bool take_or_refuse(ReplicaEngine& engine, EngineRequest const& r, std::uint64_t number, Sink const& sink) {
    auto const why = engine.refusal(r);
    if (why)
        sink(EngineOutcome{number, r.arrival, {}, {}, {}, r.prompt_tokens, r.output_tokens, 0, 0, *why});
    else
        engine.submit(r, number);
    return !why;
}

/// Serves requests as a source yields them (`bool(EngineRequest&)`), in order of arrival; how many were refused.
template <class Source, class Sink>
std::int64_t drive_list(ReplicaEngine& engine, Source const& source, Sink const& sink) {
    EngineRequest request;
    std::int64_t refused = 0;
    for (std::uint64_t number = 0; source(request); ++number) {
        Instant const arrival{request.arrival};
        while (engine.now() < arrival && engine.next() <= arrival) step_into(engine, sink);
        if (!take_or_refuse(engine, request, number, sink)) ++refused;
    }
    while (engine.next() != ReplicaEngine::never) step_into(engine, sink);
    return refused;
}

/// Serves `requests` of them, `slots` at a time: all slots start at zero, and a slot's next request arrives when the
/// one before it is done. A request that can never be served is followed by the next at once. How many were refused.
/// \param draw  the n-th request, of which the arrival is set here
template <class Draw, class Sink>
std::int64_t drive_closed_loop(ReplicaEngine& engine, std::int64_t slots, std::int64_t requests, Draw const& draw,
                               Sink const& sink) {
    std::int64_t sent = 0, refused = 0;
    auto const send = [&](EngineTime at) {
        while (sent < requests) {
            EngineRequest r = draw(sent);
            r.arrival = at;
            if (take_or_refuse(engine, r, static_cast<std::uint64_t>(sent++), sink)) return;
            ++refused;
        }
    };
    for (auto i = std::min(slots, requests); i > 0; --i) send({});
    while (engine.next() != ReplicaEngine::never) {
        step_into(engine, [&](EngineOutcome const& o) {
            sink(o);
            send(o.finished);
        });
    }
    return refused;
}

/// Serves `requests` of them from sources that each wait for an answer, think, and ask again, so that requests come at
/// any time, not only when one is done. A request that can never be served is followed by the next at once.
/// \param first  when each source asks first
/// \param draw   the n-th request, of which the arrival is set here
/// \param think  how long the source of the n-th request thinks after it
template <class Draw, class Think, class Sink>
void drive_sources(ReplicaEngine& engine, std::vector<EngineTime> const& first, std::int64_t requests, Draw const& draw,
                   Think const& think, Sink const& sink) {
    std::priority_queue<EngineTime, std::vector<EngineTime>, std::greater<>> due{first.begin(), first.end()};
    std::int64_t sent = 0;
    auto const step = [&] {
        step_into(engine, [&](EngineOutcome const& o) {
            sink(o);
            due.push(o.finished + think(o.request));
        });
    };
    while (sent < requests && (!due.empty() || engine.next() != ReplicaEngine::never)) {
        Instant const at = due.empty() ? ReplicaEngine::never : Instant{due.top()};
        if (engine.now() < at && engine.next() <= at && engine.next() != ReplicaEngine::never) {
            step();
            continue;
        }
        EngineRequest r = draw(sent);
        r.arrival = due.top();
        if (take_or_refuse(engine, r, static_cast<std::uint64_t>(sent++), sink)) due.pop();
    }
    while (engine.next() != ReplicaEngine::never) step();
}

}  // namespace runrate
