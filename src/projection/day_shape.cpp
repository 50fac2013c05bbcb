#include "projection/day_shape.h"

#include <numeric>

namespace runrate {

double runs_in_flat_month(Schedule::Every every) {
    switch (every) {
        case Schedule::Every::day: return FlatMonth::days;
        case Schedule::Every::workday: return FlatMonth::workdays;
        case Schedule::Every::week: return FlatMonth::weeks;
        case Schedule::Every::month: return 1;
    }
    return 0;
}

bool only_workdays(Traffic const& traffic) {
    auto const* rate = std::get_if<SessionRate>(&traffic.volume);
    return rate && rate->per == RatePer::workday;
}

std::array<double, 7> row_weights(WeekShape const& week) {
    std::array<double, 7> weights{};
    for (std::size_t row = 0; row < 7; ++row) {
        auto const begin = week.begin() + static_cast<std::ptrdiff_t>(24 * row);
        weights[row] = std::accumulate(begin, begin + 24, 0.0);
    }
    return weights;
}

double flat_day(Traffic const& traffic, double month, std::size_t row) {
    auto weights = row_weights(traffic.week);
    if (only_workdays(traffic)) weights[5] = weights[6] = 0;
    if (std::holds_alternative<Schedule>(traffic.volume)) weights.fill(1);
    double const weight = std::accumulate(weights.begin(), weights.end(), 0.0);
    return month / FlatMonth::weeks * (weight > 0 ? weights[row] / weight : 1.0 / 7);
}

double hours_of_batch(std::optional<double> deadline_s, Lane lane) {
    constexpr double batch_h = 24;
    return deadline_s ? *deadline_s / 3600 : lane == Lane::batch ? batch_h : 1;
}

double hour_share(WeekShape const& week, std::array<double, 7> const& weights, std::size_t hour) {
    double const weight = weights[hour / 24];
    return weight > 0 ? week[hour] / weight : 1.0 / 24;
}

}  // namespace runrate
