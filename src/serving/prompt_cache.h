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

    /// Seconds for which the session's uses keep the root alive: the union of their lifetimes so far.
    [[nodiscard]] double alive_s() const { return to_seconds(alive_); }

private:
    void settle_last(ContextTree const&);

    static constexpr Instant never = Instant::min();
    std::vector<Instant> used_;  ///< by node; exact for ends of prompts, their ancestors once another path is taken
    ContextTree::NodeId last_ = ContextTree::no_parent;
    Instant last_use_ = never;
    Duration alive_{};
};

}  // namespace runrate
