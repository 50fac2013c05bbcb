#pragma once

#include <cmath>
#include <functional>
#include <vector>

#include <gtest/gtest.h>

#include "core/time.h"
#include "engine/build.h"
#include "stat/distribution.h"
#include "stat/interval.h"
#include "stat/stream.h"

namespace runrate {

using Draw = std::function<double(Stream&)>;

inline Draw of(Distribution const& d) {
    return [d](Stream& s) { return sample(d, s); };
}

/// Draws of a law whose quantiles are slow: of its 2^16 middles, all as likely.
inline Draw tabulated(Distribution const& d) {
    constexpr std::size_t size = 1 << 16;
    std::vector<double> middles(size);
    for (std::size_t i = 0; i < size; ++i) middles[i] = quantile(d, (static_cast<double>(i) + 0.5) / size);
    return [middles](Stream& s) { return middles[static_cast<std::size_t>(s.uniform() * size)]; };
}

/// What a queue is fed with.
struct Traffic {
    Draw gap_s, tokens;
    std::function<EngineRequest(std::int64_t)> request;  ///< of a number of tokens
    std::int64_t count = 0;                              ///< requests of a group
};

/// Means of `measure` over independent groups of requests, without each group's first fifth. The interval of these is
/// what a test may differ by.
template <class Measure>
Estimate measured(Traffic const& traffic, Replica const& r, StepParameters const& q, Measure const& measure) {
    std::vector<double> means;
    for (std::uint32_t group = 0; group < 12; ++group) {
        Stream s{{.seed = 31, .world = group}};
        std::int64_t number = 0;
        double at = 0;
        auto const source = [&](EngineRequest& request) {
            if (number++ == traffic.count) return false;
            at += traffic.gap_s(s);
            request = traffic.request(std::max<std::int64_t>(1, std::llround(traffic.tokens(s))));
            request.arrival = seconds(at);
            return true;
        };
        double sum = 0, n = 0;
        serve(source, r, q, [&](EngineOutcome const& o) {
            if (o.request < static_cast<std::uint64_t>(traffic.count) / 5) return;
            sum += measure(o);
            ++n;
        });
        means.push_back(sum / n);
    }
    return estimate(means);
}

inline double wait_s(EngineOutcome const& o) { return to_seconds(o.admitted - o.arrival); }
inline double response_s(EngineOutcome const& o) { return to_seconds(o.finished - o.arrival); }

/// That the interval holds a value, and is narrow enough to tell it from others.
inline void expect_covers(Estimate const& e, double value, double widest_share) {
    // Twice the 95 % half-width: some dozens of such tests should all pass.
    EXPECT_NEAR(e.mean, value, 2 * e.half_width);
    EXPECT_LT(2 * e.half_width, widest_share * value) << "proves nothing";
}

/// All times that a test does not set are none: a machine without limits.
inline StepParameters limitless() {
    return {.compute = 1e12,
            .memory = 1e12,
            .kv = 1e12,
            .attention = 1e12,
            .collective_s = 0,
            .link = 1,
            .step_s = 0,
            .sequence_s = 0};
}

/// `servers` requests at once, prompts in one iteration, room for everything.
inline Replica queue_replica(int servers) {
    auto r = small_replica();
    r.model.context_limit = 0;
    r.kv_tokens = std::int64_t{1} << 40;
    r.engine.max_sequences = servers;
    r.engine.token_budget = std::int64_t{1} << 30;
    return r;
}

}  // namespace runrate
