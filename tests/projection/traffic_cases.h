#pragma once

#include <numeric>
#include <stdexcept>
#include <string_view>

#include "projection/volume.h"

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

inline std::vector<double> totals(std::vector<MonthVolume> const& volumes) {
    std::vector<double> sessions;
    for (auto const& volume : volumes) sessions.push_back(volume.sessions);
    return sessions;
}

}  // namespace runrate
