#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "projection/volume.h"
#include "serving/usage.h"

namespace runrate {

/// Traffic of one feature in one world, of which minutes are asked.
struct FeatureTraffic {
    Traffic const* traffic;
    std::vector<MonthVolume> const* volumes;
    double gaps_cv = 1, day_cv = 0;
};

/// Hours of a month in which every feature has the same rate.
struct EqualHours {
    double hours = 0;
    std::vector<double> sessions;  ///< that start per minute at scale 1, by feature
};

/// The hours of a month, those with equal rates as one. The items of a schedule's start are worked off evenly within
/// the hour that follows it.
std::vector<EqualHours> equal_hours(std::span<FeatureTraffic const>, std::size_t month);

/// How much of a gauge is asked in a minute, over the minutes of one month at one scale.
///
/// Within an hour sessions start at its rate, each with the use of a sampled one, so a minute's demand is shot noise:
/// mean rate x E[sum x_m], variance rate x (E[sum x_m^2] + (cv^2 - 1) sum E[x_m]^2) (Campbell; the second term is what
/// bursts of starts add), plus that of the day factors. It is taken as gamma with these moments, and the month as the
/// mixture of its hours.
class MinuteDemand {
public:
    /// \param uses  of the gauge, by feature
    MinuteDemand(std::vector<EqualHours> const&, std::span<FeatureTraffic const>, std::span<MinuteUse const> uses,
                 double scale, Pooling);

    /// Per minute, over the whole month.
    [[nodiscard]] double mean() const { return mean_; }

    /// What no more than 1 - p of the minutes exceed. \pre 0 < p < 1
    [[nodiscard]] double quantile(double p) const;

    /// The share of what is asked that a token bucket of so much per minute refuses; what spills over a reservation.
    ///
    /// The bucket's level is taken as a reflected Brownian motion, hour by hour, whose variance is that of long
    /// stretches, rate x (E[(sum x_m)^2] + (cv^2 - 1) E[sum x_m]^2): an empty bucket stays so for longer than sessions
    /// last. Hence also retries change little (in the tests' simulation three attempts a minute apart refuse four
    /// fifths of what one does, at a load of 1).
    [[nodiscard]] double refused(double capacity) const;

private:
    struct Hour {
        double hours = 0, mean = 0, variance = 0, flow = 0;  ///< flow: variance per minute of long stretches
    };
    [[nodiscard]] double share_below(double demand) const;

    std::vector<Hour> hours_;
    double mean_ = 0, all_hours_ = 0;
};

}  // namespace runrate
