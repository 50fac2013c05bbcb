#include "montecarlo/parallel.h"

#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "stat/stream.h"

namespace runrate {
namespace {

std::vector<double> sums(unsigned threads) {
    std::vector<double> slots(64);
    for_each_index(64, threads, [&](std::uint32_t i) {
        Stream stream{{.seed = 9, .world = i}};
        for (int n = 0; n < 1000; ++n) slots[i] += stream.uniform();
    });
    return slots;
}

TEST(Parallel, TheResultDoesNotDependOnThreads) { EXPECT_EQ(sums(1), sums(2)); }

TEST(Parallel, EveryIndexRunsOnce) {
    std::vector<int> runs(1000);
    for_each_index(1000, 2, [&](std::uint32_t i) { ++runs[i]; });
    EXPECT_EQ(runs, std::vector<int>(1000, 1));
}

TEST(Parallel, TheFirstFailureByIndexIsRethrownAfterAllHaveRun) {
    std::vector<int> runs(100);
    auto const task = [&](std::uint32_t i) {
        ++runs[i];
        if (i % 10 == 7) throw std::runtime_error(std::to_string(i));
    };
    try {
        for_each_index(100, 2, task);
        FAIL() << "nothing was thrown";
    } catch (std::runtime_error const& e) { EXPECT_STREQ(e.what(), "7"); }
    EXPECT_EQ(runs, std::vector<int>(100, 1));
}

}  // namespace
}  // namespace runrate
