#pragma once

#include <cstdint>
#include <forward_list>
#include <span>
#include <utility>
#include <vector>

#include "core/flat_map.h"
#include "engine/block_size.h"
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
        std::uint64_t content = 0;
        std::int64_t start = 0;  ///< of the path's tokens
        std::uint32_t parent = none;

        friend bool operator==(Key const&, Key const&) = default;
    };
    struct Hash {
        std::uint64_t operator()(Key const&) const;
    };
    struct Node {
        Key key{};
        std::uint32_t children = 0;   ///< nodes that hang on it
        int users = 0;                ///< prompts that use it up to pinned_end; 0: nobody uses it
        std::int64_t last = 0;        ///< its whole blocks are those of the path from first(node) to here
        std::int64_t pinned_end = 0;  ///< the blocks before are in use
        // Stretches of its other blocks, the oldest at the tail.
        std::uint32_t tail = none, head = none;
        std::forward_list<std::pair<std::int64_t, int>> nearer{};  ///< how many prompts use it up to an earlier block
    };
    /// Blocks [begin, end) of a node that nobody uses since one moment. One without blocks keeps its node until what
    /// hangs on it is gone.
    struct Stretch {
        std::uint32_t node = none;
        std::uint32_t further = none, nearer = none;  ///< of the same node
        std::uint32_t older = none, newer = none;     ///< of all
        std::int64_t begin = 0, end = 0;
    };

    [[nodiscard]] std::int64_t whole(std::int64_t tokens) const { return block_.whole(tokens); }
    [[nodiscard]] std::int64_t first(Node const& node) const { return whole(node.key.start); }
    std::uint32_t find_or_add(Key const&);
    void pin(Use);
    void unpin(Use);
    void extend(Node&, std::int64_t end);
    static auto find_nearer(Node&, std::int64_t end);
    void add_newest(std::uint32_t node, std::int64_t begin, std::int64_t end);
    void drop(std::uint32_t stretch);
    void remove(std::uint32_t node);

    BlockSize block_;
    std::vector<Node> nodes_{Node{}};
    std::vector<Stretch> stretches_{Stretch{}};  ///< the first links the newest (older) and the oldest (newer)
    std::vector<std::uint32_t> vacant_, vacant_stretches_;
    FlatMap<Key, std::uint32_t, Hash> index_;
    std::int64_t blocks_ = 0, pinned_ = 0;
};

}  // namespace runrate
