#include "serving/prompt_cache.h"

#include <algorithm>

namespace runrate {

void SessionCache::clear() {
    used_.clear();
    last_ = ContextTree::no_parent;
    last_use_ = never;
    alive_ = {};
    kept_until_.clear();
    kept_token_s_ = 0;
}

/// Marks the ancestors of the last prompt, which its use has kept alive too: needed once a prompt leaves its path.
void SessionCache::settle_last(ContextTree const& tree) {
    for (auto n = last_; n != ContextTree::no_parent; n = tree.parent(n)) used_[n] = std::max(used_[n], last_use_);
}

void SessionCache::keep(ContextTree const& tree, ContextTree::NodeId tip, Instant start, Duration lifetime,
                        bool whole) {
    kept_until_.resize(tree.size(), never);
    auto const until = start + std::min(lifetime, Instant::max() - start);
    for (auto n = tip; n != ContextTree::no_parent; n = tree.parent(n)) {
        auto const above = tree.parent(n);
        if (above == ContextTree::no_parent && !whole) break;
        auto& kept = kept_until_[n];
        if (until <= kept) continue;
        auto const tokens = tree.total(n) - (above == ContextTree::no_parent ? 0 : tree.total(above));
        kept_token_s_ += static_cast<double>(tokens) * to_seconds(until - std::max(start, kept));
        kept = until;
    }
}

SessionCache::Found SessionCache::use(ContextTree const& tree, ContextTree::NodeId tip, Instant start,
                                      Duration lifetime) {
    used_.resize(tree.size(), never);
    Found found;
    bool const first = last_ == ContextTree::no_parent;
    auto ancestor = tip;  // children have greater numbers than their parents
    while (!first && ancestor != ContextTree::no_parent && ancestor > last_) ancestor = tree.parent(ancestor);
    if (!first && ancestor != last_) settle_last(tree);
    auto const gap = first ? lifetime : std::clamp(start - last_use_, Duration{}, lifetime);
    alive_ += gap;
    for (auto n = tip; !first && n != ContextTree::no_parent; n = tree.parent(n)) {
        if (used_[n] == never || start - used_[n] > lifetime) continue;
        found.tokens = tree.total(n);
        break;
    }
    found.at_risk = found.tokens < 0;
    used_[tip] = std::max(used_[tip], start);
    last_ = tip;
    last_use_ = std::max(last_use_, start);
    return found;
}

}  // namespace runrate
