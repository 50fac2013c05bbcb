#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/time.h"
#include "stat/sampler.h"
#include "stat/stream.h"

namespace runrate {

/// When sessions start: a renewal process in the time that the rate makes of the clock, so that an hour has as many as
/// its rate says on average, and gaps vary around their mean by their coefficient of variation (gamma; 1: Poisson).
class SessionStarts {
public:
    /// \param per_hour  expected starts of each hour, from zero on
    /// \pre gaps_cv > 0, no more than 1,000 hours
    SessionStarts(std::vector<double> per_hour, double gaps_cv, Address const&);

    /// The next start; nothing after the last hour.
    [[nodiscard]] std::optional<Instant> next();

private:
    std::vector<double> per_hour_;
    Sampler gaps_;  ///< of mean 1
    Stream chance_;
    double expected_ = 0;  ///< starts up to the last one: its place in the other time
    std::size_t hour_ = 0;
    double before_ = 0;  ///< expected starts before that hour
};

}  // namespace runrate
