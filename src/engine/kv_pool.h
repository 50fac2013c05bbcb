#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/contract.h"
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
    [[nodiscard]] std::int64_t blocks_for(std::int64_t tokens) const { return (tokens + block_ - 1) / block_; }
    [[nodiscard]] std::int64_t block_tokens() const { return block_; }

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
        std::int64_t sum = n / block_ * decoding;
        for (std::int64_t i = 0; i < n % block_; ++i) sum += needed(now + i);
        return sum;
    }

    /// How many iterations from `now`, at most `n`, fit into `free` blocks.
    [[nodiscard]] std::int64_t iterations_within(std::int64_t free, std::int64_t now, std::int64_t n,
                                                 std::int64_t decoding) const {
        if ((n / block_ + 1) * decoding <= free) return n;
        auto fit = free / decoding * block_;
        free %= decoding;
        while (fit < n && needed(now + fit) <= free) free -= needed(now + fit++);
        return std::min(fit, n);
    }

private:
    [[nodiscard]] std::size_t residue(std::int64_t x) const {
        auto const r = x % block_;
        return static_cast<std::size_t>(r < 0 ? r + block_ : r);
    }

    std::int64_t block_, total_;
    std::int64_t own_ = 0;
    std::vector<std::int64_t> due_;  ///< requests by (context - iteration) modulo the block
};

}  // namespace runrate
