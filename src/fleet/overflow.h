#pragma once

#include <cmath>

namespace runrate {

/// Requests that a pool has at most where those that find it full go elsewhere: with `above` in flight for each replica
/// that serves it is full. Pure.
inline double most_in_flight(double replicas, double above) { return std::ceil(above * replicas); }

}  // namespace runrate
