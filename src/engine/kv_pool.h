#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "engine/block_size.h"
#include "engine/prefix_cache.h"

namespace runrate {

/// The blocks of a KV cache: those that requests own alone, and those of the prefix cache. Decoding requests are
/// remembered by when they fill a block, so that a whole run of iterations is accounted for at once.
class KvPool {
public:
    KvPool(std::int64_t capacity_tokens, int block_tokens)
        : block_{block_tokens}, total_{capacity_tokens / block_tokens}, due_(static_cast<std::size_t>(block_tokens)) {}

    [[nodiscard]] std::int64_t total() const { return total_; }
    [[nodiscard]] std::int64_t own() const { return own_; }
    [[nodiscard]] std::int64_t used(PrefixCache const& cache) const { return own_ + cache.pinned(); }
    [[nodiscard]] std::int64_t blocks_for(std::int64_t tokens) const {
        return block_.whole(tokens + block_.tokens() - 1);
    }
    [[nodiscard]] std::int64_t block_tokens() const { return block_.tokens(); }
    [[nodiscard]] std::int64_t whole_blocks(std::int64_t tokens) const { return block_.whole(tokens); }

    /// Takes or gives back blocks of a request's own; what the prefix cache has to give up for them goes.
    void take(std::int64_t blocks, PrefixCache& cache) {
        own_ += blocks;
        auto const over = own_ + cache.blocks() - total_;
        if (over > 0) cache.evict(over);
    }

    /// A request begins to decode in iteration `now` with `context` tokens in the cache.
    void join(std::int64_t context, std::int64_t now) { ++due_[residue(context - now)]; }
    void leave(std::int64_t context, std::int64_t now) { --due_[residue(context - now)]; }

    /// Blocks that decoding takes in iteration `now`.
    [[nodiscard]] std::int64_t needed(std::int64_t now) const { return due_[residue(-now)]; }

    /// Blocks that decoding takes in `n` iterations from `now`; `decoding` requests do.
    [[nodiscard]] std::int64_t needed(std::int64_t now, std::int64_t n, std::int64_t decoding) const {
        std::int64_t sum = block_.whole(n) * decoding;
        auto at = residue(-now);
        for (auto left = block_.rest(n); left > 0; --left, at = before(at)) sum += due_[at];
        return sum;
    }

    /// How many iterations from `now`, at most `n`, fit into `free` blocks.
    [[nodiscard]] std::int64_t iterations_within(std::int64_t free, std::int64_t now, std::int64_t n,
                                                 std::int64_t decoding) const {
        if ((block_.whole(n) + 1) * decoding <= free) return n;
        auto fit = free / decoding * block_.tokens();
        free %= decoding;
        for (auto at = residue(-now); fit < n && due_[at] <= free; ++fit, at = before(at)) free -= due_[at];
        return std::min(fit, n);
    }

private:
    [[nodiscard]] std::size_t residue(std::int64_t x) const { return static_cast<std::size_t>(block_.rest(x)); }
    [[nodiscard]] std::size_t before(std::size_t at) const { return (at == 0 ? due_.size() : at) - 1; }

    BlockSize block_;
    std::int64_t total_;
    std::int64_t own_ = 0;
    std::vector<std::int64_t> due_;  ///< requests by (context - iteration) modulo the block
};

}  // namespace runrate
