// What comes out of a heap is what a sort would give.

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "core/heap.h"
#include "stat/stream.h"

namespace runrate {
namespace {

TEST(Heap, GivesTheLeastAtAnyTime) {
    Stream chance{{.seed = 6}};
    Heap<std::uint64_t, std::greater<>> heap;
    std::vector<std::uint64_t> expected;
    for (int i = 0; i < 20'000; ++i) {
        // Grows up to some hundreds and empties again.
        bool const takes_out = chance.bits() % 8 < (i / 500 % 2 == 0 ? 3u : 5u);
        if (takes_out && !heap.empty()) {
            auto const least = std::min_element(expected.begin(), expected.end());
            ASSERT_EQ(heap.top(), *least);
            ASSERT_EQ(heap.pop(), *least);
            expected.erase(least);
        } else {
            expected.push_back(chance.bits() % 1'000);
            heap.push(expected.back());
        }
        ASSERT_EQ(heap.size(), expected.size());
    }
}

}  // namespace
}  // namespace runrate
