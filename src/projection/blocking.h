#pragma once

namespace runrate {

/// Calls that are offered to a pool that takes so many at most, near that bound: how many come while there are n - 1,
/// in the mean time that each of n takes, `at_bound` + `slope` (n - bound).
struct OfferedLoad {
    double at_bound = 0;
    double slope = 0;  ///< negative where those who call are few, positive where many in flight take longer
};

/// The share of time in which a pool is full: of the birth-death process in equilibrium. Erlang's B for a slope of 0,
/// Engset's time congestion for calls of few sources.
/// \param bound  whole, at least 0
double full_share(double bound, OfferedLoad const&);

}  // namespace runrate
