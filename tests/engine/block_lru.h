#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "runrate/engine.h"

namespace runrate {

/// The oracle of the prefix cache: single blocks, each known by all that stands before its end, as vLLM keeps them.
/// A block that nobody uses is free from that moment; of a path that is let go its tail is freed first; the block that
/// has been free longest goes.
class BlockLru {
public:
    using Block = std::pair<std::vector<std::pair<std::uint64_t, std::int64_t>>, std::int64_t>;  ///< contents, end
    using Path = std::vector<Block>;

    explicit BlockLru(std::int64_t block_tokens) : block_{block_tokens} {}

    /// The blocks of a prompt, whose last content is `more` tokens longer.
    [[nodiscard]] Path path(std::span<Extent const> extents, std::int64_t more = 0) const {
        Path path;
        std::vector<std::pair<std::uint64_t, std::int64_t>> contents;
        std::int64_t start = 0;
        for (std::size_t i = 0; i < extents.size(); ++i) {
            contents.emplace_back(extents[i].content, start);
            auto const end = start + extents[i].tokens + (i + 1 == extents.size() ? more : 0);
            for (auto at = (start / block_ + 1) * block_; at <= end; at += block_) path.emplace_back(contents, at);
            start = end;
        }
        return path;
    }

    [[nodiscard]] std::int64_t hits(Path const& path) const {
        auto const absent = std::find_if(path.begin(), path.end(), [&](auto const& b) { return !blocks_.contains(b); });
        return absent - path.begin();
    }

    void acquire(Path const& path) {
        for (auto const& b : path)
            if (blocks_[b].uses++ == 0) free_.erase({blocks_[b].freed, b});
    }

    void release(Path const& path) {
        for (auto b = path.rbegin(); b != path.rend(); ++b) {
            auto& state = blocks_.at(*b);
            if (--state.uses > 0) continue;
            state.freed = ++clock_;
            free_.insert({state.freed, *b});
        }
    }

    void shrink_to(std::int64_t most) {
        for (; std::ssize(blocks_) > most; free_.erase(free_.begin())) blocks_.erase(free_.begin()->second);
    }

    [[nodiscard]] std::int64_t blocks() const { return std::ssize(blocks_); }
    [[nodiscard]] std::int64_t pinned() const { return std::ssize(blocks_) - std::ssize(free_); }

private:
    struct State {
        int uses = 0;
        std::int64_t freed = 0;
    };

    std::int64_t block_;
    std::map<Block, State> blocks_;
    std::set<std::pair<std::int64_t, Block>> free_;
    std::int64_t clock_ = 0;
};

}  // namespace runrate
