#pragma once

#include <cstdint>

namespace runrate {

/// Attempts that a call takes on average when each fails with probability `p`, `inner` attempts at the step within
/// each of `outer` attempts at the gateway, without a budget: (1 + p + ... + p^(inner-1)) times the same of p^inner.
double expected_attempts(double p, int inner, int outer);

/// The probability with which each retry is let through such that retries stay within `budget` times the first
/// attempts on average: 1 where they do so anyway (mean field of a budget over the last minute).
double retry_allowance(double failure, int attempts, double budget);

/// The probability that a loop of so many attempts ends without an answer, when each attempt fails with probability
/// `failure` and each retry is let through with probability `allowance`.
double loop_failure(double failure, int attempts, double allowance);

}  // namespace runrate
