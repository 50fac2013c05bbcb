#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>

#include "workload/traffic.h"

namespace runrate {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::Ge;

WeekShape named(std::string_view name) {
    for (auto const& [known, week] : named_weeks()) {
        if (known == name) return week;
    }
    ADD_FAILURE() << "no week " << name;
    return flat_week();
}

double sum(WeekShape const& week, std::size_t from, std::size_t to) {
    return std::accumulate(week.begin() + static_cast<std::ptrdiff_t>(from),
                           week.begin() + static_cast<std::ptrdiff_t>(to), 0.0);
}
double day(WeekShape const& week, std::size_t row) { return sum(week, 24 * row, 24 * (row + 1)); }

TEST(NamedWeeks, AreTheFiveThatScenariosCanName) {
    std::vector<std::string> names;
    for (auto const& [name, week] : named_weeks()) names.push_back(name);
    EXPECT_THAT(names, ElementsAre("flat", "business-hours", "office-hours", "consumer", "night"));
}

TEST(NamedWeeks, HaveMeanOneAndNoNegativeHour) {
    for (auto const& [name, week] : named_weeks()) {
        EXPECT_NEAR(sum(week, 0, 168), 168, 1e-10) << name;
        EXPECT_THAT(week, Each(Ge(0))) << name;
    }
    EXPECT_THAT(named("flat"), Each(1.0));
}

TEST(NamedWeeks, BusinessHoursPeakFromNineToFiveAndKeepNightsAndWeekends) {
    auto const week = named("business-hours");
    EXPECT_EQ(*std::max_element(week.begin(), week.end()), week[9]);
    EXPECT_EQ(week[9], week[16]);
    EXPECT_LT(week[17], week[16]);
    EXPECT_GT(week[3], 0);
    EXPECT_LT(week[3], 0.1 * week[12]);
    EXPECT_NEAR(day(week, 5) / day(week, 2), 0.15, 1e-12);
}

TEST(NamedWeeks, OfficeHoursAreAlmostEmptyOutside) {
    auto const week = named("office-hours");
    EXPECT_EQ(week[8], week[18]);
    EXPECT_NEAR(week[19] / week[18], 0.03, 1e-12);
    EXPECT_NEAR(week[7] / week[8], 0.03, 1e-12);
    EXPECT_NEAR(week[6 * 24 + 12] / week[12], 0.03, 1e-12);
}

// domain.md 4.2: peak 1.14 to 1.46 and trough 0.45 to 0.84 times the mean of the day.
TEST(NamedWeeks, ConsumersComeInTheEveningAndMoreAtTheWeekend) {
    auto const week = named("consumer");
    double const mean = day(week, 0) / 24;
    auto const peak = std::max_element(week.begin(), week.begin() + 24);
    EXPECT_NEAR(*peak / mean, 1.46, 0.005);
    EXPECT_NEAR(*std::min_element(week.begin(), week.begin() + 24) / mean, 0.5, 0.005);
    EXPECT_EQ(peak - week.begin(), 20);
    EXPECT_NEAR(day(week, 6) / day(week, 0), 1.1, 1e-12);
}

TEST(NamedWeeks, NightIsFromMidnightToSix) {
    auto const week = named("night");
    for (std::size_t hour = 0; hour < 168; ++hour) EXPECT_NEAR(week[hour], hour % 24 < 6 ? 4 : 0, 1e-12);
}

}  // namespace
}  // namespace runrate
