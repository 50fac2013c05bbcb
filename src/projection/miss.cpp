#include <algorithm>
#include <numeric>

#include "projection/day_shape.h"
#include "projection/miss_curve.h"
#include "projection/volume.h"

namespace runrate {
namespace {

/// How the sessions of a day divide among its hours. Hours of equal shares are one: the named weeks have few levels.
struct HourLevel {
    double share = 0;  ///< of the day's sessions, in each of the hours
    double hours = 0;
};
using DayLevels = std::vector<HourLevel>;

DayLevels levels_of(WeekShape const& week, std::size_t row, double weight) {
    DayLevels levels;
    for (std::size_t hour = 24 * row; hour < 24 * (row + 1); ++hour) {
        double const share = weight > 0 ? week[hour] / weight : 1.0 / 24;
        if (share == 0) continue;
        auto const same =
            std::find_if(levels.begin(), levels.end(), [&](HourLevel const& l) { return l.share == share; });
        if (same == levels.end())
            levels.push_back({share, 1});
        else
            ++same->hours;
    }
    return levels;
}

/// The seven days of a week, where equal days are one.
struct WeekLevels {
    std::array<double, 7> weights;
    std::array<std::size_t, 7> kind{};  ///< by row, into `kinds`
    std::vector<DayLevels> kinds;

    explicit WeekLevels(WeekShape const& week) : weights{row_weights(week)} {
        for (std::size_t row = 0; row < 7; ++row) {
            auto const hour = [&](std::size_t r) { return week.begin() + static_cast<std::ptrdiff_t>(24 * r); };
            std::size_t same = 0;
            while (same < row && !std::equal(hour(row), hour(row + 1), hour(same))) ++same;
            if (same == row) kinds.push_back(levels_of(week, row, weights[row]));
            kind[row] = same == row ? kinds.size() - 1 : kind[same];
        }
    }
};

/// Days of one kind with equal volume.
struct EqualDays {
    std::size_t kind = 0;
    double sessions = 0;  ///< of each of them
    double count = 0;
};

void add(std::vector<EqualDays>& all, EqualDays const& days) {
    if (!(days.sessions > 0)) return;
    auto const same = std::find_if(
        all.begin(), all.end(), [&](EqualDays const& d) { return d.kind == days.kind && d.sessions == days.sessions; });
    if (same == all.end())
        all.push_back(days);
    else
        same->count += days.count;
}

std::vector<EqualDays> days_of(MonthVolume const& volume, WeekLevels const& week) {
    std::vector<EqualDays> all;
    for (auto const& day : volume.days) add(all, {week.kind[static_cast<std::size_t>(day.weekday)], day.sessions, 1});
    return all;
}

/// A flat month is that many mean weeks, of whose days each has its weight.
std::vector<EqualDays> flat_days_of(MonthVolume const& volume, WeekLevels const& week, std::size_t days_used) {
    double const weight =
        std::accumulate(week.weights.begin(), week.weights.begin() + static_cast<std::ptrdiff_t>(days_used), 0.0);
    double const per_week = volume.sessions / FlatMonth::weeks;
    std::vector<EqualDays> all;
    for (std::size_t row = 0; row < days_used; ++row) {
        double const share = weight > 0 ? week.weights[row] / weight : 1 / static_cast<double>(days_used);
        add(all, {week.kind[row], per_week * share, FlatMonth::weeks});
    }
    return all;
}

double miss_share(std::vector<EqualDays> const& days, WeekLevels const& week, MissCurve const& curve,
                  double alive_hours) {
    double missed = 0;
    double sessions = 0;
    for (auto const& d : days) {
        double share = 0;
        for (auto const& level : week.kinds[d.kind]) {
            share += level.hours * level.share * curve(d.sessions * level.share * alive_hours);
        }
        missed += d.count * d.sessions * share;
        sessions += d.count * d.sessions;
    }
    return sessions > 0 ? missed / sessions : 1;
}

/// The items of one start come together: the first of them misses.
double schedule_miss_share(Schedule const& schedule, MonthVolume const& volume, double scale) {
    double starts = 0;
    for (auto const& day : volume.days) starts += std::min(1.0, day.sessions * scale);
    if (volume.days.size() == 1) starts = std::min(runs_in_flat_month(schedule.every), volume.sessions * scale);
    return volume.sessions > 0 ? starts / (volume.sessions * scale) : 1;
}

}  // namespace

std::vector<double> miss_shares(Traffic const& traffic, std::vector<MonthVolume> const& volumes, double scale,
                                double alive_s, BeliefValues world) {
    std::vector<double> shares;
    if (auto const* schedule = std::get_if<Schedule>(&traffic.volume)) {
        for (auto const& volume : volumes) shares.push_back(schedule_miss_share(*schedule, volume, scale));
        return shares;
    }
    WeekLevels const week{traffic.week};
    MissCurve const curve{traffic.day_to_day.in(world)};
    std::size_t const days_used = only_workdays(traffic) ? 5 : 7;
    for (auto const& volume : volumes) {
        auto const days = volume.days.size() > 1 ? days_of(volume, week) : flat_days_of(volume, week, days_used);
        shares.push_back(miss_share(days, week, curve, scale * alive_s / 3600));
    }
    return shares;
}

}  // namespace runrate
