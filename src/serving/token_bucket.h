#pragma once

#include <algorithm>

#include "core/time.h"

namespace runrate {

/// A rate limit: refills continuously and holds one minute's worth; what it does not hold is refused.
/// \tparam Time  of any clock
template <class Time>
class TokenBucketOn {
public:
    /// Full. \param from  an instant no later than the first that it is asked at
    explicit TokenBucketOn(double per_minute, Time from = {})
        : per_minute_{per_minute}, level_{per_minute}, last_{from} {}

    /// Takes an amount when it is there; else takes nothing. Amounts beyond a minute's worth are never there.
    /// \pre instants do not go back
    bool take(Time at, double amount) {
        if (!holds(at, amount)) return false;
        level_ -= amount;
        return true;
    }

    /// Whether the amount is there now.
    [[nodiscard]] bool holds(Time at, double amount) {
        refill(at);
        return amount <= level_;
    }

private:
    void refill(Time at) {
        double const seconds = std::chrono::duration<double>(at - last_).count();
        level_ = std::min(per_minute_, level_ + seconds * per_minute_ / 60);
        last_ = at;
    }

    double per_minute_, level_;
    Time last_;
};

using TokenBucket = TokenBucketOn<Instant>;

}  // namespace runrate
