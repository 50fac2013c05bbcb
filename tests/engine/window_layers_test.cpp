#include "engine/window_layers.h"

#include <gtest/gtest.h>

#include "engine/build.h"
#include "hardware/memory.h"

namespace runrate {
namespace {

/// Two layers of three read 1,000 tokens.
Replica windowed() {
    auto r = small_replica();
    r.model.layers = 30;
    r.model.partial = PartialAttention{.full_layers = 10, .window = 1000};
    return r;
}

TEST(WindowLayers, PairsAreThoseOfEachTokenWithAtMostAWindow) {
    WindowLayers const layers{windowed()};
    for (auto const& [begin, end] : {std::pair{0, 400}, {300, 1000}, {900, 2500}, {1700, 1701}, {0, 5000}}) {
        std::int64_t sum = 0;
        for (std::int64_t at = begin; at < end; ++at) sum += at < 1000 ? 2 * at + 1 : 2000;
        EXPECT_EQ(layers.half_pairs(begin, end), sum) << begin << " to " << end;
    }
}

TEST(WindowLayers, TakeRoomUpToTheirWindow) {
    WindowLayers const layers{windowed()};
    EXPECT_EQ(layers.kv_tokens(600), 2 * 600);
    EXPECT_EQ(layers.kv_tokens(1000), 2 * 1000);
    EXPECT_EQ(layers.kv_tokens(50'000), 2 * 1000);
}

TEST(WindowLayers, AreInACapacityThatIsStated) {
    auto r = windowed();
    r.kv_tokens = 100'000;
    EXPECT_EQ(WindowLayers{r}.kv_tokens(600), 0);
    EXPECT_EQ(WindowLayers{small_replica()}.kv_tokens(600), 0);
}

TEST(WindowLayers, LeaveRoomForFewerRequestsThanTheLayersThatReadAllAlone) {
    // So many requests of 1,600 tokens fit as each takes 1,600 and twice its window of 1,000.
    auto const r = windowed();
    auto const capacity = kv_capacity_tokens(r);
    std::vector<EngineRequest> const requests(static_cast<std::size_t>(capacity / 1600),
                                              {.prompt_tokens = 600, .output_tokens = 1000});
    auto many = r;
    many.engine.max_sequences = 1'000'000;
    many.engine.token_budget = 10'000'000;
    auto source = [&, next = std::size_t{0}](EngineRequest& q) mutable {
        if (next == requests.size()) return false;
        q = requests[next++];
        return true;
    };
    auto const totals = serve(source, many, {}, [](EngineOutcome const&) {});
    EXPECT_LE(totals.kv_peak_tokens, capacity);
    EXPECT_GT(totals.preemptions + totals.kv_full.count(), 0);
    EXPECT_EQ(totals.requests, std::ssize(requests));
}

TEST(WindowLayers, ShortRequestsCostWhatLayersThatReadAllWould) {
    // Below the window, all layers read the same context; the cache of short prompts is read as far as it reaches.
    auto r = windowed();
    r.model.partial->window = 100'000;
    auto whole = r;
    whole.model.partial.reset();
    std::vector<EngineRequest> const one{{.prompt_tokens = 5000, .output_tokens = 1}};
    auto const ticks = [&](Replica const& replica) {
        return static_cast<double>(serve(one, replica, {}).front().finished.count());
    };
    EXPECT_NEAR(ticks(r) / ticks(whole), 1, 1e-6);  // a token's reading is rounded to whole ticks in each
}

}  // namespace
}  // namespace runrate
