#include "engine/prefix_cache.h"

#include <algorithm>

#include "core/contract.h"

namespace runrate {

std::size_t PrefixCache::Hash::operator()(Key const& k) const {
    std::uint64_t h = k.content * 0x9e3779b97f4a7c15U;
    h ^= static_cast<std::uint64_t>(k.start) * 0xc2b2ae3d27d4eb4fU + k.parent;
    h ^= h >> 29;
    h *= 0xbf58476d1ce4e5b9U;
    return h ^ (h >> 32);
}

PrefixCache::Look PrefixCache::look(std::span<Extent const> extents) const {
    Look found;
    bool hit = true;
    std::uint32_t parent = none;
    std::int64_t start = 0;
    for (auto const& e : extents) {
        auto const end = start + e.tokens;
        auto const at = parent == none && start > 0 ? index_.end() : index_.find({parent, start, e.content});
        if (at == index_.end()) {
            // Nothing of this content, or of what comes after it, is there.
            found.pinned_blocks += whole(end) - whole(start);
            hit = false;
            parent = none;
        } else {
            auto const& node = nodes_[at->second];
            auto const there = std::min(node.last, whole(end));
            if (hit) found.hit_blocks = std::max(found.hit_blocks, there);
            hit = hit && there == whole(end);
            found.pinned_blocks += std::max<std::int64_t>(0, whole(end) - node.pinned_end);
            parent = at->second;
        }
        start = end;
    }
    return found;
}

void PrefixCache::acquire(std::span<Extent const> extents, Path& path) {
    RUNRATE_EXPECT(path.empty());
    std::uint32_t parent = none;
    std::int64_t start = 0;
    for (auto const& e : extents) {
        auto const id = find_or_add({parent, start, e.content});
        start += e.tokens;
        path.push_back({id, whole(start)});
        pin(path.back());
        parent = id;
    }
}

void PrefixCache::grow(Path& path, std::int64_t tokens) {
    if (path.empty()) return;
    auto const before = path.back();
    path.back().end = std::max(before.end, whole(tokens));
    pin(path.back());
    unpin(before);
}

void PrefixCache::release(Path& path) {
    for (auto use = path.rbegin(); use != path.rend(); ++use) {
        unpin(*use);
        auto const& node = nodes_[use->node];
        if (node.listed) unlink(use->node);
        if (node.uses.empty() || node.last > node.pinned_end) link_newest(use->node);
    }
    path.clear();
}

void PrefixCache::pin(Use use) {
    auto& node = nodes_[use.node];
    blocks_ += std::max<std::int64_t>(0, use.end - node.last);
    node.last = std::max(node.last, use.end);
    auto const same = [&](auto const& u) { return u.first == use.end; };
    auto const at = std::find_if(node.uses.begin(), node.uses.end(), same);
    if (at == node.uses.end())
        node.uses.emplace_back(use.end, 1);
    else
        ++at->second;
    set_pinned_end(node);
    if (node.listed && node.last == node.pinned_end) unlink(use.node);
}

void PrefixCache::unpin(Use use) {
    auto& node = nodes_[use.node];
    auto const same = [&](auto const& u) { return u.first == use.end; };
    auto const at = std::find_if(node.uses.begin(), node.uses.end(), same);
    RUNRATE_EXPECT(at != node.uses.end());
    if (--at->second == 0) node.uses.erase(at);
    set_pinned_end(node);
}

void PrefixCache::set_pinned_end(Node& node) {
    auto const before = node.pinned_end;
    node.pinned_end = node.first;
    for (auto const& use : node.uses) node.pinned_end = std::max(node.pinned_end, use.first);
    pinned_ += node.pinned_end - before;
}

void PrefixCache::evict(std::int64_t blocks) {
    RUNRATE_EXPECT(blocks <= blocks_ - pinned_);
    while (blocks > 0) {
        auto const oldest = nodes_[none].newer;
        auto& node = nodes_[oldest];
        auto const taken = std::min(blocks, node.last - node.pinned_end);
        node.last -= taken;
        blocks_ -= taken;
        blocks -= taken;
        if (node.last > node.pinned_end) continue;
        unlink(oldest);
        if (node.uses.empty()) remove(oldest);
    }
}

std::uint32_t PrefixCache::find_or_add(Key const& key) {
    auto const [at, is_new] = index_.try_emplace(key, none);
    if (!is_new) return at->second;
    auto id = static_cast<std::uint32_t>(nodes_.size());
    if (vacant_.empty()) {
        nodes_.emplace_back();
    } else {
        id = vacant_.back();
        vacant_.pop_back();
    }
    auto& node = nodes_[id];
    node.key = key;
    node.first = node.last = node.pinned_end = whole(key.start);
    at->second = id;
    return id;
}

void PrefixCache::link_newest(std::uint32_t id) {
    auto const before = nodes_[none].older;
    nodes_[id].older = before;
    nodes_[id].newer = none;
    (before == none ? nodes_[none].newer : nodes_[before].newer) = id;
    nodes_[none].older = id;
    nodes_[id].listed = true;
}

void PrefixCache::unlink(std::uint32_t id) {
    auto const older = nodes_[id].older;
    auto const newer = nodes_[id].newer;
    (older == none ? nodes_[none].newer : nodes_[older].newer) = newer;
    (newer == none ? nodes_[none].older : nodes_[newer].older) = older;
    nodes_[id].listed = false;
}

void PrefixCache::remove(std::uint32_t id) {
    index_.erase(nodes_[id].key);
    vacant_.push_back(id);
}

}  // namespace runrate
