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
void drive_pool(ReplicaPool& pool, Source const& source, Sink const& sink, Refused const& refused) {
    PoolRequest request;
    while (source(request)) {
        Instant const arrival{request.request.arrival};
        while (pool.now() < arrival && pool.next() <= arrival) step_pool(pool, sink);
        auto const taken = pool.submit(request);
        if (taken != Taken::yes) refused(request, taken);
    }
    while (pool.in_flight() > 0) step_pool(pool, sink);
}

}  // namespace runrate
