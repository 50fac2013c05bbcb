#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "pricing/rate_limit.h"
#include "replay/peaks.h"
#include "replay/prefix_caches.h"
#include "serving/token_bucket.h"

namespace runrate {

/// How a limit fits what a trace asks, refused or not.
struct LimitUse {
    std::string_view name;       ///< `rpm`, `itpm`, `otpm`, `tpm`
    double allowed = 0;          ///< per minute
    std::optional<Peak> needed;  ///< by the minute in which it first came; nothing where minutes were not counted
};

/// What became of requests that were held against limits: requests = served + refused.
struct Refusals {
    std::int64_t requests = 0, served = 0;
    std::int64_t refused = 0;           ///< in all their attempts
    std::int64_t refused_attempts = 0;  ///< those of requests that were served later too
    std::int64_t delayed = 0;           ///< served, but not at the first attempt
    Wide waited_ns = 0;                 ///< by the delayed, from the first attempt to the one that was served
};

/// Holds a stream of requests against rate limits, each a token bucket. A request passes when every bucket holds its
/// part; a refused one is tried again like the vendors' SDKs do, but without their jitter: after 0.5 s, then twice as
/// long each time up to 8 s, and no sooner than the limit asks. Memory: a copy of each request that waits.
class Limiter {
public:
    /// Called with each request that is served, in the order of time, which is that of its last attempt.
    using Served = std::function<void(TraceRequest const&, PromptSplit const&)>;

    /// \param retries  after the first attempt
    Limiter(RateLimits const&, int retries, Served);

    /// \pre it has a time, no earlier than those before; its blocks are not needed any more
    void add(TraceRequest const&, PromptSplit const&);

    /// A request that failed by the log for other reasons: counts as one, without tokens, and is not tried again.
    void fail(TraceTime);

    /// Ends the waiting of those that are still tried again.
    void finish() { run_until(TraceTime::max()); }

    [[nodiscard]] Refusals const& refusals() const { return refusals_; }
    [[nodiscard]] std::vector<LimitUse> uses() const;
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

    static constexpr std::array<std::string_view, 4> names{"rpm", "itpm", "otpm", "tpm"};
    using Amounts = std::array<std::int64_t, names.size()>;

private:
    struct Gauge {
        std::size_t which;  ///< of names
        double allowed;
        TokenBucketOn<TraceTime> bucket;
    };
    struct Waiting {
        TraceTime due, came;
        std::int64_t sequence;
        int refused;  ///< attempts so far
        TraceRequest request;
        PromptSplit split;

        /// Of a heap with the first on top; equal times in the order of the trace.
        bool operator<(Waiting const& o) const { return std::tie(o.due, o.sequence) < std::tie(due, sequence); }
    };

    void run_until(TraceTime);
    void begin(TraceTime, Amounts const&);
    bool take(TraceTime, Amounts const&);
    void refuse(Waiting);
    [[nodiscard]] Amounts amounts_of(TraceRequest const&, PromptSplit const&) const;

    RateLimits limits_;
    int retries_;
    Served served_;
    std::vector<Gauge> gauges_;  ///< full at the first request
    bool begun_ = false;
    std::vector<Waiting> waiting_;
    std::int64_t sequence_ = 0;
    Peaks parts_, both_;  ///< rpm, itpm and otpm; tpm as the input
    Refusals refusals_;
};

/// How long a refused request waits. \param refused  attempts so far, from 1
std::chrono::nanoseconds retry_wait(int refused, double retry_after_s);

}  // namespace runrate
