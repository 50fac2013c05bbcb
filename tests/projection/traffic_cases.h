#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string_view>

#include "projection/volume.h"
#include "stat/stream.h"

namespace runrate {

inline Traffic rate(double count, RatePer per) {
    Traffic traffic;
    traffic.volume = SessionRate{Number{count}, per, false};
    return traffic;
}

inline Traffic jobs(Schedule::Every every, double items) {
    Traffic traffic;
    traffic.volume = Schedule{every, std::nullopt, 0, Number{items}};
    return traffic;
}

inline WeekShape named_week(std::string_view name) {
    for (auto const& [known, week] : named_weeks()) {
        if (known == name) return week;
    }
    throw std::invalid_argument{"no such week"};
}

/// 1 to 28 February 2027 are four whole weeks, Monday first.
inline Calendar const four_weeks{.start = std::chrono::year{2027} / 2, .months = 1};
inline constexpr double seconds = 28 * 86400.0;

/// Starts of a Poisson process that follows the hours of the month and the factors of its days, by thinning.
inline std::vector<double> starts(Traffic const& traffic, std::vector<double> const& day_factors, Stream& chance) {
    double const mean = expected_volumes(traffic, four_weeks, {})[0].sessions / seconds;
    auto const rate_at = [&](double t) {
        return mean * traffic.week[static_cast<std::size_t>(t / 3600) % 168] *
               day_factors[static_cast<std::size_t>(t / 86400)];
    };
    double const peak = mean * *std::max_element(traffic.week.begin(), traffic.week.end()) *
                        *std::max_element(day_factors.begin(), day_factors.end());
    std::vector<double> result;
    for (double t = 0; (t -= std::log(chance.uniform()) / peak) < seconds;) {
        if (chance.uniform() * peak < rate_at(t)) result.push_back(t);
    }
    return result;
}

inline std::vector<double> totals(std::vector<MonthVolume> const& volumes) {
    std::vector<double> sessions;
    for (auto const& volume : volumes) sessions.push_back(volume.sessions);
    return sessions;
}

}  // namespace runrate
