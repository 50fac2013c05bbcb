#include <algorithm>
#include <numeric>

#include "projection/day_shape.h"
#include "projection/miss_curve.h"
#include "projection/volume.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

/// How the sessions of a day divide among its hours. Hours of equal shares are one: the named weeks have few levels.
struct HourLevel {
    double share = 0;  ///< of the day's sessions, in each of the hours
    double hours = 0;
};
using DayLevels = std::vector<HourLevel>;

DayLevels levels_of(WeekShape const& week, std::array<double, 7> const& weights, std::size_t row) {
    DayLevels levels;
    for (std::size_t hour = 24 * row; hour < 24 * (row + 1); ++hour) {
        double const share = hour_share(week, weights, hour);
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
            if (same == row) kinds.push_back(levels_of(week, weights, row));
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
std::vector<EqualDays> flat_days_of(std::array<double, 7> const& sessions, WeekLevels const& week) {
    std::vector<EqualDays> all;
    for (std::size_t row = 0; row < 7; ++row) add(all, {week.kind[row], sessions[row], FlatMonth::weeks});
    return all;
}

/// Sessions of the seven days of a flat month's weeks.
std::array<double, 7> flat_week_of(Traffic const& traffic, MonthVolume const& volume) {
    auto const weights = row_weights(traffic.week);
    std::size_t const days_used = only_workdays(traffic) ? 5 : 7;
    double const weight =
        std::accumulate(weights.begin(), weights.begin() + static_cast<std::ptrdiff_t>(days_used), 0.0);
    std::array<double, 7> sessions{};
    for (std::size_t row = 0; row < days_used; ++row) {
        double const share = weight > 0 ? weights[row] / weight : 1 / static_cast<double>(days_used);
        sessions[row] = volume.sessions / FlatMonth::weeks * share;
    }
    return sessions;
}

/// Sessions of the mean Monday to Sunday of a month.
std::array<double, 7> mean_week_of(MonthVolume const& volume) {
    std::array<double, 7> sessions{}, days{};
    for (auto const& day : volume.days) {
        sessions[static_cast<std::size_t>(day.weekday)] += day.sessions;
        days[static_cast<std::size_t>(day.weekday)] += 1;
    }
    for (std::size_t row = 0; row < 7; ++row) sessions[row] /= std::max(1.0, days[row]);
    return sessions;
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

/// As miss_share, hour by hour, where others keep the prefix alive too.
struct HourlyMisses {
    WeekShape const& week;
    std::array<double, 7> weights;
    MissCurve const& curve;
    double alive_hours, scale;
    std::array<double, 168> const& others;
    double missed = 0, sessions = 0;

    void add_day(std::size_t row, double of_the_day, double days) {
        for (std::size_t hour = 24 * row; hour < 24 * (row + 1); ++hour) {
            double const share = hour_share(week, weights, hour);
            double const gone = curve(of_the_day * share * alive_hours) * real::exp(-others[hour] * scale);
            missed += days * of_the_day * share * gone;
            sessions += days * of_the_day * share;
        }
    }
};

double miss_share_beside(Traffic const& traffic, MonthVolume const& volume, MissCurve const& curve, double alive_hours,
                         double scale, std::array<double, 168> const& others) {
    HourlyMisses misses{traffic.week, row_weights(traffic.week), curve, alive_hours, scale, others};
    if (!volume.flat()) {
        for (auto const& day : volume.days) misses.add_day(static_cast<std::size_t>(day.weekday), day.sessions, 1);
    } else {
        auto const rows = flat_week_of(traffic, volume);
        for (std::size_t row = 0; row < 7; ++row) misses.add_day(row, rows[row], FlatMonth::weeks);
    }
    return misses.sessions > 0 ? misses.missed / misses.sessions : 1;
}

/// Uses and misses of `items` that start together, each of which uses the prefix with probability `used`.
struct StartUses {
    double uses = 0, misses = 0;
    void add(double items, double used, double starts) {
        double const some = used < 1 ? -real::expm1(items * real::log1p(-used)) : 1;
        uses += starts * items * used;
        misses += starts * std::min(some, items * used);
    }
};

double schedule_miss_share(Schedule const& schedule, MonthVolume const& volume, double scale, double used) {
    StartUses all;
    if (volume.flat()) {
        double const starts = runs_in_flat_month(schedule.every);
        all.add(volume.sessions * scale / starts, used, starts);
    } else {
        for (auto const& day : volume.days) all.add(day.sessions * scale, used, 1);
    }
    return all.uses > 0 ? all.misses / all.uses : 1;
}

bool starts_on(Schedule const& schedule, std::size_t row) {
    switch (schedule.every) {
        case Schedule::Every::workday: return row < 5;
        case Schedule::Every::week: return row + 1 == schedule.weekday->iso_encoding();
        default: return true;
    }
}

/// What the others leave of a start's misses: the mean over the days on which it may fall.
double gone_at(Schedule const& schedule, std::array<double, 168> const& others, double scale) {
    double gone = 0;
    double days = 0;
    for (std::size_t row = 0; row < 7; ++row) {
        if (!starts_on(schedule, row)) continue;
        auto const hour = 24 * row + static_cast<std::size_t>(schedule.minute_of_day / 60);
        gone += real::exp(-others[hour] * scale);
        days += 1;
    }
    return gone / days;
}

}  // namespace

AliveByHour alive_by_hour(Traffic const& traffic, std::vector<MonthVolume> const& volumes, PrefixUse const& use) {
    AliveByHour alive;
    auto const weights = row_weights(traffic.week);
    for (auto const& volume : volumes) {
        auto& hours = alive.emplace_back();
        if (std::holds_alternative<Schedule>(traffic.volume)) continue;
        auto const sessions = !volume.flat() ? mean_week_of(volume) : flat_week_of(traffic, volume);
        for (std::size_t hour = 0; hour < hours.size(); ++hour) {
            hours[hour] = sessions[hour / 24] * hour_share(traffic.week, weights, hour) * use.alive_s / 3600;
        }
    }
    return alive;
}

std::vector<double> miss_shares(Traffic const& traffic, std::vector<MonthVolume> const& volumes, double scale,
                                PrefixUse const& use, BeliefValues world, AliveByHour const& others) {
    std::vector<double> shares;
    if (auto const* schedule = std::get_if<Schedule>(&traffic.volume)) {
        for (std::size_t m = 0; m < volumes.size(); ++m) {
            double const gone = others.empty() ? 1 : gone_at(*schedule, others[m], scale);
            shares.push_back(schedule_miss_share(*schedule, volumes[m], scale, use.used) * gone);
        }
        return shares;
    }
    WeekLevels const week{traffic.week};
    MissCurve const curve{traffic.day_to_day.in(world)};
    double const alive_hours = scale * use.alive_s / 3600;
    for (std::size_t m = 0; m < volumes.size(); ++m) {
        auto const& volume = volumes[m];
        if (!others.empty()) {
            shares.push_back(miss_share_beside(traffic, volume, curve, alive_hours, scale, others[m]));
            continue;
        }
        auto const days = !volume.flat() ? days_of(volume, week) : flat_days_of(flat_week_of(traffic, volume), week);
        shares.push_back(miss_share(days, week, curve, alive_hours));
    }
    return shares;
}

}  // namespace runrate
