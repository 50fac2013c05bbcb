#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/id.h"
#include "stat/sketch.h"

namespace runrate {

/// What is counted, in the classes that a price can distinguish.
enum class Meter : std::uint8_t {
    requests,        ///< attempts that are billed
    input,           ///< prompt tokens neither read from nor written to a cache
    cache_read,      ///< prompt tokens
    cache_write_5m,  ///< prompt tokens written to a cache of 5 minutes, or of the vendor's one lifetime
    cache_write_1h,  ///< prompt tokens
    output,          ///< visible tokens
    reasoning,       ///< hidden tokens, billed as output
    searches,        ///< of reranks, one for every 100 documents begun
    failed,          ///< attempts that were not billed
    cache_storage,   ///< token-hours for which a cache that the vendor bills so is kept
};
inline constexpr std::size_t meter_count = 10;
inline constexpr std::array<std::string_view, meter_count> meter_names{
    "requests", "input",     "cache_read", "cache_write", "cache_write_1h",
    "output",   "reasoning", "searches",   "failed",      "cache_storage"};

/// What a prompt consists of.
enum class Cause : std::uint8_t { system, tools, history, outputs, results, chunks, user };
inline constexpr std::size_t cause_count = 7;
inline constexpr std::array<std::string_view, cause_count> cause_names{"system",  "tools",  "history", "outputs",
                                                                       "results", "chunks", "user"};

/// Calls of one role that one target serves, by the target's price tiers: where meters are kept.
struct UsageKey {
    RoleId role;
    TargetId target;
    std::size_t tier = 0;  ///< how many of the target's tier bounds the prompts exceed
    friend bool operator==(UsageKey const&, UsageKey const&) = default;
};
using Meters = std::array<double, meter_count>;

/// A prefix (system + tools) that sessions share in a vendor's cache.
///
/// Within a session its life is simulated. A use that no earlier use of the same session keeps alive is *at risk*: it
/// is a read when another session used it within the lifetime. Meters count it as read; a miss moves its tokens.
struct SharedPrefix {
    std::size_t usage = 0;         ///< index of the UsageKey
    Meter on_miss = Meter::input;  ///< where missed tokens are billed
    double at_risk = 0;            ///< tokens read at risk, mean per session
    double used = 0;               ///< share of sessions that use it at risk
    double alive_s = 0;            ///< seconds for which one session keeps it alive, mean: the union of its lifetimes
    double stored = 0;             ///< its tokens where the vendor bills storage, else 0: no session counts them
};

/// Lengths of one role's calls, for percentiles.
struct RoleTokens {
    LogSketch prompt, output;
    std::array<double, cause_count> causes{};  ///< prompt tokens by cause, mean per session
    double calls = 0;                          ///< mean per session
    double over_cap = 0;                       ///< calls cut by a cap, mean per session
    double over_limit = 0;  ///< calls whose prompt lost history to the context limit, mean per session
};

/// What a rate limit counts of the requests to some targets: a weighted sum of their meters.
struct Gauge {
    std::vector<TargetId> targets;  ///< that share the limit
    std::array<double, meter_count> weights{};
};

/// How a session's use of a gauge falls into minutes of the clock, as moments over sessions: what the mean and the
/// variance of a minute need when many sessions overlap (Campbell's theorem for shot noise).
struct MinuteUse {
    double mean = 0;         ///< of the whole session: E[sum x_m], x_m its use in minute m
    double squares = 0;      ///< E[sum x_m^2]
    double tens = 0;         ///< the same of ten minutes together
    double whole = 0;        ///< E[(sum x_m)^2]: what long stretches of time vary by
    double profile = 0;      ///< sum E[x_m]^2, by minutes since the session's start: what bursts of starts multiply
    double ten_profile = 0;  ///< the same of ten minutes together
};

/// What sessions of one feature use under one option, in one world: means per session over a sample of sessions.
struct FeatureUsage {
    std::size_t sessions = 0;          ///< sampled
    std::vector<UsageKey> keys;        ///< the same in every world of an option
    std::vector<Meters> mean;          ///< by key
    std::vector<double> covariance;    ///< of the session's meters, (key * meter_count + meter)^2, row by row
    std::vector<SharedPrefix> shared;  ///< the same order in every world
    std::vector<RoleTokens> roles;     ///< by RoleId
    LogSketch context;                 ///< prompt tokens at the last call of each session
    double turns = 0, calls = 0;       ///< mean per session; calls are logical (a retry is the same call)
    double attempts = 0;               ///< mean per session, billed or not
    double unharmed = 1;               ///< share of sessions without a false hit and without a failed call
    double cache_hits = 0;             ///< semantic-cache hits, mean per session
    double duration_s = 0;             ///< mean
    std::vector<MinuteUse> minutes{};  ///< by gauge of the probe
};

}  // namespace runrate
