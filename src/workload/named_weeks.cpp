#include <numeric>

#include "workload/traffic.h"

namespace runrate {
namespace {

using DayShape = std::array<double, 24>;

// The shapes are conventions that scenarios can name, not measurements; whoever has a trace gives 168 numbers. Only the
// extremes of the consumer's day are taken from data: ServeGen's API mixes (arXiv 2505.09999) peak at 1.14 to 1.46
// times the mean of the day and fall to 0.45 to 0.84 of it.

/// Full from 9 to 17, with a slow end of the day; 5 % of the peak at night.
constexpr DayShape business_day{0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.1, 0.3, 0.7, 1,   1,   1,
                                1,    1,    1,    1,    1,    0.7,  0.4, 0.3, 0.2, 0.1, 0.1, 0.05};
/// From 8 to 19, and almost nobody else.
constexpr DayShape office_day{0.03, 0.03, 0.03, 0.03, 0.03, 0.03, 0.03, 0.03, 1,    1,    1,    1,
                              1,    1,    1,    1,    1,    1,    1,    0.03, 0.03, 0.03, 0.03, 0.03};
constexpr DayShape consumer_day{0.90, 0.72, 0.60, 0.53, 0.50, 0.52, 0.60, 0.72, 0.90, 0.99, 1.05, 1.09,
                                1.13, 1.12, 1.11, 1.13, 1.17, 1.18, 1.28, 1.39, 1.46, 1.44, 1.30, 1.17};
constexpr DayShape night_day{1, 1, 1, 1, 1, 1};

/// Monday to Friday at the day's level, Saturday and Sunday at `weekend` times it; mean 1.
WeekShape week_of(DayShape const& day, double weekend) {
    WeekShape week{};
    for (std::size_t h = 0; h < week.size(); ++h) week[h] = day[h % 24] * (h / 24 < 5 ? 1 : weekend);
    double const sum = std::accumulate(week.begin(), week.end(), 0.0);
    for (double& hour : week) hour *= static_cast<double>(week.size()) / sum;
    return week;
}

}  // namespace

WeekShape flat_week() {
    WeekShape week{};
    week.fill(1);
    return week;
}

std::vector<std::pair<std::string, WeekShape>> const& named_weeks() {
    static std::vector<std::pair<std::string, WeekShape>> const weeks{{"flat", flat_week()},
                                                                      {"business-hours", week_of(business_day, 0.15)},
                                                                      {"office-hours", week_of(office_day, 0.03)},
                                                                      {"consumer", week_of(consumer_day, 1.1)},
                                                                      {"night", week_of(night_day, 1)}};
    return weeks;
}

}  // namespace runrate
