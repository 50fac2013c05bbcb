#pragma once

#include <optional>
#include <span>
#include <vector>

#include "runrate/replica.h"

namespace runrate {

/// What measurement decides of an engine's speed: shares of datasheet peaks, and times that no datasheet states. The
/// values compensate each other: use a set as a whole.
struct StepParameters {
    double compute = 0.6;          ///< e_c: share of the peak that matrix products reach
    double memory = 0.75;          ///< e_m: share of the bandwidth that reading weights reaches
    double kv = 0.6;               ///< e_kv: share of the bandwidth that reading the KV cache reaches
    double attention = 0.4;        ///< e_a: share of the bf16 peak that attention of prompts reaches
    double collective_s = 8e-6;    ///< alpha: of one collective operation among GPUs
    double link = 0.5;             ///< e_l: share of the link's bandwidth
    double step_s = 2e-3;          ///< t0: of every iteration
    double sequence_s = 15e-6;     ///< c_seq: of every sequence that samples a token
    double request_s = 20e-3;      ///< r0: before a request reaches the engine and after its first token leaves it
    double prompt_token_s = 5e-6;  ///< r1: the same, per token of the prompt
    double stream_steps = 0;       ///< s: iterations that a first token waits to be sent

    friend bool operator==(StepParameters const&, StepParameters const&) = default;
};

/// What one iteration works on. Of a model that has layers with a window (PartialAttention) the last two count as well.
struct Batch {
    double prefill_tokens = 0;  ///< P
    double decodes = 0;         ///< D: sequences that each add a token
    double context = 0;         ///< K: tokens in the cache that decodes and partial prefills read
    double prompt_pairs = 0;    ///< sum over prompts of p (c + p/2): attention between new tokens and their context
    double first_tokens = 0;    ///< prompts that end here and sample a token
    double window_context = 0;  ///< K in a layer with a window, which reads no more than that of each sequence
    double window_pairs = 0;    ///< prompt_pairs in such a layer
};

/// Seconds of one iteration (calibration-study: per-operator roofline with maximum).
double step_time(Batch const&, Replica const&, StepParameters const&);

/// A closed loop that a benchmark ran on one replica: `concurrency` requests in flight, each followed by the next, ten
/// for each slot. What was measured are means over all requests, as clients see them.
struct MeasuredLoad {
    double concurrency = 1;
    double prompt_tokens = 0, output_tokens = 0;  ///< of a request; the longest, where lengths are spread
    double shortest_share = 1;                    ///< lengths are uniform from this share of the longest; 1: all equal
    std::optional<double> ttft_s{};               ///< time to first token
    std::optional<double> tpot_s{};               ///< time per further token
    std::optional<double> output_tokens_per_s{};  ///< of the replica, where no latency is known
};

/// What loads say of a replica's step time.
struct StepFit {
    StepParameters parameters;
    StepParameters low, high;             ///< 80 % interval of each parameter by itself
    std::vector<MeasuredLoad> predicted;  ///< by load: what the parameters predict of the figures that were measured
};

/// Fits a replica's parameters to what was measured, shrunken towards `around`: what the loads do not decide stays
/// there. Weighted least squares of log errors with bounds, priors and Student-t weights (calibration study, section
/// 3). \throws std::invalid_argument for loads without figures, beyond what the replica holds, or none at all
StepFit fit(std::span<MeasuredLoad const> loads, Replica const&, StepParameters const& around = {});

}  // namespace runrate
