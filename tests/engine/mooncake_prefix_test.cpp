// The Mooncake trace through the prefix cache (FAST'25 conversation trace: chained ids of blocks of 512 tokens; an id
// says all that stands before it). Shares of input tokens that hit, for an LRU of N blocks:
//
//     N                        1,000    10,000    50,000    infinite
//     touched in written order 4.490 %  20.972 %  35.202 %  35.765 %
//     freed tail first         4.499 %  21.038 %  35.202 %  35.765 %
//
// A path whose head is touched first loses its head first, and with it the use of all that is behind; so freeing the
// tail first, as vLLM does and this cache with it, hits a little more often where the cache is small.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/prefix_cache.h"
#include "replay/trace.h"

namespace runrate {
namespace {

constexpr std::int64_t block_tokens = 512;

struct Prompt {
    std::int64_t tokens = 0;
    std::vector<std::uint64_t> blocks;
};

/// Of the trace, in order; nothing where RUNRATE_DATA is not set.
std::vector<Prompt> prompts() {
    std::vector<Prompt> all;
    auto const* const folder = std::getenv("RUNRATE_DATA");
    if (!folder) return all;
    Trace trace{ByteSource{std::string{folder} + "/traces/mooncake_conversation.jsonl.gz", std::cin}, {}};
    TraceRequest r;
    RowFault fault;
    for (auto read = trace.next(r, fault); read != RowRead::end; read = trace.next(r, fault)) {
        EXPECT_EQ(read, RowRead::row) << fault.text();
        all.push_back({r.prompt.count(), r.blocks});
    }
    return all;
}

enum class Order { written, tail_first };

/// A list of single blocks, the least recently touched in front.
class PlainLru {
public:
    PlainLru(std::optional<std::size_t> most, Order order) : most_{most}, order_{order} {}

    std::int64_t use(std::vector<std::uint64_t> blocks) {
        auto const absent = std::find_if(blocks.begin(), blocks.end(), [&](auto b) { return !at_.contains(b); });
        auto const hits = absent - blocks.begin();
        if (order_ == Order::tail_first) std::reverse(blocks.begin(), blocks.end());
        for (auto const b : blocks) {
            if (auto const at = at_.find(b); at != at_.end()) list_.erase(at->second);
            at_[b] = list_.insert(list_.end(), b);
        }
        for (; most_ && at_.size() > *most_; list_.pop_front()) at_.erase(list_.front());
        return hits;
    }

private:
    std::optional<std::size_t> most_;
    Order order_;
    std::list<std::uint64_t> list_;
    std::unordered_map<std::uint64_t, std::list<std::uint64_t>::iterator> at_;
};

class Extents {
public:
    explicit Extents(std::optional<std::size_t> most) : most_{most} {}

    std::int64_t use(std::vector<std::uint64_t> const& blocks) {
        std::vector<Extent> extents;
        for (auto const b : blocks) extents.push_back({b, block_tokens});
        auto const hits = cache_.look(extents).hit_blocks;
        PrefixCache::Path path;
        cache_.acquire(extents, path);
        auto const over = most_ ? cache_.blocks() - static_cast<std::int64_t>(*most_) : 0;
        if (over > 0) cache_.evict(over);
        cache_.release(path);
        return hits;
    }

private:
    std::optional<std::size_t> most_;
    PrefixCache cache_{block_tokens};
};

/// Percent of input tokens.
template <class Cache>
std::string share(std::vector<Prompt> const& prompts, Cache cache) {
    std::int64_t hit = 0, all = 0;
    for (auto const& p : prompts) {
        hit += std::min(block_tokens * cache.use(p.blocks), p.tokens);
        all += p.tokens;
    }
    return fmt::format("{:.3f}", 100 * static_cast<double>(hit) / static_cast<double>(all));
}

TEST(MooncakePrefixes, HitAsOftenAsSingleBlocksFreedTailFirst) {
    auto const all = prompts();
    if (all.empty()) GTEST_SKIP() << "RUNRATE_DATA is not set";
    EXPECT_EQ(all.size(), 7851U);
    struct Known {
        std::optional<std::size_t> blocks;
        char const *written, *tail_first;
    };
    for (auto const& known : {Known{1'000, "4.490", "4.499"}, Known{10'000, "20.972", "21.038"},
                              Known{50'000, "35.202", "35.202"}, Known{{}, "35.765", "35.765"}}) {
        EXPECT_EQ(share(all, PlainLru{known.blocks, Order::written}), known.written);
        EXPECT_EQ(share(all, PlainLru{known.blocks, Order::tail_first}), known.tail_first);
        EXPECT_EQ(share(all, Extents{known.blocks}), known.tail_first);
    }
}

}  // namespace
}  // namespace runrate
