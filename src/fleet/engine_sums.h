#pragma once

#include "runrate/engine.h"

namespace runrate {

/// What several engines did together: sums, the largest peaks, means weighted by busy time.
class EngineSums {
public:
    void add(EngineTotals const&);
    [[nodiscard]] EngineTotals totals() const;

private:
    EngineTotals sums_{};
    double busy_s_ = 0, kv_time_ = 0, running_time_ = 0;
};

}  // namespace runrate
