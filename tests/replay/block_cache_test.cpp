#include "replay/block_cache.h"

#include <algorithm>
#include <iostream>
#include <list>

#include "support.h"

namespace runrate {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<std::uint64_t>;

TraceTime at(std::chrono::nanoseconds t) { return TraceTime{t}; }

TEST(BlockCache, AHitIsTheLongestRunOfLeadingBlocks) {
    BlockCache cache{100, std::nullopt};
    EXPECT_EQ(cache.use(Ids{1, 2, 3}, at(0s)), 0u);
    EXPECT_EQ(cache.use(Ids{1, 2, 4, 3}, at(0s)), 2u) << "3 is present, but not as a prefix";
    EXPECT_EQ(cache.use(Ids{3, 1}, at(0s)), 2u) << "ids need no order";
    EXPECT_EQ(cache.use(Ids{9}, at(0s)), 0u);
    EXPECT_EQ(cache.use(Ids{}, at(0s)), 0u);
    EXPECT_EQ(cache.size(), 5u);
}

TEST(BlockCache, TheBlocksUsedLongestAgoGoFirst) {
    BlockCache cache{3, std::nullopt};
    cache.use(Ids{1, 2, 3}, at(0s));
    cache.use(Ids{1}, at(0s));
    cache.use(Ids{4}, at(0s));  // pushes 2 out
    EXPECT_EQ(cache.use(Ids{1}, at(0s)), 1u);
    EXPECT_EQ(cache.use(Ids{3}, at(0s)), 1u);
    EXPECT_EQ(cache.use(Ids{2}, at(0s)), 0u);
    EXPECT_EQ(cache.pushed_out(), 2);
}

TEST(BlockCache, APromptLongerThanTheCacheLeavesItsEnd) {
    BlockCache cache{2, std::nullopt};
    EXPECT_EQ(cache.use(Ids{1, 2, 3}, at(0s)), 0u);
    EXPECT_EQ(cache.use(Ids{1, 2, 3}, at(0s)), 0u) << "1 is gone, so no prefix is there";
    EXPECT_EQ(cache.use(Ids{2, 3}, at(0s)), 2u);
}

TEST(BlockCache, ALifetimeRunsFromTheLastUseAndItsEndIsWithin) {
    BlockCache cache{100, 5min};
    cache.use(Ids{1, 2}, at(0s));
    EXPECT_EQ(cache.use(Ids{1}, at(5min)), 1u);
    EXPECT_EQ(cache.use(Ids{1, 2}, at(10min)), 1u) << "2 was last used at 0";
    EXPECT_EQ(cache.use(Ids{1, 2}, at(15min + 1ns)), 0u);
    EXPECT_EQ(cache.pushed_out(), 0) << "blocks whose time is over are not pushed out";
}

/// The law in its plainest form: a list, searched.
class PlainCache {
public:
    PlainCache(std::size_t most, std::optional<std::chrono::nanoseconds> lifetime) : most_{most}, lifetime_{lifetime} {}

    std::size_t use(Ids const& blocks, TraceTime now) {
        auto const dead = [&](auto const& b) { return lifetime_ && now - b.second > *lifetime_; };
        held_.remove_if(dead);
        std::size_t hits = 0;
        while (hits < blocks.size() && find(blocks[hits]) != held_.end()) ++hits;
        for (auto id : blocks) {
            auto const found = find(id);
            if (found != held_.end())
                held_.erase(found);
            else if (held_.size() == most_)
                held_.pop_back();
            held_.emplace_front(id, now);
        }
        return hits;
    }

private:
    using Held = std::list<std::pair<std::uint64_t, TraceTime>>;
    Held::iterator find(std::uint64_t id) {
        return std::find_if(held_.begin(), held_.end(), [&](auto const& b) { return b.first == id; });
    }

    std::size_t most_;
    std::optional<std::chrono::nanoseconds> lifetime_;
    Held held_;
};

TEST(BlockCache, AgreesWithAListForAnyCapacityAndLifetime) {
    std::uint64_t state = 1;
    auto const next = [&](std::uint64_t below) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return (state >> 33) % below;
    };
    for (std::size_t most : {1u, 2u, 7u, 64u, 200u}) {
        for (auto lifetime :
             {std::optional<std::chrono::nanoseconds>{}, std::optional<std::chrono::nanoseconds>{20s}}) {
            BlockCache cache{most, lifetime};
            PlainCache plain{most, lifetime};
            std::chrono::nanoseconds now{0};
            for (int i = 0; i < 2000; ++i) {
                now += std::chrono::seconds{next(4)};
                Ids ids(next(12));
                for (auto& id : ids) id = next(5) == 0 ? next(1000) << 40 : next(40);
                ASSERT_EQ(cache.use(ids, at(now)), plain.use(ids, at(now))) << most << " after " << i;
            }
            EXPECT_LE(cache.size(), most);
        }
    }
}

struct Share {
    std::size_t blocks_held;
    std::string tokens, blocks;
};

TEST(BlockCache, TheMooncakeTraceHitsAsOftenAsMeasuredElsewhere) {
    auto const path = data_path("mooncake_conversation.jsonl.gz");
    if (path.empty()) GTEST_SKIP() << "RUNRATE_DATA is not set";
    auto const book = book_of("  v/m: {cache: {kind: automatic}, prices: [{" + row + "input: $1/M tokens}]}\n");
    for (auto const& known :
         {Share{1'000, "4.490", "4.405"}, Share{10'000, "20.972", "20.578"}, Share{50'000, "35.202", "34.541"},
          Share{100'000, "35.765", "35.093"}, Share{1'000'000, "35.765", "35.093"}}) {
        auto settings = settings_for({"v/m"});
        settings.cache_blocks = known.blocks_held;
        settings.cache_lifetime.emplace(std::nullopt);
        Trace trace{ByteSource{path, std::cin}, {}};
        auto const result = replay(trace, book, settings);
        auto const& c = *result.options[0].cache;
        auto const percent = [](std::int64_t part, std::int64_t whole) {
            return fmt::format("{:.3f}", 100 * static_cast<double>(part) / static_cast<double>(whole));
        };
        EXPECT_EQ(percent(c.hit_tokens, c.tokens), known.tokens) << known.blocks_held;
        EXPECT_EQ(percent(c.hit_blocks, c.blocks), known.blocks) << known.blocks_held;
        EXPECT_EQ(result.trace.all.requests, 7'851);
        EXPECT_EQ(result.trace.all.prompt, 97'571'920);
        EXPECT_EQ(result.trace.all.output, 2'724'903);
        EXPECT_EQ(of_meter(result.options[0], Meter::cache_read).first, c.hit_tokens);
        EXPECT_EQ(c.pushed_out > 0, known.blocks_held < 1'000'000);
    }
}

}  // namespace
}  // namespace runrate
