// Hours for which a vendor keeps a shared prefix, against sessions that are laid over each other one by one.

#include "projection/storage.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include "projection/traffic_cases.h"
#include "stat/elementary.h"
#include "stat/interval.h"

namespace runrate {
namespace {

using namespace std::chrono_literals;

/// One feature's traffic with its volumes, which a keeper refers to.
struct Feature {
    Traffic traffic;
    std::vector<MonthVolume> volumes;
    PrefixUse use;

    Feature(Traffic t, PrefixUse u, Calendar const& calendar = four_weeks)
        : traffic{std::move(t)}, volumes{expected_volumes(traffic, calendar, {})}, use{u} {}

    [[nodiscard]] PrefixKeeper keeper() const { return {&traffic, &volumes, use}; }
};

double hours(Feature const& feature, double scale = 1) {
    PrefixKeeper const keeper[] = {feature.keeper()};
    return alive_hours(keeper, scale, {})[0][0];
}

/// When a session, which starts at 0, keeps the prefix alive: stretches of time.
using Stretches = std::vector<std::pair<double, double>>;

/// Hours of the month that lie in any of the stretches; what reaches beyond its end is laid at its beginning, where the
/// month before would have left as much.
double union_hours(Stretches all) {
    for (std::size_t i = 0, n = all.size(); i < n; ++i) {
        if (all[i].second <= seconds) continue;
        all.emplace_back(std::max(0.0, all[i].first - seconds), all[i].second - seconds);
        all[i].second = seconds;
    }
    std::sort(all.begin(), all.end());
    double sum = 0, until = 0;
    for (auto const& [from, to] : all) {
        if (to <= until) continue;
        sum += to - std::max(from, until);
        until = to;
    }
    return sum / 3600;
}

std::vector<double> const usual(28, 1.0);

/// Hours kept in independent months of sessions with the given life.
template <class Factors>
Estimate simulated(Traffic const& traffic, Stretches const& life, int months, Factors const& day_factors,
                   std::uint64_t seed) {
    Stream chance{{.seed = seed, .purpose = Purpose::session}};
    std::vector<double> kept;
    for (int i = 0; i < months; ++i) {
        Stretches all;
        for (double t : starts(traffic, day_factors(chance), chance)) {
            for (auto const& [from, to] : life) all.emplace_back(t + from, t + to);
        }
        kept.push_back(union_hours(std::move(all)));
    }
    return estimate(kept);
}

Estimate simulated(Traffic const& traffic, Stretches const& life, int months, std::uint64_t seed) {
    return simulated(
        traffic, life, months, [](Stream&) { return usual; }, seed);
}

/// The simulated hours cover the formula, and are narrow enough to tell it from another.
void expect_covered(Estimate const& simulated, double expected, double other) {
    EXPECT_NEAR(simulated.mean, expected, 4 * simulated.standard_error);
    EXPECT_LT(8 * simulated.standard_error, std::abs(other - expected));
}

TEST(AliveHours, OfSessionsLaidOverEachOtherCountOnce) {
    auto const traffic = rate(2000, RatePer::month);
    double const expected = hours({traffic, {.alive_s = 600}});
    EXPECT_NEAR(expected, 672 * (1 - std::exp(-2000 / 672.0 / 6)), 1e-9);
    double const each = 2000 * 600 / 3600.0;  // were every session's own
    expect_covered(simulated(traffic, {{0, 600}}, 20, 31), expected, each);
}

TEST(AliveHours, ReachFromBusyHoursIntoTheNight) {
    Traffic traffic = rate(4000, RatePer::month);
    for (std::size_t hour = 0; hour < traffic.week.size(); ++hour)
        traffic.week[hour] = hour % 24 >= 9 && hour % 24 < 17 ? 3 : 0;
    double const local = [&] {  // were only the hour's own rate to count
        double sum = 0;
        for (double of_hour : traffic.week) sum += 4 * (1 - std::exp(-4000 / 672.0 * of_hour));
        return sum;
    }();
    expect_covered(simulated(traffic, {{0, 3600}}, 20, 32), hours({traffic, {.alive_s = 3600}}), local);
}

TEST(AliveHours, OfLivesWithGapsAreThoseOfOneStretchAsLong) {
    auto const traffic = rate(4000, RatePer::month);
    Stretches const life{{0, 400}, {2000, 2200}, {7000, 7300}};
    expect_covered(simulated(traffic, life, 20, 33), hours({traffic, {.alive_s = 900}}),
                   hours({traffic, {.alive_s = 7300}}));
}

TEST(AliveHours, AreAveragedOverTheFactorsOfDays) {
    Traffic traffic = rate(1500, RatePer::month);
    double const calm = hours({traffic, {.alive_s = 1800}});
    traffic.day_to_day = Number{0.6};
    double const variance = std::log1p(0.36);
    auto const factors = [&](Stream& chance) {
        std::vector<double> days;
        for (int d = 0; d < 28; ++d)
            days.push_back(std::exp(std::sqrt(variance) * real::normal_quantile(chance.uniform()) - variance / 2));
        return days;
    };
    expect_covered(simulated(traffic, {{0, 1800}}, 200, factors, 34), hours({traffic, {.alive_s = 1800}}), calm);
}

TEST(AliveHours, OfTwoFeaturesThatShareAPrefixAreThoseOfBothTogether) {
    Traffic busy = rate(3000, RatePer::month);
    busy.week = named_week("business-hours");
    auto const steady = rate(500, RatePer::month);
    Feature const one{busy, {.alive_s = 1000}}, two{steady, {.alive_s = 4000}};
    PrefixKeeper const both[] = {one.keeper(), two.keeper()};
    auto const parts = alive_hours(both, 1, {});
    Stream chance{{.seed = 35, .purpose = Purpose::session}};
    std::vector<double> kept;
    for (int i = 0; i < 20; ++i) {
        Stretches all;
        for (double t : starts(busy, usual, chance)) all.emplace_back(t, t + 1000);
        for (double t : starts(steady, usual, chance)) all.emplace_back(t, t + 4000);
        kept.push_back(union_hours(std::move(all)));
    }
    expect_covered(estimate(kept), parts[0][0] + parts[1][0], hours(one) + hours(two));
    EXPECT_LT(parts[0][0], hours(one));
    EXPECT_LT(parts[1][0], hours(two));
    PrefixKeeper const turned[] = {two.keeper(), one.keeper()};
    EXPECT_NEAR(alive_hours(turned, 1, {})[1][0], parts[0][0], 1e-9);
}

TEST(AliveHours, AreAtMostThoseOfTheMonthAndGrowWithTraffic) {
    Traffic traffic = rate(5000, RatePer::month);
    traffic.week = named_week("night");
    traffic.day_to_day = Number{0.3};
    double last = 0;
    for (double scale : {0.0, 0.01, 1.0, 100.0, 1e6}) {
        double const now = hours({traffic, {.alive_s = 7 * 86400.0}}, scale);
        EXPECT_GE(now, last);
        EXPECT_LE(now, 672 + 1e-9);
        last = now;
    }
    EXPECT_NEAR(last, 672, 1e-9);
    EXPECT_NEAR(hours({traffic, {.alive_s = 40 * 86400.0}}), 672, 1e-9);  // longer than a week
    EXPECT_EQ(hours({rate(0, RatePer::month), {.alive_s = 300}}), 0);
    EXPECT_EQ(hours({traffic, {.alive_s = 0}}), 0);
}

TEST(AliveHours, OfFewSessionsAreEachTheirOwn) {
    EXPECT_NEAR(hours({rate(1, RatePer::month), {.alive_s = 3.6}}), 1e-3, 1e-8);
}

TEST(AliveHours, OfAFlatMonthAreThoseOfItsMeanWeek) {
    Calendar flat = four_weeks;
    flat.flat_months = true;
    EXPECT_NEAR(hours({rate(1e6, RatePer::month), {.alive_s = 3600}, flat}), 730, 1e-9);
    Traffic traffic = rate(20, RatePer::workday);
    traffic.week = named_week("office-hours");
    EXPECT_NEAR(hours({traffic, {.alive_s = 5000}, flat}) / 730, hours({traffic, {.alive_s = 5000}}) / 672, 1e-12);
}

TEST(AliveHours, OfAJobAreThoseAfterEachStart) {
    EXPECT_NEAR(hours({jobs(Schedule::Every::day, 400), {.alive_s = 1800}}), 14, 1e-12);
    EXPECT_NEAR(hours({jobs(Schedule::Every::day, 400), {.alive_s = 30 * 3600}}), 672, 1e-12);  // until the next start
    EXPECT_NEAR(hours({jobs(Schedule::Every::workday, 400), {.alive_s = 30 * 3600}}), 4 * (4 * 24 + 30), 1e-12);
    EXPECT_NEAR(hours({jobs(Schedule::Every::day, 100), {.alive_s = 18, .used = 0.01}}),
                28 * 0.5 * (1 - std::pow(0.99, 100)), 1e-9);
    Calendar flat = four_weeks;
    flat.flat_months = true;
    EXPECT_NEAR(hours({jobs(Schedule::Every::week, 400), {.alive_s = 3600}, flat}), 730 / 168.0, 1e-12);
}

}  // namespace
}  // namespace runrate
