#include "replay/block_cache.h"

#include "core/contract.h"

namespace runrate {
namespace {

/// Spreads ids, which count up, over the slots (Stafford's variant 13 of MurmurHash3's finaliser).
std::uint32_t mixed(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    return static_cast<std::uint32_t>(x ^ (x >> 31));
}

}  // namespace

BlockCache::BlockCache(std::size_t most, std::optional<std::chrono::nanoseconds> lifetime)
    : most_{most}, lifetime_{lifetime}, slots_(64) {
    RUNRATE_EXPECT(most > 0 && most < std::size_t{1} << 31);
}

/// Where the id stands, or the empty slot where it would.
std::size_t BlockCache::slot_of(std::uint64_t id) const {
    auto const mask = slots_.size() - 1;
    auto const hash = mixed(id);
    auto at = hash & mask;
    while (slots_[at].index != none && (slots_[at].hash != hash || nodes_[slots_[at].index].id != id))
        at = (at + 1) & mask;
    return at;
}

bool BlockCache::alive(Node const& node, TraceTime now) const { return !lifetime_ || now - node.used <= *lifetime_; }

std::size_t BlockCache::use(std::span<std::uint64_t const> blocks, TraceTime now) {
    while (oldest_ != none && !alive(nodes_[oldest_], now)) forget(oldest_);
    std::size_t hits = 0;
    while (hits < blocks.size() && slots_[slot_of(blocks[hits])].index != none) ++hits;
    for (auto const id : blocks) touch(id, now);
    return hits;
}

void BlockCache::touch(std::uint64_t id, TraceTime now) {
    auto const at = slots_[slot_of(id)].index;
    if (at == none) return insert(id, now);
    nodes_[at].used = now;
    unlink(at);
    put_first(at);
}

void BlockCache::insert(std::uint64_t id, TraceTime now) {
    if (used_ == most_) {
        ++pushed_out_;
        forget(oldest_);
    }
    if (2 * (used_ + 1) > slots_.size()) grow();
    auto at = static_cast<Index>(nodes_.size());
    if (free_.empty()) {
        nodes_.emplace_back();
    } else {
        at = free_.back();
        free_.pop_back();
    }
    nodes_[at].id = id;
    nodes_[at].used = now;
    slots_[slot_of(id)] = {at, mixed(id)};
    put_first(at);
    ++used_;
}

void BlockCache::unlink(Index at) {
    auto const& node = nodes_[at];
    (node.newer == none ? newest_ : nodes_[node.newer].older) = node.older;
    (node.older == none ? oldest_ : nodes_[node.older].newer) = node.newer;
}

void BlockCache::put_first(Index at) {
    nodes_[at].newer = none;
    nodes_[at].older = newest_;
    (newest_ == none ? oldest_ : nodes_[newest_].newer) = at;
    newest_ = at;
}

/// Takes a block out; those after it in its run of slots move up, so that none needs a mark.
void BlockCache::forget(Index index) {
    unlink(index);
    auto const mask = slots_.size() - 1;
    auto hole = slot_of(nodes_[index].id);
    slots_[hole] = {};
    for (auto at = (hole + 1) & mask; slots_[at].index != none; at = (at + 1) & mask) {
        auto const home = slots_[at].hash & mask;
        if (((at - home) & mask) < ((at - hole) & mask)) continue;
        slots_[hole] = slots_[at];
        slots_[at] = {};
        hole = at;
    }
    free_.push_back(index);
    --used_;
}

void BlockCache::grow() {
    slots_.assign(2 * slots_.size(), {});
    for (auto at = newest_; at != none; at = nodes_[at].older)
        slots_[slot_of(nodes_[at].id)] = {at, mixed(nodes_[at].id)};
}

}  // namespace runrate
