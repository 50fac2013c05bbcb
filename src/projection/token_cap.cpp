#include "projection/token_cap.h"

#include <algorithm>
#include <cmath>

#include "stat/elementary.h"
#include "stat/special_functions.h"
#include "workload/units.h"

namespace runrate {
namespace {

/// E[(T - cap)+] / E[T] of a customer with so many sessions.
double beyond(CappedCustomers const& c, double sessions, double cap) {
    double const mean = sessions * c.tokens;
    double const variance = sessions * (c.tokens_variance + c.gaps_cv * c.gaps_cv * c.tokens * c.tokens);
    if (!(mean > 0)) return 0;
    if (!(variance > 1e-12 * mean * mean)) return std::max(0.0, 1 - cap / mean);
    double const shape = mean * mean / variance;
    double const x = cap * mean / variance;
    double const above = mean * real::gamma_tails(shape + 1, x).upper - cap * real::gamma_tails(shape, x).upper;
    return std::clamp(above / mean, 0.0, 1.0);
}

}  // namespace

double share_beyond_cap(CappedCustomers const& c, double tokens) {
    if (!(c.tokens > 0)) return 0;
    double const cap = tokens + (c.tokens + c.tokens_variance / c.tokens) / 2;
    double const count = std::max(1.0, c.count);
    if (!c.zipf) return beyond(c, c.sessions / count, cap);
    constexpr double singly = 64;
    double const first = largest_share(count, *c.zipf);
    double capped = 0;
    double shares = 0;
    for (double rank = 1, next = 0; rank <= count; rank = next) {
        double const width = rank < singly ? 1 : std::floor(rank / 4);
        next = std::min(rank + width, std::floor(count) + 1);
        double const middle = (rank + next - 1) / 2;
        double const share = first * real::pow(middle, -*c.zipf);
        double const all = share * (next - rank);
        capped += all * beyond(c, c.sessions * share, cap);
        shares += all;
    }
    return capped / shares;
}

}  // namespace runrate
