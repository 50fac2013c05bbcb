#include "projection/storage.h"

#include <algorithm>
#include <cmath>

#include "core/contract.h"
#include "projection/day_factor.h"
#include "projection/day_shape.h"
#include "stat/elementary.h"
#include "stat/fast_math.h"

namespace runrate {
namespace {

constexpr std::size_t hours_of_week = 168;

/// Sessions that start within a time before a moment of a week that repeats.
class RecentStarts {
public:
    /// \param sessions  of each hour  \param hours  how long before
    RecentStarts(std::array<double, hours_of_week> const& sessions, double hours) : hours_{hours}, sessions_{sessions} {
        for (std::size_t h = 0; h < hours_of_week; ++h) until_[h + 1] = until_[h] + sessions[h];
    }

    /// \param hour  since the beginning of the week
    [[nodiscard]] double at(double hour) const { return until(hour) - until(hour - hours_); }

private:
    [[nodiscard]] double until(double hour) const {
        double const weeks = std::floor(hour / hours_of_week);
        double const within = hour - weeks * hours_of_week;
        auto const whole = std::min(static_cast<std::size_t>(within), hours_of_week - 1);
        return weeks * until_.back() + until_[whole] + (within - static_cast<double>(whole)) * sessions_[whole];
    }

    double hours_;
    std::array<double, hours_of_week> sessions_;
    std::array<double, hours_of_week + 1> until_{};
};

/// How many days of the month are of each row of the week.
std::array<double, 7> days_by_row(MonthVolume const& volume) {
    std::array<double, 7> days{};
    if (volume.flat()) days.fill(FlatMonth::weeks);
    for (auto const& day : volume.days) days[static_cast<std::size_t>(day.weekday)] += volume.flat() ? 0 : 1;
    return days;
}

/// Mean of 1 - exp(-n) while n goes evenly from `from` to `to`, where `left` is exp(-from) and `right` exp(-to).
double alive_share(double from, double to, double left, double right, FastMath const& math) {
    double const rise = to - from;
    if (std::abs(rise) > 1e-2) return 1 - (left - right) / rise;
    return 1 - (left + 4 * math.exp(-(from + to) / 2) + right) / 6;  // the quotient would cancel
}

/// Alive hours of the mean week of a month, by keeper: pieces between whole hours and those plus a part of one.
class MeanWeek {
public:
    MeanWeek(std::vector<RecentStarts> starts, std::vector<DayFactor> const& factors)
        : starts_{std::move(starts)}, factors_{factors}, before_(starts_.size()), after_(starts_.size()) {}

    /// Adds `days` times the hours of a row between two moments of it that have no bend of N between them.
    void add(double from, double to, double days, std::vector<double>& hours) {
        double n0 = 0, n1 = 0;
        for (std::size_t k = 0; k < starts_.size(); ++k) {
            n0 += before_[k] = starts_[k].at(from);
            n1 += after_[k] = starts_[k].at(to);
        }
        if (!(n0 + n1 > 0)) return;
        double share = 0;
        for (auto const& [factor, weight] : factors_)
            share +=
                weight * alive_share(factor * n0, factor * n1, math_.exp(-factor * n0), math_.exp(-factor * n1), math_);
        double const alive = days * (to - from) * share;
        for (std::size_t k = 0; k < starts_.size(); ++k) hours[k] += alive * (before_[k] + after_[k]) / (n0 + n1);
    }

private:
    std::vector<RecentStarts> starts_;
    std::vector<DayFactor> const& factors_;
    FastMath const& math_ = FastMath::tables();
    std::vector<double> before_, after_;
};

/// Where N of the keepers may bend within an hour, ascending from 0 to 1.
std::vector<double> bends_of(std::vector<double> const& alive) {
    std::vector<double> bends{0, 1};
    for (double hours : alive) bends.push_back(hours - std::floor(hours));
    std::sort(bends.begin(), bends.end());
    bends.erase(std::unique(bends.begin(), bends.end()), bends.end());
    return bends;
}

/// Hours that a schedule's starts keep the prefix: each until the next one at most, if some item uses it.
double scheduled_hours(PrefixKeeper const& keeper, Schedule const& schedule, MonthVolume const& volume, double scale) {
    if (!(keeper.use.used > 0)) return 0;
    double const alive = keeper.use.alive_s / keeper.use.used / 3600;
    auto const some = [&](double items) {
        return keeper.use.used < 1 ? -real::expm1(items * real::log1p(-keeper.use.used)) : (items > 0 ? 1 : 0);
    };
    if (volume.flat()) {
        double const starts = runs_in_flat_month(schedule.every);
        return starts * some(volume.sessions * scale / starts) * std::min(alive, FlatMonth::days * 24 / starts);
    }
    double hours = 0;
    double gap = 0;  // to the next start; the last one's to the first of a month alike
    for (auto const& day : volume.days) {
        if (day.sessions > 0) break;
        gap += 24;
    }
    for (auto day = volume.days.rbegin(); day != volume.days.rend(); ++day) {
        gap += 24;
        if (!(day->sessions > 0)) continue;
        hours += some(day->sessions * scale) * std::min(alive, gap);
        gap = 0;
    }
    return hours;
}

}  // namespace

std::vector<std::vector<double>> alive_hours(std::span<PrefixKeeper const> keepers, double scale, BeliefValues world) {
    RUNRATE_EXPECT(!keepers.empty());
    auto const months = keepers[0].volumes->size();
    std::vector<std::vector<double>> hours(keepers.size(), std::vector<double>(months, 0));
    std::vector<std::size_t> rates;
    std::vector<double> alive;
    std::vector<AliveByHour> sessions;  // an hour's, by month and hour of the week
    for (std::size_t k = 0; k < keepers.size(); ++k) {
        auto const& keeper = keepers[k];
        if (auto const* schedule = std::get_if<Schedule>(&keeper.traffic->volume)) {
            for (std::size_t m = 0; m < months; ++m)
                hours[k][m] = scheduled_hours(keeper, *schedule, (*keeper.volumes)[m], scale);
            continue;
        }
        rates.push_back(k);
        alive.push_back(keeper.use.alive_s / 3600);
        sessions.push_back(alive_by_hour(*keeper.traffic, *keeper.volumes, {.alive_s = 3600 * scale}));
    }
    auto const factors = day_factors(rates.size() == 1 ? keepers[rates[0]].traffic->day_to_day.in(world) : 0);
    auto const bends = bends_of(alive);
    for (std::size_t m = 0; m < months && !rates.empty(); ++m) {
        std::vector<RecentStarts> starts;
        for (std::size_t i = 0; i < rates.size(); ++i) starts.emplace_back(sessions[i][m], alive[i]);
        MeanWeek week{std::move(starts), factors};
        auto const days = days_by_row((*keepers[0].volumes)[m]);
        std::vector<double> of_month(rates.size(), 0);
        for (std::size_t hour = 0; hour < hours_of_week; ++hour) {
            for (std::size_t b = 0; b + 1 < bends.size(); ++b)
                week.add(static_cast<double>(hour) + bends[b], static_cast<double>(hour) + bends[b + 1],
                         days[hour / 24], of_month);
        }
        for (std::size_t i = 0; i < rates.size(); ++i) hours[rates[i]][m] = of_month[i];
    }
    return hours;
}

}  // namespace runrate
