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
        auto const before = nodes_[use->node].pinned_end;
        unpin(*use);
        auto const& node = nodes_[use->node];
        bool const holds_nothing = node.last == node.first && node.free.empty() && node.children == 0;
        if (node.uses.empty() && holds_nothing)
            remove(use->node);
        else if (node.uses.empty() || node.pinned_end < before)
            add_newest(use->node, node.pinned_end, before);
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
    while (!node.free.empty() && stretches_[node.free.back()].end <= node.pinned_end) {
        drop(node.free.back());
        node.free.pop_back();
    }
    if (node.free.empty()) return;
    auto& cut = stretches_[node.free.back()];
    cut.begin = std::max(cut.begin, node.pinned_end);
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
        auto const id = stretches_[none].newer;
        auto& oldest = stretches_[id];
        auto& node = nodes_[oldest.node];
        auto const taken = std::min(blocks, oldest.end - oldest.begin);
        node.last = oldest.end -= taken;
        blocks_ -= taken;
        blocks -= taken;
        if (oldest.end > oldest.begin) continue;
        auto const emptied = oldest.node;
        node.free.erase(node.free.begin());
        drop(id);
        if (node.free.empty() && node.uses.empty()) remove(emptied);
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
    ++nodes_[key.parent].children;
    return id;
}

void PrefixCache::add_newest(std::uint32_t node, std::int64_t begin, std::int64_t end) {
    auto id = static_cast<std::uint32_t>(stretches_.size());
    if (vacant_stretches_.empty()) {
        stretches_.emplace_back();
    } else {
        id = vacant_stretches_.back();
        vacant_stretches_.pop_back();
    }
    auto const before = stretches_[none].older;
    stretches_[id] = {node, begin, end, before, none};
    stretches_[before].newer = id;
    stretches_[none].older = id;
    nodes_[node].free.push_back(id);
}

/// The node forgets it itself.
void PrefixCache::drop(std::uint32_t stretch) {
    auto const [older, newer] = std::pair{stretches_[stretch].older, stretches_[stretch].newer};
    stretches_[older].newer = newer;
    stretches_[newer].older = older;
    vacant_stretches_.push_back(stretch);
}

void PrefixCache::remove(std::uint32_t node) {
    --nodes_[nodes_[node].key.parent].children;
    index_.erase(nodes_[node].key);
    vacant_.push_back(node);
}

}  // namespace runrate
