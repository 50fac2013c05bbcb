#pragma once

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

/// What one iteration works on.
struct Batch {
    double prefill_tokens = 0;  ///< P
    double decodes = 0;         ///< D: sequences that each add a token
    double context = 0;         ///< K: tokens in the cache that decodes and partial prefills read
    double prompt_pairs = 0;    ///< sum over prompts of p (c + p/2): attention between new tokens and their context
    double first_tokens = 0;    ///< prompts that end here and sample a token
};

/// Seconds of one iteration (calibration-study: per-operator roofline with maximum).
double step_time(Batch const&, Replica const&, StepParameters const&);

}  // namespace runrate
