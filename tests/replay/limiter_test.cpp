#include "replay/limiter.h"

#include <cmath>
#include <iostream>
#include <set>

#include "replay/replay.h"
#include "support.h"

namespace runrate {
namespace {

using namespace std::chrono_literals;

TraceRequest request_at(std::chrono::nanoseconds time, std::int64_t prompt = 0, std::int64_t output = 0) {
    TraceRequest request;
    request.time = TraceTime{time};
    request.prompt = Tokens{prompt};
    request.output = Tokens{output};
    return request;
}

/// A limiter and the instants at which it served.
struct Watched {
    explicit Watched(RateLimits const& limits, int retries = 2)
        : limiter{limits, retries,
                  [this](TraceRequest const& r, PromptSplit const&) { served.push_back(r.time->time_since_epoch()); }} {
    }

    void add(TraceRequest const& r, Tokens cached = {}) {
        limiter.add(r, {.input = r.prompt - cached, .cache_read = cached});
    }
    Refusals const& done() {
        limiter.finish();
        EXPECT_EQ(limiter.refusals().served + limiter.refusals().refused, limiter.refusals().requests);
        EXPECT_EQ(limiter.refusals().served, static_cast<std::int64_t>(served.size()));
        EXPECT_TRUE(std::is_sorted(served.begin(), served.end()));
        return limiter.refusals();
    }

    std::vector<std::chrono::nanoseconds> served;
    Limiter limiter;
};

RateLimits rpm(double requests) { return {.requests = requests, .input = {}, .output = {}, .tokens = {}}; }

TEST(Limiter, ServesAMinutesWorthOfWhatComesAtOnce) {
    Watched once{rpm(60), 0};
    for (int i = 0; i < 100; ++i) once.add(request_at(5s));
    EXPECT_EQ(once.done().served, 60);
    EXPECT_EQ(once.limiter.refusals().refused, 40);
    EXPECT_EQ(once.limiter.refusals().refused_attempts, 40);
    Watched again{rpm(60)};
    for (int i = 0; i < 100; ++i) again.add(request_at(5s));
    auto const& r = again.done();
    EXPECT_EQ(r.served, 61) << "the bucket holds 0.5 after the first wait of 0.5 s, and 1.5 after the second of 1 s";
    EXPECT_EQ(r.refused_attempts, 40 + 40 + 39);
    EXPECT_EQ(r.delayed, 1);
    EXPECT_EQ(r.waited_ns, std::chrono::nanoseconds{1500ms}.count());
}

TEST(Limiter, RefusesNothingAtTheRateThatIsAllowed) {
    Watched steady{rpm(60)};
    for (int i = 0; i < 10'000; ++i) steady.add(request_at(i * 1s));
    EXPECT_EQ(steady.done().served, 10'000);
    EXPECT_EQ(steady.limiter.refusals().refused_attempts, 0);
}

TEST(Limiter, TwiceTheRateHasHalfOfItRefused) {
    Watched once{rpm(60), 0};
    for (int i = 0; i < 7200; ++i) once.add(request_at(i * 500ms));
    EXPECT_EQ(once.done().served, 60 + 3599) << "a minute's worth, and one a second until the last at 3599.5 s";
    Watched again{rpm(60)};
    std::size_t most = 0;
    for (int i = 0; i < 7200; ++i) {
        again.add(request_at(i * 500ms));
        most = std::max(most, again.limiter.waiting());
    }
    auto const& r = again.done();
    EXPECT_EQ(r.served, 60 + 3600) << "the last waits until 3600 s";
    EXPECT_EQ(r.refused, 3540) << "from number 120 on, every second one meets another that waits";
    EXPECT_EQ(r.delayed, 3541);
    EXPECT_EQ(r.waited_ns, 3541 * std::chrono::nanoseconds{500ms}.count());
    EXPECT_EQ(r.refused_attempts, 3541 + 3 * 3540);
    EXPECT_LE(most, 4u) << "only what waits is held";
}

TEST(Limiter, WaitsTwiceAsLongEachTimeUpToEightSeconds) {
    EXPECT_EQ(retry_wait(1, 0), 500ms);
    EXPECT_EQ(retry_wait(2, 0), 1s);
    EXPECT_EQ(retry_wait(5, 0), 8s);
    EXPECT_EQ(retry_wait(100, 0), 8s);
    EXPECT_EQ(retry_wait(1, 20), 20s) << "what the refusal asks for, where it is longer";
    EXPECT_EQ(retry_wait(4, 2.5), 4s);
    for (int retries : {5, 6}) {
        Watched w{{.requests = {}, .input = 60, .output = {}, .tokens = {}}, retries};
        w.add(request_at(0s, 60));
        w.add(request_at(0s, 20));  // tried again at 0.5, 1.5, 3.5, 7.5, 15.5 and 23.5 s
        EXPECT_EQ(w.done().refused, retries == 5 ? 1 : 0);
        EXPECT_EQ(w.served.back(), retries == 5 ? 0ms : 23500ms);
    }
}

TEST(Limiter, RetriesOfEarlierRequestsGoFirst) {
    Watched w{rpm(60)};
    for (int i = 0; i < 61; ++i) w.add(request_at(0s));
    w.add(request_at(1500ms, 7));  // as the last of them is tried again, when there is one to take
    auto const& r = w.done();
    EXPECT_EQ(r.delayed, 2);
    EXPECT_EQ(w.served.back(), 2s);
}

TEST(Limiter, EveryBucketMustHoldItsPartAndARefusalTakesNone) {
    Watched w{{.requests = 2, .input = 100, .output = 50, .tokens = {}}, 0};
    w.add(request_at(0s, 10, 51));  // more output than a minute's worth: never
    w.add(request_at(0s, 100, 10));
    w.add(request_at(0s, 1, 1));  // no input is left
    w.add(request_at(0s, 0, 40));
    w.add(request_at(0s, 0, 0));  // no request is left
    EXPECT_EQ(w.done().served, 2);
}

TEST(Limiter, TokensTogetherAndReadsFree) {
    RateLimits limits{.requests = {}, .input = {}, .output = {}, .tokens = 100};
    Watched counted{limits, 0};
    counted.add(request_at(0s, 80, 20), Tokens{60});
    counted.add(request_at(0s, 1, 0));
    EXPECT_EQ(counted.done().served, 1);
    limits.counts_reads = false;
    Watched free{limits, 0};
    free.add(request_at(0s, 80, 20), Tokens{60});
    free.add(request_at(0s, 40, 20));
    free.add(request_at(0s, 1, 0));
    EXPECT_EQ(free.done().served, 2);
    ASSERT_EQ(free.limiter.uses().size(), 1u);
    EXPECT_EQ(free.limiter.uses()[0].name, "tpm");
    EXPECT_EQ(free.limiter.uses()[0].needed->p99, 101);
}

TEST(Limiter, WhatFailedByTheLogCountsAsARequest) {
    Watched w{rpm(1), 0};
    w.limiter.fail(TraceTime{-90s});
    w.add(request_at(-90s));
    EXPECT_EQ(w.done().refused, 1);
    EXPECT_EQ(w.limiter.uses()[0].needed->most, 2);
}

/// The same by plain doubles and a set of all that is still to come.
std::array<std::int64_t, 3> simulated(std::vector<TraceRequest> const& all, RateLimits const& limits) {
    struct Event {
        std::int64_t at, number, attempt;
        auto operator<=>(Event const&) const = default;
    };
    std::set<Event> events;
    for (std::size_t i = 0; i < all.size(); ++i)
        events.insert({all[i].time->time_since_epoch().count(), static_cast<std::int64_t>(i), 1});
    std::array<double, 3> const allowed{*limits.requests, *limits.input, *limits.output};
    auto level = allowed;
    std::array<std::int64_t, 3> result{};  // served, refused, attempts refused
    for (auto last = events.begin()->at; !events.empty();) {
        auto const [at, number, attempt] = events.extract(events.begin()).value();
        auto const& r = all[static_cast<std::size_t>(number)];
        std::array<double, 3> const part{1, static_cast<double>(r.prompt.count()),
                                         static_cast<double>(r.output.count())};
        bool fits = true;
        for (std::size_t i = 0; i < 3; ++i) {
            level[i] = std::min(allowed[i], level[i] + allowed[i] * static_cast<double>(at - last) / 60e9);
            fits &= part[i] <= level[i];
        }
        last = at;
        for (std::size_t i = 0; i < 3 && fits; ++i) level[i] -= part[i];
        if (fits) {
            ++result[0];
            continue;
        }
        ++result[2];
        if (attempt == 3)
            ++result[1];
        else
            events.insert({at + 500'000'000 * attempt, number, attempt + 1});
    }
    return result;
}

TEST(Limiter, IsWhatAPlainSimulationOfARecordedTraceFinds) {
    for (auto const* file : {"azure2023_conv.csv", "azure2023_code.csv"}) {
        auto const path = data_path(file);
        if (path.empty()) GTEST_SKIP() << "RUNRATE_DATA is not set";
        Trace trace{ByteSource{path, std::cin}, {}};
        std::vector<TraceRequest> all;
        TraceRequest request;
        RowFault fault;
        while (trace.next(request, fault) == RowRead::row) all.push_back(request);
        for (RateLimits const& limits : {RateLimits{.requests = 100, .input = 150e3, .output = 20e3, .tokens = {}},
                                         RateLimits{.requests = 250, .input = 300e3, .output = 40e3, .tokens = {}}}) {
            Watched w{limits};
            for (auto const& r : all) w.add(r);
            auto const& r = w.done();
            EXPECT_EQ((std::array{r.served, r.refused, r.refused_attempts}), simulated(all, limits)) << file;
            EXPECT_GT(r.refused, 100);
            EXPECT_GT(r.delayed, 100);
        }
    }
}

}  // namespace
}  // namespace runrate
