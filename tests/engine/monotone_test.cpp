// A faster machine or a shorter request helps. Exactly so in two cases, for every single request:
//
//  - a batch of one: the engine is a queue with one server, whose times of service only shrink (Lindley);
//  - all requests there from the start: what an iteration holds depends on those before it and not on the clock, so
//    faster hardware runs the same iterations, each of them faster.
//
// Otherwise not even the sum of completion times is monotone. Where requests come over time, a faster iteration ends
// before an arrival that the slower one would still have taken into the next; that arrival waits a whole iteration
// more, or its prompt is read beside other decodes. A shorter prompt changes how all later chunks are cut. These
// are the anomalies of list scheduling (Graham, 1969), which real engines have too. Single requests lose often, sums
// in less than one list of fifty and then by less than a hundredth: that is what can be asked there.

#include <array>
#include <functional>

#include <gtest/gtest.h>

#include "core/time.h"
#include "engine/build.h"
#include "stat/stream.h"

namespace runrate {
namespace {

enum class Arrivals { spread, at_once };

struct Case {
    Replica replica;
    std::vector<EngineRequest> requests;
    double faster;          ///< factor
    std::size_t shortened;  ///< this request,
    double share;           ///< to this share
};

Case random_case(std::uint64_t number, Prefill manner, int batch, Arrivals arrivals) {
    Stream s{{.seed = 5, .item = number}};
    auto const upto = [&](std::int64_t n) { return static_cast<std::int64_t>(s.uniform() * static_cast<double>(n)); };
    Case c{.replica = small_replica(manner),
           .requests = {},
           .faster = 1 + s.uniform(),
           .shortened = 0,
           .share = s.uniform()};
    c.replica.engine.max_sequences = batch;
    c.replica.engine.token_budget = std::max<std::int64_t>(batch, 64 + upto(2000));
    c.replica.kv_tokens = 10'000'000;
    double const gap = std::array{0.005, 0.02, 0.05, 0.5}[static_cast<std::size_t>(upto(4))];
    EngineTime at{};
    c.requests.resize(static_cast<std::size_t>(2 + upto(40)));
    for (auto& r : c.requests) {
        if (arrivals == Arrivals::spread) at += seconds(gap * 2 * s.uniform());
        r = {.arrival = at, .prompt_tokens = 1 + upto(3000), .output_tokens = 1 + upto(200)};
    }
    c.shortened = static_cast<std::size_t>(upto(std::ssize(c.requests)));
    return c;
}

struct Change {
    char const* name;
    std::function<void(Case&, StepParameters&)> make;
};

std::array<Change, 4> const faster{{
    {"more FLOP/s", [](Case& c, StepParameters&) { c.replica.gpu.bf16_flops *= c.faster; }},
    {"more bandwidth", [](Case& c, StepParameters&) { c.replica.gpu.memory_bytes_per_s *= c.faster; }},
    {"more of both",
     [](Case& c, StepParameters&) {
         c.replica.gpu.bf16_flops *= c.faster;
         c.replica.gpu.memory_bytes_per_s *= c.faster;
     }},
    {"less overhead", [](Case& c, StepParameters& q) { q.step_s /= c.faster; }},
}};

std::int64_t shorter(std::int64_t tokens, double share) {
    return 1 + static_cast<std::int64_t>(share * static_cast<double>(tokens - 1));
}

std::array<Change, 2> const less{{
    {"a shorter prompt",
     [](Case& c, StepParameters&) {
         auto& r = c.requests[c.shortened];
         r.prompt_tokens = shorter(r.prompt_tokens, c.share);
     }},
    {"a shorter output",
     [](Case& c, StepParameters&) {
         auto& r = c.requests[c.shortened];
         r.output_tokens = shorter(r.output_tokens, c.share);
     }},
}};

constexpr std::uint64_t lists = 300;
constexpr std::array manners{Prefill::chunks, Prefill::whole, Prefill::alone};

struct Effect {
    bool any_later = false, any_earlier = false;
    double sum = 0;  ///< of completion times, as a share of all latencies before
};

Effect effect(Case c, Change const& change) {
    StepParameters q;
    auto const before = serve(c.requests, c.replica, q);
    change.make(c, q);
    auto const after = serve(c.requests, c.replica, q);
    Effect e;
    double latency = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        e.any_later |= after[i].finished > before[i].finished;
        e.any_earlier |= after[i].finished < before[i].finished;
        e.sum += to_seconds(after[i].finished - before[i].finished);
        latency += to_seconds(before[i].finished - before[i].arrival);
    }
    e.sum /= latency;
    return e;
}

void expect_never_later(Prefill manner, int batch, Arrivals arrivals, Change const& change) {
    std::uint64_t earlier = 0;
    for (std::uint64_t i = 0; i < lists; ++i) {
        auto const e = effect(random_case(i, manner, batch, arrivals), change);
        ASSERT_FALSE(e.any_later) << change.name << ", list " << i;
        earlier += e.any_earlier;
    }
    EXPECT_GT(earlier, lists / 2) << change.name;
}

TEST(Monotone, InABatchOfOneNobodyFinishesLaterForFasterHardwareOrAShorterRequest) {
    for (auto const manner : manners) {
        for (auto const& c : faster) expect_never_later(manner, 1, Arrivals::spread, c);
        for (auto const& c : less) expect_never_later(manner, 1, Arrivals::spread, c);
    }
}

TEST(Monotone, OfRequestsThatAreThereAtOnceNobodyFinishesLaterForFasterHardware) {
    for (auto const manner : manners)
        for (int const batch : {2, 8, 256})
            for (auto const& c : faster) expect_never_later(manner, batch, Arrivals::at_once, c);
}

TEST(Monotone, SumsOfRequestsThatComeOverTimeGrowSeldomAndLittle) {
    std::uint64_t all = 0, grown = 0;
    double mean = 0;
    for (auto const manner : manners) {
        for (int const batch : {4, 256}) {
            for (std::uint64_t i = 0; i < lists; ++i) {
                auto const c = random_case(i, manner, batch, Arrivals::spread);
                auto const add = [&](Change const& change) {
                    auto const e = effect(c, change);
                    ASSERT_LT(e.sum, 0.01) << change.name << ", list " << i;
                    ++all;
                    grown += e.sum > 0;
                    mean += e.sum;
                };
                for (auto const& change : faster) add(change);
                for (auto const& change : less) add(change);
            }
        }
    }
    EXPECT_LT(grown, all / 50);
    EXPECT_GT(grown, 0U) << "the law holds after all: ask for it";
    EXPECT_LT(mean / static_cast<double>(all), -0.05);
}

}  // namespace
}  // namespace runrate
