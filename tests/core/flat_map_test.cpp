// A flat map is a map, whatever its keys and whatever went before.

#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "core/flat_map.h"
#include "stat/stream.h"

namespace runrate {
namespace {

/// All keys want a few places at the table's end: every search probes, and probing goes on from its beginning.
struct CrowdedHash {
    std::uint64_t operator()(std::uint64_t key) const { return ~(key % 3 << 62); }
};

/// Puts keys out of [0, `keys`) in and takes them out at random, beside a std::map.
template <class Hash>
void expect_map(std::uint64_t keys, std::uint64_t item) {
    Stream chance{{.seed = 4, .item = item}};
    FlatMap<std::uint64_t, int, Hash> map;
    std::map<std::uint64_t, int> expected;
    for (int i = 0; i < 5'000; ++i) {
        auto const key = chance.bits() % keys;
        if (chance.bits() % 2 == 0) {
            auto const [value, is_new] = map.try_emplace(key, i);
            auto const [at, is_new_there] = expected.try_emplace(key, i);
            ASSERT_EQ(is_new, is_new_there);
            ASSERT_EQ(*value, at->second);
        } else {
            ASSERT_EQ(map.erase(key), expected.erase(key) == 1);
        }
        ASSERT_EQ(map.size(), expected.size());
        for (std::uint64_t k = 0; i % 50 == 0 && k < keys; ++k) {
            auto const* const found = map.find(k);
            auto const at = expected.find(k);
            ASSERT_EQ(found != nullptr, at != expected.end());
            if (!found) continue;
            ASSERT_EQ(*found, at->second);
        }
    }
}

TEST(FlatMap, IsAMapUnderRandomInsertionsAndErasures) {
    for (std::uint64_t const keys : {3U, 40U, 500U}) expect_map<SpreadHash>(keys, keys);
}

TEST(FlatMap, IsAMapWhereAllKeysCollide) {
    for (std::uint64_t const keys : {3U, 9U, 40U}) expect_map<CrowdedHash>(keys, keys);
}

TEST(FlatMap, KeepsTheValueThatIsThere) {
    FlatMap<std::uint64_t, int> map;
    map.try_emplace(7, 1);
    EXPECT_EQ(*map.try_emplace(7, 2).first, 1);
    *map.find(7) = 3;
    EXPECT_EQ(*map.find(7), 3);
}

TEST(FlatMap, ForgetsWhatItsValuesHeld) {
    FlatMap<std::uint64_t, std::vector<int>> map;
    map.try_emplace(1, std::vector<int>(100, 5));
    EXPECT_TRUE(map.erase(1));
    EXPECT_TRUE(map.empty());
    EXPECT_TRUE(map.try_emplace(1, {}).first->empty());
}

}  // namespace
}  // namespace runrate
