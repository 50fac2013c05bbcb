#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runrate/engine.h"

namespace runrate {

/// What of earlier prompts is still in the KV cache, by extents: a prompt is a path of contents, of which the cache
/// keeps beginnings in whole blocks. Blocks in use are pinned; the others go least recently released first, from the
/// tail of a path to its head, as vLLM frees them: what hits and what goes is as if every block were kept for itself.
class PrefixCache {
public:
    /// A content that a prompt uses up to the block `end` of its path.
    struct Use {
        std::uint32_t node;
        std::int64_t end;
    };
    /// What a prompt uses, from its head.
    using Path = std::vector<Use>;

    explicit PrefixCache(std::int64_t block_tokens) : block_{block_tokens} {}

    /// What holding a prompt would mean.
    struct Look {
        std::int64_t hit_blocks = 0;     ///< whole blocks of the prompt's beginning that are there
        std::int64_t pinned_blocks = 0;  ///< that would be pinned and are not
    };
    [[nodiscard]] Look look(std::span<Extent const>) const;

    /// Pins the path of a prompt, adding what is not there.
    void acquire(std::span<Extent const>, Path&);

    /// Lets the last content of a pinned path grow to `tokens` of the whole path, in whole blocks.
    void grow(Path&, std::int64_t tokens);

    /// Unpins a path and empties it.
    void release(Path&);

    /// Gives up as many unpinned blocks. \pre there are so many
    void evict(std::int64_t blocks);

    [[nodiscard]] std::int64_t blocks() const { return blocks_; }
    [[nodiscard]] std::int64_t pinned() const { return pinned_; }

private:
    static constexpr std::uint32_t none = 0;  ///< node 0 is the root, stretch 0 the ends of their list

    struct Key {
        std::uint32_t parent;
        std::int64_t start;  ///< of the path's tokens
        std::uint64_t content;

        friend bool operator==(Key const&, Key const&) = default;
    };
    struct Hash {
        std::size_t operator()(Key const&) const;
    };
    struct Node {
        Key key{};
        std::int64_t first = 0, last = 0;  ///< whole blocks of the path that end within this content: [first, last)
        std::int64_t pinned_end = 0;       ///< the blocks before are in use
        std::vector<std::pair<std::int64_t, int>> uses{};  ///< how many prompts use it up to which block
        std::uint32_t children = 0;                        ///< nodes that hang on it
        std::vector<std::uint32_t> free{};  ///< stretches of its other blocks, from the tail, which is the oldest
    };
    /// Blocks [begin, end) of a node that nobody uses since one moment. One without blocks keeps its node until what
    /// hangs on it is gone.
    struct Stretch {
        std::uint32_t node = none;
        std::int64_t begin = 0, end = 0;
        std::uint32_t older = none, newer = none;
    };

    [[nodiscard]] std::int64_t whole(std::int64_t tokens) const { return tokens / block_; }
    std::uint32_t find_or_add(Key const&);
    void pin(Use);
    void unpin(Use);
    void set_pinned_end(Node&);
    void add_newest(std::uint32_t node, std::int64_t begin, std::int64_t end);
    void drop(std::uint32_t stretch);
    void remove(std::uint32_t node);

    std::int64_t block_;
    std::vector<Node> nodes_{Node{}};
    std::vector<Stretch> stretches_{Stretch{}};  ///< the first links the newest (older) and the oldest (newer)
    std::vector<std::uint32_t> vacant_, vacant_stretches_;
    std::unordered_map<Key, std::uint32_t, Hash> index_;
    std::int64_t blocks_ = 0, pinned_ = 0;
};

}  // namespace runrate
