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
/// mean rate x E[sum x_m], variance rate x (E[sum x_m^2] + b E[x_m]^2 summed) (Campbell), where bursts of starts add
/// b = (cv^2 - 1) n / (n + cv^2) for n starts a minute. Day factors add their variance. It is taken as gamma with these
/// moments, and the month as the mixture of its hours.
class MinuteDemand {
public:
    /// \param uses  of the gauge, by feature
    MinuteDemand(std::vector<EqualHours> const&, std::span<FeatureTraffic const>, std::span<MinuteUse const> uses,
                 double scale, Pooling);

    /// Per minute, over the whole month.
    [[nodiscard]] double mean() const { return mean_; }

    /// What no more than 1 - p of the minutes exceed. \pre 0 < p < 1
    [[nodiscard]] double quantile(double p) const;

    /// By feature: the share of what it asks that a token bucket of so much per minute refuses, which is also what
    /// spills over a reservation.
    ///
    /// Hour by hour and day factor by day factor, the bucket's level is taken as a reflected Brownian motion. Its
    /// variance is that of stretches of time as long as the bucket remembers, size^2 / variance: of minutes, of ten
    /// minutes, of whole sessions, or between. That refused calls are tried again changes little: an empty bucket stays
    /// so for longer than retries wait (in the tests' simulation three attempts a minute apart refuse four fifths of
    /// what one does, at a load of 1). Bursts beyond a cv of the gaps of 3 have heavier tails than this.
    [[nodiscard]] std::vector<double> refused(double capacity) const;

private:
    struct Hour {
        double hours = 0, mean = 0, variance = 0;  ///< of a minute, day factors included
        double minute = 0, ten = 0, whole = 0;     ///< variance per minute without them, by length of the stretch
        double day_cv = 0;                         ///< of the day factor of all features together
    };
    [[nodiscard]] double share_below(double demand) const;
    [[nodiscard]] static double overflow(Hour const&, double day_factor, double capacity);
    [[nodiscard]] static double refused_in(Hour const&, double capacity);

    std::vector<Hour> hours_;
    std::vector<double> of_feature_;  ///< mean per minute, [hour][feature]
    std::size_t features_ = 0;
    double mean_ = 0, all_hours_ = 0;
};

}  // namespace runrate
