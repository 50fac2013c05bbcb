#pragma once

#include <algorithm>

#include "core/time.h"

namespace runrate {

/// A rate limit: refills continuously and holds one minute's worth; what it does not hold is refused.
class TokenBucket {
public:
    explicit TokenBucket(double per_minute) : per_minute_{per_minute}, level_{per_minute} {}

    /// Takes an amount when it is there; else takes nothing. Amounts beyond a minute's worth are never there.
    /// \pre instants do not go back
    bool take(Instant at, double amount) {
        refill(at);
        if (amount > level_) return false;
        level_ -= amount;
        return true;
    }

    /// Whether the amount is there now.
    [[nodiscard]] bool holds(Instant at, double amount) {
        refill(at);
        return amount <= level_;
    }

private:
    void refill(Instant at) {
        level_ = std::min(per_minute_, level_ + to_seconds(at - last_) * per_minute_ / 60);
        last_ = at;
    }

    double per_minute_, level_;
    Instant last_{};
};

}  // namespace runrate
