#include <algorithm>

#include "experiment/pricing.h"
#include "projection/day_shape.h"

namespace runrate {
namespace {

constexpr int minutes_of_day = 24 * 60;

/// Minutes of the hour that begins at `from` which lie within the window, in local time.
int overlap(DailyHours const& local, int from) {
    int inside = 0;
    for (int minute = from; minute < from + 60; ++minute) inside += local.contains(minute) ? 1 : 0;
    return inside;
}

DailyHours local_hours(DailyHours const& utc, int offset_minutes) {
    auto const local = [&](int minute) { return (minute + offset_minutes + minutes_of_day) % minutes_of_day; };
    return {local(utc.from_minute), local(utc.to_minute), utc.factor, {}};
}

/// By row of the week: the share of a day's sessions that start within the window.
std::array<double, 7> shares_within(Traffic const& traffic, DailyHours const& local) {
    std::array<double, 7> shares{};
    if (auto const* schedule = std::get_if<Schedule>(&traffic.volume)) {
        shares.fill(local.contains(schedule->minute_of_day) ? 1 : 0);
        return shares;
    }
    auto const weights = row_weights(traffic.week);
    for (std::size_t hour = 0; hour < 168; ++hour) {
        auto const inside = overlap(local, static_cast<int>(hour % 24) * 60);
        shares[hour / 24] += hour_share(traffic.week, weights, hour) * inside / 60;
    }
    return shares;
}

/// The share of a month's sessions that start on or after `from` and before `to`; with a factor by row of the week.
class MonthShares {
public:
    MonthShares(Traffic const& traffic, Month month, MonthVolume const& volume)
        : weights_{row_weights(traffic.week)}, month_{month}, volume_{volume} {
        if (std::holds_alternative<Schedule>(traffic.volume)) weights_.fill(1);
    }

    [[nodiscard]] double between(Date from, Date to, std::array<double, 7> const& of_row) const {
        if (volume_.flat() || volume_.sessions <= 0)
            return static_cast<double>((to - from).count()) / days_in(month_) * of_mean_day(of_row);
        double sum = 0;
        for (auto const& day : volume_.days) {
            if (day.day >= from && day.day < to) sum += day.sessions * of_row[static_cast<std::size_t>(day.weekday)];
        }
        return sum / volume_.sessions;
    }

private:
    [[nodiscard]] double of_mean_day(std::array<double, 7> const& of_row) const {
        double sum = 0;
        double weight = 0;
        for (std::size_t row = 0; row < 7; ++row) {
            sum += weights_[row] * of_row[row];
            weight += weights_[row];
        }
        return sum / weight;
    }

    std::array<double, 7> weights_;
    Month month_;
    MonthVolume const& volume_;
};

void add_hours(PriceRow const& row, double share, Date from, Date to, Calendar const& calendar, Traffic const& traffic,
               MonthShares const& shares, std::vector<PriceSegment>& segments) {
    double rest = share;
    for (auto const& hours : row.hours) {
        auto const local = local_hours(hours, calendar.utc_offset_minutes);
        double const within = shares.between(from, to, shares_within(traffic, local));
        if (within > 0) segments.push_back({&row, within, &hours});
        rest -= within;
    }
    segments.push_back({&row, std::max(0.0, rest)});
}

}  // namespace

std::vector<PriceSegment> price_segments(ModelPrices const& prices, Calendar const& calendar, int month,
                                         Traffic const& traffic, MonthVolume const& volume) {
    Date const end = first_day(calendar.month(month + 1));
    Date from = first_day(calendar.month(month));
    MonthShares const shares{traffic, calendar.month(month), volume};
    std::array<double, 7> whole{};
    whole.fill(1);
    std::vector<PriceSegment> segments;
    auto changes = changes_within(prices, from, end);
    changes.push_back(end);
    for (Date to : changes) {
        if (to > from)
            add_hours(*price_at(prices, from).row, shares.between(from, to, whole), from, to, calendar, traffic, shares,
                      segments);
        from = to;
    }
    return segments;
}

}  // namespace runrate
