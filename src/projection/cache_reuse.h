#pragma once

#include <cstdint>
#include <vector>

#include "projection/call_sample.h"

namespace runrate {

/// Calls of one feature to a pool, and how many of them there are of all.
struct CallMix {
    CallSample const* sample = nullptr;
    double calls = 0;  ///< per second at some usual time: a weight
};

/// What earlier calls of its session left for a call in the cache of the replica that gets it.
struct Left {
    std::int64_t tokens = 0;
    double gap_s = 0;  ///< for which nobody used them
};

/// \param sharing  replicas that get the calls of a session by turns: the last one that this replica had is
/// geometrically long ago, by `u`; 1 where it has all
Left left_for(CallSample const&, std::size_t at, double sharing, double u);

/// How long a replica's prefix cache keeps what a mix of calls leaves. Least recently used goes first, so that a
/// content is found if it was used within the time that it takes to fill the cache (Che's approximation).
class CacheReuse {
public:
    /// \param capacity_tokens  of the KV cache \param sharing  as of left_for
    CacheReuse(std::vector<CallMix> const&, double capacity_tokens, double sharing);

    /// For how long a content is kept that nobody uses: until what waits for its session and what is left behind fill
    /// the cache, by Little's law for tokens.
    [[nodiscard]] double kept_s(double in_flight, double calls_per_s) const;

private:
    /// What waits for a call.
    struct Waiting {
        double gap_s = 0, tokens = 0;  ///< these by the share of such calls
    };
    double capacity_;
    double fresh_ = 0;    ///< tokens that a call adds; each is of no more use some time, and left there
    double context_ = 0;  ///< tokens that a call holds while it is under way
    std::vector<Waiting> waiting_;
};

}  // namespace runrate
