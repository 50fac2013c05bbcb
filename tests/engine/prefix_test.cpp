// Prefixes are cached by whole extents, and hit as if every block were kept for itself.

#include <array>

#include <gtest/gtest.h>

#include "engine/block_lru.h"
#include "engine/build.h"
#include "engine/prefix_cache.h"
#include "engine/replica_engine.h"
#include "stat/stream.h"

namespace runrate {
namespace {

struct Held {
    std::vector<Extent> extents;
    BlockLru::Path blocks;
    PrefixCache::Path path;
};

/// One cache and its oracle, under random prompts that are held for a while.
class Pair {
public:
    explicit Pair(std::uint64_t number)
        : chance_{{.seed = 21, .item = number}},
          block_{std::array{1, 4, 16}[number % 3]},
          most_{20 + upto(200)},
          cache_{block_},
          oracle_{block_} {}

    /// Takes a prompt in or lets one go. False where the caches differ.
    bool step() {
        if (!held_.empty() && upto(5) < std::ssize(held_)) return let_go();
        return take_in(prompt());
    }
    bool finish() {
        while (!held_.empty())
            if (!let_go()) return false;
        return cache_.pinned() == 0 && oracle_.pinned() == 0;
    }

    std::int64_t hits = 0, misses = 0, evicted = 0;

private:
    std::int64_t upto(std::int64_t n) { return static_cast<std::int64_t>(chance_.uniform() * static_cast<double>(n)); }

    /// A system prompt shared by several sessions, then a session of which more and more, sometimes less, is asked.
    std::vector<Extent> prompt() {
        std::vector<Extent> extents;
        if (upto(3) > 0) extents.push_back({1 + static_cast<std::uint64_t>(upto(2)), 1 + upto(3) * 13});
        auto const session = static_cast<std::size_t>(upto(6));
        auto const grown = lengths_[session] += upto(30);
        auto const asked = upto(4) == 0 ? upto(grown + 1) : grown;
        extents.push_back({100 + session, 1 + asked});
        if (upto(3) == 0) extents.push_back({1000 + static_cast<std::uint64_t>(upto(1000)), 1 + upto(40)});
        return extents;
    }

    bool take_in(std::vector<Extent> extents) {
        auto blocks = oracle_.path(extents);
        auto const look = cache_.look(extents);
        auto const expected = oracle_.hits(blocks);
        if (look.hit_blocks != expected) return false;
        auto const pinned = oracle_.pinned();
        oracle_.acquire(blocks);
        if (look.pinned_blocks != oracle_.pinned() - pinned) return false;
        hits += expected;
        misses += std::ssize(blocks) - expected;
        PrefixCache::Path path;
        cache_.acquire(extents, path);
        held_.push_back({std::move(extents), std::move(blocks), std::move(path)});
        return shrink();
    }

    bool let_go() {
        auto const at = held_.begin() + upto(std::ssize(held_));
        auto h = std::move(*at);
        held_.erase(at);
        if (upto(2) == 0) {
            std::int64_t tokens = upto(20);
            auto longer = oracle_.path(h.extents, tokens);
            for (auto const& e : h.extents) tokens += e.tokens;
            cache_.grow(h.path, tokens);
            oracle_.acquire(longer);
            oracle_.release(h.blocks);
            h.blocks = std::move(longer);
        }
        cache_.release(h.path);
        oracle_.release(h.blocks);
        return shrink();
    }

    bool shrink() {
        auto const before = oracle_.blocks();
        auto const most = std::max(most_, oracle_.pinned());
        oracle_.shrink_to(most);
        if (cache_.blocks() > most) cache_.evict(cache_.blocks() - most);
        evicted += before - oracle_.blocks();
        return cache_.blocks() == oracle_.blocks() && cache_.pinned() == oracle_.pinned();
    }

    Stream chance_;
    std::int64_t block_, most_;
    PrefixCache cache_;
    BlockLru oracle_;
    std::vector<Held> held_;
    std::array<std::int64_t, 6> lengths_{};
};

TEST(PrefixCache, ExtentsHitAsOftenAsSingleBlocks) {
    std::int64_t hits = 0, misses = 0, evicted = 0;
    for (std::uint64_t i = 0; i < 100; ++i) {
        Pair pair{i};
        for (int k = 0; k < 200; ++k) ASSERT_TRUE(pair.step()) << "step " << k << " of sequence " << i;
        ASSERT_TRUE(pair.finish()) << i;
        hits += pair.hits;
        misses += pair.misses;
        evicted += pair.evicted;
    }
    EXPECT_GT(hits, misses / 10);
    EXPECT_GT(evicted, misses / 10);
}

TEST(PrefixCache, HoldsWhatIsPreloadedUntilThereIsNoRoom) {
    auto replica = small_replica();
    replica.prefix_cache = true;
    replica.kv_tokens = 1600;
    ReplicaEngine engine{replica, {}};
    std::vector<Extent> const first{{1, 800}}, second{{2, 800}}, third{{3, 160}};
    engine.preload(first);
    EXPECT_EQ(engine.cached_tokens(first), 800);
    engine.preload(second);
    EXPECT_EQ(engine.cached_tokens(first), 800);
    engine.preload(third);
    EXPECT_EQ(engine.cached_tokens(third), 160);
    EXPECT_EQ(engine.cached_tokens(first), 640);  // the tail of the oldest goes
    EngineRequest r{.prompt_tokens = 1000, .output_tokens = 10};
    r.extents = second;
    engine.submit(r, 0);
    std::int64_t cached = -1;
    while (engine.next() != ReplicaEngine::never)
        for (auto const& o : engine.step()) cached = o.cached_tokens;
    EXPECT_EQ(cached, 800);
}

}  // namespace
}  // namespace runrate
