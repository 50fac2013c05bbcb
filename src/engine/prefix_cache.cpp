#include "engine/prefix_cache.h"

#include <algorithm>
#include <tuple>

#include "core/contract.h"

namespace runrate {

std::uint64_t PrefixCache::Hash::operator()(Key const& k) const {
    std::uint64_t h = k.content * 0x9e3779b97f4a7c15U;
    h ^= static_cast<std::uint64_t>(k.start) * 0xc2b2ae3d27d4eb4fU + k.parent;
    h ^= h >> 29;
    return h * 0xbf58476d1ce4e5b9U;
}

PrefixCache::Look PrefixCache::look(std::span<Extent const> extents) const {
    Look found;
    bool hit = true;
    std::uint32_t parent = none;
    std::int64_t start = 0;
    for (auto const& e : extents) {
        auto const end = start + e.tokens;
        auto const* const id = parent == none && start > 0 ? nullptr : index_.find({e.content, start, parent});
        if (!id) {
            // Nothing of this content, or of what comes after it, is there.
            found.pinned_blocks += whole(end) - whole(start);
            hit = false;
            parent = none;
        } else {
            auto const& node = nodes_[*id];
            auto const there = std::min(node.last, whole(end));
            if (hit) found.hit_blocks = std::max(found.hit_blocks, there);
            hit = hit && there == whole(end);
            found.pinned_blocks += std::max<std::int64_t>(0, whole(end) - node.pinned_end);
            parent = *id;
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
        auto const id = find_or_add({e.content, start, parent});
        start += e.tokens;
        path.push_back({id, whole(start)});
        pin(path.back());
        parent = id;
    }
}

void PrefixCache::grow(Path& path, std::int64_t tokens) {
    if (path.empty()) return;
    auto& last = path.back();
    auto& node = nodes_[last.node];
    auto const before = last;
    last.end = std::max(before.end, whole(tokens));
    if (node.users == 1 && before.end == node.pinned_end) return extend(node, last.end);
    pin(last);
    unpin(before);
}

void PrefixCache::release(Path& path) {
    for (auto use = path.rbegin(); use != path.rend(); ++use) {
        auto const before = nodes_[use->node].pinned_end;
        unpin(*use);
        auto const& node = nodes_[use->node];
        bool const is_unused = node.users == 0;
        if (is_unused && node.last == first(node) && node.tail == none && node.children == 0)
            remove(use->node);
        else if (is_unused || node.pinned_end < before)
            add_newest(use->node, node.pinned_end, before);
    }
    path.clear();
}

auto PrefixCache::find_nearer(Node& node, std::int64_t end) {
    return std::find_if(node.nearer.begin(), node.nearer.end(), [&](auto const& n) { return n.first == end; });
}

void PrefixCache::pin(Use use) {
    auto& node = nodes_[use.node];
    if (node.users > 0 && use.end < node.pinned_end) {
        auto const at = find_nearer(node, use.end);
        if (at == node.nearer.end())
            node.nearer.emplace_front(use.end, 1);
        else
            ++at->second;
    } else if (node.users > 0 && use.end == node.pinned_end) {
        ++node.users;
    } else {
        if (node.users > 0) node.nearer.emplace_front(node.pinned_end, node.users);
        node.users = 1;
        extend(node, use.end);
    }
}

void PrefixCache::unpin(Use use) {
    auto& node = nodes_[use.node];
    if (use.end < node.pinned_end) {
        auto const at = find_nearer(node, use.end);
        RUNRATE_EXPECT(at != node.nearer.end());
        if (--at->second == 0) node.nearer.remove(*at);
        return;
    }
    RUNRATE_EXPECT(use.end == node.pinned_end && node.users > 0);
    if (--node.users > 0) return;
    auto const before = std::exchange(node.pinned_end, first(node));
    if (!node.nearer.empty()) {
        auto const next = *std::max_element(node.nearer.begin(), node.nearer.end());
        std::tie(node.pinned_end, node.users) = next;
        node.nearer.remove(next);
    }
    pinned_ -= before - node.pinned_end;
}

/// Pins a node's blocks up to `end`, which is not before its pinned end.
void PrefixCache::extend(Node& node, std::int64_t end) {
    blocks_ += std::max<std::int64_t>(0, end - node.last);
    pinned_ += end - node.pinned_end;
    node.last = std::max(node.last, end);
    node.pinned_end = end;
    while (node.head != none && stretches_[node.head].end <= end) drop(node.head);
    if (node.head == none) return;
    auto& cut = stretches_[node.head];
    cut.begin = std::max(cut.begin, end);
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
        drop(id);
        if (node.tail == none && node.users == 0) remove(emptied);
    }
}

std::uint32_t PrefixCache::find_or_add(Key const& key) {
    auto const free = vacant_.empty() ? static_cast<std::uint32_t>(nodes_.size()) : vacant_.back();
    auto const [found, is_new] = index_.try_emplace(key, free);
    if (!is_new) return *found;
    if (vacant_.empty())
        nodes_.emplace_back();
    else
        vacant_.pop_back();
    auto& node = nodes_[*found];
    node.key = key;
    node.last = node.pinned_end = first(node);
    ++nodes_[key.parent].children;
    return *found;
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
    auto& head = nodes_[node].head;
    stretches_[id] = {.node = node, .further = head, .older = before, .begin = begin, .end = end};
    stretches_[before].newer = id;
    stretches_[none].older = id;
    (head == none ? nodes_[node].tail : stretches_[head].nearer) = id;
    head = id;
}

void PrefixCache::drop(std::uint32_t stretch) {
    auto const& gone = stretches_[stretch];
    auto& node = nodes_[gone.node];
    stretches_[gone.older].newer = gone.newer;
    stretches_[gone.newer].older = gone.older;
    (gone.further == none ? node.tail : stretches_[gone.further].nearer) = gone.nearer;
    (gone.nearer == none ? node.head : stretches_[gone.nearer].further) = gone.further;
    vacant_stretches_.push_back(stretch);
}

void PrefixCache::remove(std::uint32_t node) {
    --nodes_[nodes_[node].key.parent].children;
    index_.erase(nodes_[node].key);
    vacant_.push_back(node);
}

}  // namespace runrate
