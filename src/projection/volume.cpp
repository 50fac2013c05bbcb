#include "projection/volume.h"

#include <algorithm>

#include "core/overloaded.h"
#include "projection/day_shape.h"

namespace runrate {
namespace {

constexpr int sunday = 6;

/// The volume of a feature while its months are filled.
struct Volume {
    Traffic const& traffic;
    Calendar const& calendar;
    BeliefValues world;
    std::array<double, 7> rows;  ///< weights of days
    double customers = 1;        ///< what a rate per customer is multiplied with
};

/// Season factors by calendar month, mean 1; all 1 where none are stated or all are 0.
std::array<double, 12> season_of(Traffic const& traffic, BeliefValues world) {
    std::array<double, 12> season;
    season.fill(1);
    if (!traffic.season) return season;
    double sum = 0;
    for (auto const& factor : *traffic.season) sum += factor.in(world);
    if (!(sum > 0)) return season;
    for (std::size_t m = 0; m < 12; ++m) season[m] = (*traffic.season)[m].in(world)*12 / sum;
    return season;
}

/// What the events of a day multiply its traffic by.
double event_factor(Volume const& v, Date day) {
    double factor = 1;
    for (auto const& event : v.traffic.events) {
        if (event.from <= day && day < event.from + std::chrono::days{event.days}) factor *= event.factor.in(v.world);
    }
    return factor;
}

/// The days of a month and what of its total lies on each.
struct MonthDays {
    std::vector<DayVolume> days;
    int workdays = 0;
};

MonthDays days_of(Calendar const& calendar, Month month) {
    MonthDays result;
    for (Date day = first_day(month); day < first_day(month + std::chrono::months{1}); day += std::chrono::days{1}) {
        int const row = calendar.holiday(day) ? sunday : weekday_index(day);
        result.days.push_back({day, row, 0});
        result.workdays += row < 5 ? 1 : 0;
    }
    return result;
}

bool starts_on(Schedule const& schedule, DayVolume const& day) {
    switch (schedule.every) {
        case Schedule::Every::day: return true;
        case Schedule::Every::workday: return day.weekday < 5;
        case Schedule::Every::week: return Weekday{day.day} == schedule.weekday.value_or(std::chrono::Monday);
        case Schedule::Every::month: return std::chrono::year_month_day{day.day}.day() == std::chrono::day{1};
    }
    return false;
}

/// How often the rate's period occurs.
double periods_of(RatePer per, double days, double workdays) {
    switch (per) {
        case RatePer::month: return 1;
        case RatePer::day: return days;
        case RatePer::workday: return workdays;
        case RatePer::week: return days / 7;
    }
    return 0;
}

double per_period(Volume const& v, SessionRate const& rate) {
    return rate.count.in(v.world) * (rate.per_customer ? v.customers : 1);
}

/// Divides `total` among the days that `may` have some, by the weights of their rows; evenly where these weigh nothing.
template <class May>
void distribute(double total, Volume const& v, std::vector<DayVolume>& days, May may) {
    double weight = 0;
    double count = 0;
    for (auto const& day : days) {
        if (!may(day)) continue;
        weight += v.rows[static_cast<std::size_t>(day.weekday)];
        ++count;
    }
    for (auto& day : days) {
        if (!may(day)) continue;
        day.sessions = weight > 0 ? total * (v.rows[static_cast<std::size_t>(day.weekday)] / weight) : total / count;
    }
}

MonthVolume calendar_month(Volume const& v, Month month, double factor) {
    auto [days, workdays] = days_of(v.calendar, month);
    auto const rate = [&, d = &days, n = workdays](SessionRate const& r) {
        double const total = factor * per_period(v, r) * periods_of(r.per, static_cast<double>(d->size()), n);
        bool const restricted = r.per == RatePer::workday;
        distribute(total, v, *d, [&](DayVolume const& day) { return !restricted || day.weekday < 5; });
    };
    auto const schedule = [&, d = &days](Schedule const& s) {
        for (auto& day : *d) day.sessions = starts_on(s, day) ? factor * s.items.in(v.world) : 0;
    };
    std::visit(Overloaded{rate, schedule}, v.traffic.volume);
    MonthVolume result{std::move(days), 0};
    for (auto& day : result.days) {
        day.sessions *= event_factor(v, day.day);
        result.sessions += day.sessions;
    }
    return result;
}

MonthVolume flat_month(Volume const& v, Month month, double factor) {
    auto const rate = [&](SessionRate const& r) {
        return per_period(v, r) * periods_of(r.per, FlatMonth::days, FlatMonth::workdays);
    };
    auto const schedule = [&](Schedule const& s) { return s.items.in(v.world) * runs_in_flat_month(s.every); };
    double const usual = factor * std::visit(Overloaded{rate, schedule}, v.traffic.volume);
    double added = 0;  // days of traffic
    if (!v.traffic.events.empty()) {
        for (auto const& day : days_of(v.calendar, month).days) added += event_factor(v, day.day) - 1;
    }
    double const sessions = std::max(0.0, usual * (1 + added / FlatMonth::days));
    return {{{first_day(month), 0, sessions}}, sessions};
}

}  // namespace

std::vector<MonthVolume> expected_volumes(Traffic const& traffic, Calendar const& calendar, BeliefValues world) {
    Volume const v{traffic, calendar, world, row_weights(traffic.week), traffic.customers.count.in(world)};
    auto const growth = growth_factors(traffic.growth, calendar.start, calendar.months, world);
    auto const season = season_of(traffic, world);
    std::vector<MonthVolume> volumes;
    for (int i = 0; i < calendar.months; ++i) {
        Month const month = calendar.month(i);
        double const factor = growth[static_cast<std::size_t>(i)] * season[unsigned{month.month()} - 1];
        volumes.push_back(calendar.flat_months ? flat_month(v, month, factor) : calendar_month(v, month, factor));
    }
    return volumes;
}

}  // namespace runrate
