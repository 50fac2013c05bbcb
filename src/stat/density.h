#pragma once

#include "stat/distribution.h"

namespace runrate {

/// The derivative of cdf(); 0 where the law has atoms only.
double density(Distribution const&, double x);

/// P(X < x): less than cdf() by the probability of the value x itself.
double cdf_before(Distribution const&, double x);

}  // namespace runrate
