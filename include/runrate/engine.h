#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "runrate/calibration.h"
#include "runrate/replica.h"

namespace runrate {

/// Simulated time: 2^-10 ns in 64 bits, so that sums of equal iterations are exact.
using EngineTime = std::chrono::duration<std::int64_t, std::ratio<1, 1'024'000'000'000>>;

/// A stretch of a prompt whose content other prompts may share from its beginning: a system prompt, a session.
struct Extent {
    std::uint64_t content = 0;  ///< equal contents are equal texts, of which a prompt has the first `tokens`
    std::int64_t tokens = 0;

    friend bool operator==(Extent const&, Extent const&) = default;
};

/// One request to an engine.
struct EngineRequest {
    EngineTime arrival{};            ///< since the start
    std::int64_t prompt_tokens = 0;  ///< at least 1
    std::int64_t output_tokens = 0;  ///< at least 1
    /// The prompt by contents, in order, for the prefix cache; what they leave of the prompt is its own. The output
    /// joins the last extent's content where the extents are the whole prompt.
    std::span<Extent const> extents{};
};

/// Why a request was never served.
enum class Refusal : std::uint8_t {
    none,
    too_long,    ///< prompt and output exceed the model's context
    never_fits,  ///< prompt and output exceed the KV cache
};

/// What became of a request. Times are since the start.
struct EngineOutcome {
    std::uint64_t request = 0;  ///< its number in the list, from 0
    EngineTime arrival{};
    EngineTime admitted{};     ///< start of the iteration that first took some of its prompt
    EngineTime first_token{};  ///< end of the iteration that finished its prompt
    EngineTime finished{};
    std::int64_t prompt_tokens = 0, output_tokens = 0;
    std::int64_t cached_tokens = 0;  ///< of the prompt, found in the prefix cache at first admission
    int preemptions = 0;             ///< how often its KV was given up and computed again
    Refusal refusal = Refusal::none;

    friend bool operator==(EngineOutcome const&, EngineOutcome const&) = default;
};

/// Where the time of the iterations went, in seconds.
struct EngineTimes {
    double compute = 0;        ///< matrix products that took longer than reading the weights
    double weights = 0;        ///< reading weights that took longer than the products
    double attention = 0;      ///< of prompts
    double kv = 0;             ///< reading the KV cache
    double communication = 0;  ///< between GPUs
    double overhead = 0;       ///< per iteration and per sequence: launches, sampling, scheduling
    double draft = 0;          ///< proposals of speculative decoding
};

/// What a run did.
struct EngineTotals {
    std::int64_t requests = 0, refused = 0;
    std::int64_t iterations = 0;
    std::int64_t prompt_tokens = 0;    ///< of served requests
    std::int64_t computed_tokens = 0;  ///< prompt tokens computed, recomputation included
    std::int64_t cached_tokens = 0;    ///< prompt tokens found in the prefix cache
    std::int64_t output_tokens = 0;
    std::int64_t preemptions = 0;
    EngineTime busy{};     ///< batch not empty
    EngineTime end{};      ///< of the last iteration
    EngineTime kv_full{};  ///< busy, and the next request waited for room in the KV cache
    std::int64_t kv_capacity_tokens = 0;
    std::int64_t kv_peak_tokens = 0;  ///< most in use by running requests, in whole blocks
    double kv_mean_tokens = 0;        ///< over busy time
    double running_mean = 0;          ///< decoding requests over busy time
    EngineTimes times{};
};

/// Yields the next request, in order of arrival; false at the end.
using RequestSource = std::function<bool(EngineRequest&)>;
/// Takes outcomes as they happen: in order of time, then of the request's number.
using OutcomeSink = std::function<void(EngineOutcome const&)>;

/// Serves requests, read one at a time, exactly to the iteration; memory grows with what is in flight. \throws
/// std::invalid_argument for a replica that cannot hold its model, requests out of order or without tokens
EngineTotals serve(RequestSource const&, Replica const&, StepParameters const&, OutcomeSink const&);

/// The same of a list; outcomes in the order of the list.
std::vector<EngineOutcome> serve(std::span<EngineRequest const>, Replica const&, StepParameters const&);

}  // namespace runrate
