#pragma once

#include <vector>

#include "core/time.h"
#include "serving/context.h"

namespace runrate {

/// What a vendor's cache holds of one session under one key (context, role, target): when each prefix was last used.
///
/// Prompts are paths of the session's tree, so a prefix is a node; using a prompt uses all its ancestors.
class SessionCache {
public:
    void clear();

    /// What a prompt finds when its call starts, and what its use leaves behind.
    struct Found {
        std::int64_t tokens = -1;  ///< of the longest prefix still alive; -1: not even the root
        bool at_risk = false;      ///< the session itself keeps no root alive
    };
    Found use(ContextTree const&, ContextTree::NodeId tip, Instant start, Duration lifetime);

    /// Counts what a vendor keeps of a prompt that use() has used: each token from its first use to a lifetime after
    /// its last, once however many prompts it belongs to. \param whole  the root too; else it is kept for all sessions
    /// together, and none counts it
    void keep(ContextTree const&, ContextTree::NodeId tip, Instant start, Duration lifetime, bool whole);

    /// Token-hours that keep() has counted so far.
    [[nodiscard]] double kept_token_hours() const { return kept_token_s_ / 3600; }

    /// Seconds for which the session's uses keep the root alive: the union of their lifetimes so far.
    [[nodiscard]] double alive_s() const { return to_seconds(alive_); }

private:
    void settle_last(ContextTree const&);

    static constexpr Instant never = Instant::min();
    std::vector<Instant> used_;  ///< by node; exact for ends of prompts, their ancestors once another path is taken
    ContextTree::NodeId last_ = ContextTree::no_parent;
    Instant last_use_ = never;
    Duration alive_{};
    std::vector<Instant> kept_until_;  ///< by node
    double kept_token_s_ = 0;
};

}  // namespace runrate
