#pragma once

#include <stdexcept>

#include "engine/drive.h"
#include "fleet/replica_pool.h"

namespace runrate {

/// Moves to what happens next in a pool. \throws std::invalid_argument beyond the clock
template <class Sink>
void step_pool(ReplicaPool& pool, Sink const& sink) {
    if (pool.next() > latest_end)
        throw std::invalid_argument("the requests take more than 100 days to serve (too many for the pool)");
    for (auto const& o : pool.advance()) sink(o);
}

/// Serves requests as a source yields them (`bool(PoolRequest&)`), in order of arrival, until all are done. The sink
/// gets outcomes as they happen, `refused` what was turned away, with the reason.
template <class Source, class Sink, class Refused>
void drive_pool(ReplicaPool& pool, Source&& source, Sink const& sink, Refused const& refused) {
    PoolRequest request;
    while (source(request)) {
        Instant const arrival{request.request.arrival};
        while (pool.now() < arrival && pool.next() <= arrival) step_pool(pool, sink);
        auto const taken = pool.submit(request);
        if (taken != Taken::yes) refused(request, taken);
    }
    while (pool.in_flight() > 0) step_pool(pool, sink);
}

/// Serves `requests` of them, `slots` at a time: all slots start at zero, and a slot's next request comes when the one
/// before it is done. One that is turned away is followed by the next at once.
/// \param draw  the n-th request, of which arrival and number are set here
template <class Draw, class Sink, class Refused>
void drive_pool_closed_loop(ReplicaPool& pool, std::int64_t slots, std::int64_t requests, Draw const& draw,
                            Sink const& sink, Refused const& refused) {
    std::int64_t sent = 0;
    auto const send = [&](EngineTime at) {
        while (sent < requests) {
            PoolRequest r{.request = draw(sent), .number = static_cast<std::uint64_t>(sent)};
            ++sent;
            r.request.arrival = at;
            auto const taken = pool.submit(r);
            if (taken == Taken::yes) return;
            refused(r, taken);
        }
    };
    for (auto i = std::min(slots, requests); i > 0; --i) send({});
    while (pool.in_flight() > 0) {
        step_pool(pool, [&](PoolOutcome const& o) {
            sink(o);
            send(o.served.finished);
        });
    }
}

}  // namespace runrate
