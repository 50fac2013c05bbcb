#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/id.h"
#include "stat/number.h"
#include "stat/stream.h"
#include "workload/calendar.h"
#include "workload/traffic.h"

namespace runrate {

/// Expected sessions of one day at scale 1. A flat month has one entry, whose sessions are those of the whole month.
struct DayVolume {
    Date day{};
    int weekday = 0;  ///< row of the week shape: 0 Monday to 6 Sunday; holidays are Sundays
    double sessions = 0;
};

/// Expected sessions of a feature in one month at scale 1.
struct MonthVolume {
    std::vector<DayVolume> days;
    double sessions = 0;  ///< the sum over `days`

    [[nodiscard]] bool flat() const { return days.size() == 1; }
    [[nodiscard]] Month month() const;
};

/// The expected volume of every month in one world (projection.md 2.1, 2.5): totals of calendar months are kept
/// whatever the week shape and the holidays, rates count their days, growth is flat within a month, season has mean 1,
/// events add to the total.
std::vector<MonthVolume> expected_volumes(Traffic const&, Calendar const&, BeliefValues);

/// Whose chance it is.
struct ChanceAddress {
    std::uint64_t seed = 0;
    std::uint32_t world = 0;
    FeatureId feature;
};

/// The standard normal number of a month; it stays the same when the calendar starts earlier or later.
double month_normal(ChanceAddress const&, Month, Purpose);

/// What a scale multiplies: customers, whose gaps pool, or the use that each of them makes, which does not.
enum class Pooling { pools, does_not };

/// One draw of chance for every month: sessions that happen at `scale` times the traffic.
///
/// Day factors (lognormal, mean 1, lag-1 correlated) are those of the world whatever the scale, so their spread
/// survives pooling; the noise of the gaps (mean 0, standard deviation cv * sqrt(sessions), lognormal so that no month
/// has less than no sessions) is drawn at the scale where it pools, with the same normal number, and averages out.
/// Schedules have no chance.
std::vector<double> drawn_sessions(Traffic const&, std::vector<MonthVolume> const&, double scale, Pooling, BeliefValues,
                                   ChanceAddress const&);

/// How the sessions of a feature use a prefix that sessions share.
struct PrefixUse {
    double alive_s = 0;  ///< seconds for which one session keeps it alive, mean
    double used = 1;     ///< share of sessions that use it at risk
};

/// By month and hour of the week: how many sessions keep a prefix alive at a time, at scale 1. A schedule's items are
/// gone in an instant and keep nothing alive for others.
using AliveByHour = std::vector<std::array<double, 168>>;
AliveByHour alive_by_hour(Traffic const&, std::vector<MonthVolume> const&, PrefixUse const&);

/// The share of uses at risk that find a shared prefix gone, in each month, weighted by traffic.
///
/// Sessions start at the hour's rate as a Poisson process and each keeps the prefix alive for `alive_s` seconds in
/// all, so a start finds it alive unless none of them covers it: P(miss) = exp(-rate * alive_s) (Boolean model; exact
/// for Poisson starts), averaged over hours of the week, the days of the month and the day factor. The items of a
/// schedule's start come together: the first of them that uses the prefix misses. 1 in a month without traffic.
/// \param others  sessions of other features that keep the prefix alive too, their day factors taken as 1; empty: none
std::vector<double> miss_shares(Traffic const&, std::vector<MonthVolume> const&, double scale, PrefixUse const&,
                                BeliefValues, AliveByHour const& others = {});

}  // namespace runrate
