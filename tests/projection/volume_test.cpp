#include "projection/volume.h"

#include <gmock/gmock.h>

#include "projection/traffic_cases.h"

namespace runrate {
namespace {

using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;
using testing::Pointwise;
using namespace std::chrono_literals;

Calendar months(Month start, int count) { return {.start = start, .months = count}; }

std::vector<double> totals_of(Traffic const& traffic, Calendar const& calendar) {
    return totals(expected_volumes(traffic, calendar, {}));
}

double on(MonthVolume const& month, Date day) {
    for (auto const& d : month.days) {
        if (d.day == day) return d.sessions;
    }
    ADD_FAILURE() << "no day " << to_string(day);
    return 0;
}

TEST(Volume, ATotalPerMonthIsKeptWhateverTheLengthOfTheMonth) {
    Traffic traffic = rate(50'000, RatePer::month);
    traffic.week = named_week("business-hours");
    EXPECT_THAT(totals_of(traffic, months(2026y / 1, 12)), Each(DoubleNear(50'000, 1e-9)));
}

TEST(Volume, OtherRatesCountTheirDays) {
    EXPECT_THAT(totals_of(rate(10, RatePer::day), months(2026y / 1, 3)), Pointwise(DoubleNear(1e-9), {310, 280, 310}));
    EXPECT_THAT(totals_of(rate(7, RatePer::week), months(2026y / 1, 2)), Pointwise(DoubleNear(1e-9), {31, 28}));
    EXPECT_THAT(totals_of(rate(6, RatePer::workday), months(2026y / 1, 3)),
                Pointwise(DoubleNear(1e-9), {6 * 22, 6 * 20, 6 * 22}));
    EXPECT_NEAR(totals_of(rate(6, RatePer::workday), months(2026y / 7, 1))[0], 6 * 23, 1e-9);
}

TEST(Volume, ALeapYearHasADayMore) {
    EXPECT_NEAR(totals_of(rate(10, RatePer::day), months(2028y / 2, 1))[0], 290, 1e-9);
    EXPECT_EQ(expected_volumes(rate(10, RatePer::day), months(2028y / 2, 1), {})[0].days.size(), 29u);
}

// domain.md 1.1, W5: 1,000 users with 1,000 requests per day.
TEST(Volume, ARatePerCustomerCountsCustomers) {
    Traffic traffic = rate(1000, RatePer::day);
    traffic.customers.count = Number{1000};
    EXPECT_NEAR(totals_of(traffic, months(2026y / 4, 1))[0], 30'000, 1e-9);
    std::get<SessionRate>(traffic.volume).per_customer = true;
    EXPECT_NEAR(totals_of(traffic, months(2026y / 4, 1))[0], 30e6, 1e-6);
}

TEST(Volume, WeekShapesOnlyDistribute) {
    Traffic traffic = rate(50'000, RatePer::month);
    traffic.week = named_week("business-hours");
    auto const month = expected_volumes(traffic, months(2026y / 6, 1), {})[0];
    EXPECT_NEAR(on(month, Date{2026y / 6 / 6}) / on(month, Date{2026y / 6 / 5}), 0.15, 1e-12);
    EXPECT_EQ(on(month, Date{2026y / 6 / 1}), on(month, Date{2026y / 6 / 2}));
}

TEST(Volume, HolidaysMoveAMonthsTotalAndTakeFromARatePerWorkday) {
    Calendar calendar = months(2026y / 12, 1);
    calendar.holidays = std::set<Date>{Date{2026y / 12 / 25}};
    Traffic traffic = rate(50'000, RatePer::month);
    traffic.week = named_week("business-hours");
    auto const month = expected_volumes(traffic, calendar, {})[0];
    EXPECT_NEAR(month.sessions, 50'000, 1e-9);
    EXPECT_EQ(on(month, Date{2026y / 12 / 25}), on(month, Date{2026y / 12 / 27}));
    EXPECT_GT(on(month, Date{2026y / 12 / 24}),
              on(expected_volumes(traffic, months(2026y / 12, 1), {})[0], Date{2026y / 12 / 24}));
    EXPECT_NEAR(totals_of(rate(6, RatePer::workday), calendar)[0], 6 * 22, 1e-9);
}

TEST(Volume, ARatePerWorkdayLiesOnWorkdays) {
    auto const month = expected_volumes(rate(6, RatePer::workday), months(2026y / 8, 1), {})[0];
    EXPECT_EQ(on(month, Date{2026y / 8 / 1}), 0);
    EXPECT_NEAR(on(month, Date{2026y / 8 / 3}), 6, 1e-12);
}

TEST(Volume, AMonthWhoseDaysAllWeighNothingIsDividedEvenly) {
    Traffic traffic = rate(20, RatePer::workday);
    traffic.week.fill(0);
    for (std::size_t hour = 5 * 24; hour < 168; ++hour) traffic.week[hour] = 3.5;
    auto const month = expected_volumes(traffic, months(2026y / 2, 1), {})[0];
    EXPECT_NEAR(on(month, Date{2026y / 2 / 2}), 20, 1e-12);
    EXPECT_NEAR(month.sessions, 400, 1e-9);
}

TEST(Volume, GrowthIsFlatWithinAMonthAndOneInTheFirst) {
    Traffic traffic = rate(1000, RatePer::month);
    traffic.growth = {{ExponentialGrowth{Number{0.04}, false}, std::nullopt}};
    auto const volumes = expected_volumes(traffic, months(2026y / 1, 3), {});
    EXPECT_THAT(totals(volumes), Pointwise(DoubleNear(1e-9), {1000.0, 1040.0, 1081.6}));
    EXPECT_EQ(volumes[1].days.front().sessions, volumes[1].days.back().sessions);
}

TEST(Volume, ASeasonHasMeanOneOverTheYear) {
    Traffic traffic = rate(1000, RatePer::month);
    traffic.season.emplace();
    for (std::size_t m = 0; m < 12; ++m) (*traffic.season)[m] = Number{m == 11 ? 4.0 : 2.0};
    auto const year = totals_of(traffic, months(2026y / 7, 12));
    EXPECT_NEAR(std::accumulate(year.begin(), year.end(), 0.0), 12'000, 1e-9);
    EXPECT_NEAR(year[5] / year[4], 2, 1e-12);
    EXPECT_NEAR(year[0], 1000 * 2 / (26.0 / 12), 1e-9);
}

TEST(Volume, EventsAddToTheTotalOnTheirDays) {
    Traffic traffic = rate(30'000, RatePer::month);
    traffic.events = {{"launch", Date{2026y / 6 / 29}, 5, Number{3}}};
    auto const volumes = expected_volumes(traffic, months(2026y / 6, 3), {});
    EXPECT_NEAR(volumes[0].sessions, 30'000 + 2 * 2 * 1000, 1e-9);
    EXPECT_NEAR(volumes[1].sessions, 30'000 * (1 + 2 * 3 / 31.0), 1e-9);
    EXPECT_NEAR(volumes[2].sessions, 30'000, 1e-9);
    EXPECT_NEAR(on(volumes[0], Date{2026y / 6 / 29}), 3000, 1e-9);
    EXPECT_NEAR(on(volumes[0], Date{2026y / 6 / 28}), 1000, 1e-9);
}

TEST(Volume, SchedulesRunOnTheirDays) {
    using Every = Schedule::Every;
    Calendar calendar = months(2026y / 8, 2);
    calendar.holidays = std::set<Date>{Date{2026y / 8 / 3}};
    EXPECT_THAT(totals_of(jobs(Every::day, 20'000), calendar), ElementsAre(31 * 20'000, 30 * 20'000));
    EXPECT_THAT(totals_of(jobs(Every::workday, 10), calendar), ElementsAre(200, 220));
    EXPECT_THAT(totals_of(jobs(Every::month, 10), calendar), ElementsAre(10, 10));
    Traffic weekly = jobs(Every::week, 400);
    std::get<Schedule>(weekly.volume).weekday = std::chrono::Saturday;
    EXPECT_THAT(totals_of(weekly, calendar), ElementsAre(5 * 400, 4 * 400));
    EXPECT_EQ(on(expected_volumes(weekly, calendar, {})[0], Date{2026y / 8 / 8}), 400);
}

TEST(Volume, AHolidayDoesNotMoveAWeeklyJob) {
    Traffic weekly = jobs(Schedule::Every::week, 400);
    std::get<Schedule>(weekly.volume).weekday = std::chrono::Monday;
    Calendar calendar = months(2026y / 8, 1);
    calendar.holidays = std::set<Date>{Date{2026y / 8 / 3}};
    EXPECT_EQ(on(expected_volumes(weekly, calendar, {})[0], Date{2026y / 8 / 3}), 400);
}

TEST(Volume, SchedulesGrow) {
    Traffic traffic = jobs(Schedule::Every::month, 100);
    traffic.growth = {{ExponentialGrowth{Number{0.5}, false}, std::nullopt}};
    EXPECT_THAT(totals_of(traffic, months(2026y / 1, 3)), Pointwise(DoubleNear(1e-9), {100, 150, 225}));
}

Calendar flat(int count) { return {.start = 2026y / 1, .months = count, .flat_months = true}; }

TEST(FlatMonth, Has365TwelfthsDaysAndFiveSeventhsOfThemAreWorkdays) {
    EXPECT_THAT(totals_of(rate(12, RatePer::day), flat(3)), Each(DoubleNear(365, 1e-9)));
    EXPECT_THAT(totals_of(rate(84, RatePer::workday), flat(3)), Each(DoubleNear(365 * 5, 1e-9)));
    EXPECT_THAT(totals_of(rate(84, RatePer::week), flat(3)), Each(DoubleNear(365, 1e-9)));
    EXPECT_THAT(totals_of(rate(84, RatePer::month), flat(3)), Each(84));
}

TEST(FlatMonth, IsOneEntryOnItsFirstDay) {
    auto const volumes = expected_volumes(rate(12, RatePer::day), flat(2), {});
    ASSERT_EQ(volumes[1].days.size(), 1u);
    EXPECT_EQ(volumes[1].days[0].day, Date{2026y / 2 / 1});
    EXPECT_EQ(volumes[1].days[0].sessions, volumes[1].sessions);
}

TEST(FlatMonth, SchedulesRunOnTheMeanNumberOfDays) {
    using Every = Schedule::Every;
    EXPECT_NEAR(totals_of(jobs(Every::day, 12), flat(1))[0], 365, 1e-9);
    EXPECT_NEAR(totals_of(jobs(Every::workday, 84), flat(1))[0], 365 * 5, 1e-9);
    EXPECT_NEAR(totals_of(jobs(Every::week, 84), flat(1))[0], 365, 1e-9);
    EXPECT_NEAR(totals_of(jobs(Every::month, 84), flat(1))[0], 84, 1e-9);
}

TEST(FlatMonth, EventsAddDays) {
    Traffic traffic = rate(12, RatePer::day);
    traffic.events = {{"launch", Date{2026y / 1 / 30}, 3, Number{3}}};
    EXPECT_THAT(totals_of(traffic, flat(3)), Pointwise(DoubleNear(1e-9), {365 + 2 * 2 * 12, 365 + 2 * 12, 365}));
}

}  // namespace
}  // namespace runrate
