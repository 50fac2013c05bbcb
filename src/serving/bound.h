#pragma once

#include <vector>

#include "core/time.h"
#include "serving/program.h"
#include "stat/law.h"

namespace runrate {

/// How prompts of one context are cached when one usage key is asked.
struct BoundCache {
    bool on = false;
    std::int64_t minimum = 0, step = 1;
    Duration lifetime{};
    bool stored = false;        ///< the vendor bills the tokens that it keeps, by the hour
    Meter rest = Meter::input;  ///< what of a cacheable prompt is not read
};

/// Attempts of one loop; where it is a step's, the gateway's loop goes around it.
struct BoundRetry {
    int attempts = 1;
    double backoff_s = 0, factor = 1, longest_s = 0, jitter = 0;
    std::vector<double> allowance;          ///< of each retry, by TargetId
    std::vector<double> gateway_allowance;  ///< of each of the gateway's retries around this loop, by TargetId
};

struct BoundTarget {
    Sampler ttft, speed;
    double errors = 0, timeouts = 0, timeout_s = 0;
    bool errors_billed = false, timeouts_billed = true;
    bool pool = false;         ///< answers from outside: see SessionMachine::calls()
    bool refuses = false;      ///< every attempt, unbilled: its rate limit is reached
    double retry_after_s = 0;  ///< until a refused attempt is answered so that it is tried again
    bool certain = false;      ///< never fails, and always takes `certain_ttft_s` and `certain_speed`
    double certain_ttft_s = 0, certain_speed = 0;
};

struct BoundRole {
    bool semantic = false;          ///< looked up in the semantic cache
    std::vector<double> shares;     ///< cumulative, of a Shares route
    double keep = 0;                ///< of a Cascade route
    std::vector<std::size_t> keys;  ///< usage keys of the route's targets, in the route's order
};

/// A program in one world: laws as samplers, numbers as doubles.
struct BoundProgram {
    FeatureProgram const* program;
    BeliefValues world;
    std::vector<Sampler> laws;
    std::vector<BoundTarget> targets;
    std::vector<BoundRole> roles;
    std::vector<BoundRetry> retries;  ///< the steps' policies, then that of calls without one: a single attempt
    BoundRetry gateway_retry;
    std::vector<double> tokenizers;  ///< by usage key: its target's tokens for one of the workflow's
    double hit = 0, false_hit = 0;
    std::vector<std::size_t> fallbacks;       ///< by usage key: the one that is asked next; itself where there is none
    std::vector<std::size_t> overflows;       ///< by usage key: the one that takes what finds it full; likewise
    double overflow_share = 0;                ///< of calls that find a pool full, where no replicas say which
    std::vector<BoundCache> caches;           ///< by FeatureProgram::prefix_of
    std::vector<std::int64_t> system, tools;  ///< tokens by context
    std::vector<double> output;               ///< factor on what calls write, by context
    std::vector<double> variant_shares;       ///< of sessions, by variant; cumulative where they divide them
};

/// A law in one world, its bounds as part of it, times `scale`. \pre it exists there
Sampler sampler_of(LawSpec const&, double scale, BeliefValues);

/// \pre every law of the program exists in this world
BoundProgram bind(FeatureProgram const&, BeliefValues);

}  // namespace runrate
