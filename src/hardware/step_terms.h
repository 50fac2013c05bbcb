#pragma once

#include "runrate/calibration.h"

namespace runrate {

/// The step time of one replica as a sum of products: every field is seconds for one unit of what it multiplies.
///
///     t = max(compute_token T + compute_sample n, weights + experts cov(T)) + pair A + window_pair A_w + context K
///         + window K_w + collectives + link_token T + step + sequence n
///
/// with T = P + D tokens, n sampled tokens, K tokens of context, A pairs of attention, and K_w and A_w the same as far
/// as the window of layers with partial attention. The per-operator roofline of the calibration study, section 2, with
/// the maximum of compute and memory: linear in K while a batch decodes, so that a run of iterations sums to an
/// arithmetic series.
struct StepTerms {
    double compute_token = 0;   ///< matrix products of a token, on all GPUs
    double compute_sample = 0;  ///< the product with the vocabulary
    double weights = 0;         ///< reading all weights but experts
    double experts = 0;         ///< reading every expert of every layer
    double pair = 0;            ///< attention of a new token to a token before it
    double context = 0;         ///< reading the cache of a token
    double window_pair = 0;     ///< the first, in layers that attend to a window
    double window = 0;          ///< the second, in layers that attend to a window
    double collectives = 0;     ///< latency of the operations between GPUs of an iteration
    double link_token = 0;      ///< their payload for a token
    double step = 0;
    double sequence = 0;
};

StepTerms step_terms(Replica const&, StepParameters const&);

/// Share of the experts that T tokens of a batch read. Routing is more even than independent draws and tokens share
/// experts: the exponent 0.85 was found on measured batches (calibration study, section 2).
double expert_coverage(Replica const&, double tokens);

/// The format in which a GPU multiplies weights of a precision: those that its tensor cores lack are widened first.
Precision compute_format(Gpu const&, Precision);

/// FLOP/s at which a GPU computes weights of a precision.
double peak_flops(Gpu const&, Precision);

}  // namespace runrate
