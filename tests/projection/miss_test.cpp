#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include "projection/traffic_cases.h"
#include "projection/volume.h"
#include "stat/elementary.h"
#include "stat/interval.h"
#include "stat/stream.h"

namespace runrate {
namespace {

using testing::DoubleNear;
using testing::Each;
using testing::Ge;
using testing::Le;
using testing::Pointwise;
using namespace std::chrono_literals;

double share(Traffic const& traffic, double scale, double alive_s, Calendar const& calendar = four_weeks) {
    return miss_shares(traffic, expected_volumes(traffic, calendar, {}), scale, {.alive_s = alive_s}, {})[0];
}

/// A prefix in a vendor's cache: alive for `lifetime` after each use.
struct Cache {
    double lifetime;
    double alive_until = -1;

    bool misses(double t) {
        bool const gone = t > alive_until;
        alive_until = std::max(alive_until, t + lifetime);
        return gone;
    }
};

/// Uses at risk and misses of one simulated month.
struct Counted {
    double uses = 0, misses = 0;
};

/// Of independent months: the ratio of sums, and its standard error from the months' own residuals.
Estimate share_of(std::vector<Counted> const& months) {
    double uses = 0, misses = 0, residuals = 0;
    for (auto const& m : months) uses += m.uses;
    for (auto const& m : months) misses += m.misses;
    for (auto const& m : months) residuals += std::pow(m.misses - misses / uses * m.uses, 2);
    double const error = std::sqrt(residuals) / uses;
    return {.mean = misses / uses, .standard_error = error, .half_width = 4 * error};
}

/// The simulated share covers the formula, and is narrow enough to tell it from another.
void expect_covered(std::vector<Counted> const& months, double expected, double other) {
    auto const simulated = share_of(months);
    EXPECT_NEAR(simulated.mean, expected, simulated.half_width);
    EXPECT_LT(2 * simulated.half_width, std::abs(other - expected));
}

Counted month_of_single_calls(Traffic const& traffic, std::vector<double> const& day_factors, double lifetime,
                              Stream& chance) {
    Counted counted;
    Cache cache{lifetime};
    for (double t : starts(traffic, day_factors, chance)) {
        ++counted.uses;
        counted.misses += cache.misses(t);
    }
    return counted;
}

std::vector<double> const calm(28, 1.0);

Traffic consumers() {
    Traffic traffic = rate(40'000, RatePer::month);
    traffic.week = named_week("consumer");
    return traffic;
}

TEST(MissShares, SessionsOfOneCallAreCountedEventByEvent) {
    Stream chance{{.seed = 21, .purpose = Purpose::session}};
    std::vector<Counted> months;
    for (int i = 0; i < 20; ++i) months.push_back(month_of_single_calls(consumers(), calm, 60, chance));
    double const flat = share(rate(40'000, RatePer::month), 1, 60);
    expect_covered(months, share(consumers(), 1, 60), flat);
}

TEST(MissShares, DayFactorsAreAveragedWithTheTraffic) {
    Traffic traffic = consumers();
    traffic.day_to_day = Number{0.6};
    double const variance = std::log1p(0.36);
    Stream chance{{.seed = 22, .purpose = Purpose::session}};
    std::vector<Counted> months;
    for (int i = 0; i < 120; ++i) {
        std::vector<double> factors;
        for (int d = 0; d < 28; ++d)
            factors.push_back(std::exp(std::sqrt(variance) * real::normal_quantile(chance.uniform()) - variance / 2));
        months.push_back(month_of_single_calls(traffic, factors, 60, chance));
    }
    expect_covered(months, share(traffic, 1, 60), share(consumers(), 1, 60));
}

TEST(MissShares, SessionsOfSeveralUsesKeepThePrefixAliveForTheUnionOfTheirLifetimes) {
    Traffic const traffic = rate(20'000, RatePer::month);
    Stream chance{{.seed = 23, .purpose = Purpose::session}};
    std::vector<Counted> months;
    for (int i = 0; i < 20; ++i) {
        std::vector<std::pair<double, bool>> uses;  // when, and whether its own session leaves it at risk
        for (double t : starts(traffic, calm, chance)) {
            uses.insert(uses.end(),
                        {{t, true}, {t + 25, false}, {t + 105, true}});  // alive from 0 to 65 and from 105 to 145
        }
        std::sort(uses.begin(), uses.end());
        Cache cache{40};
        Counted counted;
        for (auto const& [t, at_risk] : uses) {
            bool const missed = cache.misses(t);
            EXPECT_TRUE(at_risk || !missed);
            counted.uses += at_risk;
            counted.misses += at_risk && missed;
        }
        months.push_back(counted);
    }
    expect_covered(months, share(traffic, 1, 65 + 40), share(traffic, 1, 3 * 40));
}

TEST(MissShares, AFlatWeekIsThePlainExponential) {
    Traffic const traffic = rate(28 * 1440, RatePer::month);
    EXPECT_NEAR(share(traffic, 1, 60), std::exp(-1), 1e-5);
    EXPECT_NEAR(share(traffic, 10, 60), std::exp(-10), 1e-5);
    EXPECT_NEAR(share(traffic, 1, 1e-3), 1, 1e-4);
}

TEST(MissShares, FallWithTrafficAndStayShares) {
    Traffic traffic = rate(5000, RatePer::month);
    traffic.week = named_week("business-hours");
    traffic.growth = {{ExponentialGrowth{Number{0.1}, false}, std::nullopt}};
    traffic.day_to_day = Number{0.3};
    auto const volumes = expected_volumes(traffic, {.start = 2026y / 1, .months = 24}, {});
    auto last = std::vector<double>(24, 1.0);
    for (double scale : {0.01, 1.0, 10.0, 100.0, 1e6}) {
        auto const now = miss_shares(traffic, volumes, scale, {.alive_s = 300}, {});
        EXPECT_THAT(now, Each(Ge(0)));
        EXPECT_THAT(now, Pointwise(Le(), last));
        last = now;
    }
}

TEST(MissShares, NightsMissMoreThanAFlatWeekWould) {
    Traffic const flat = rate(50'000, RatePer::month);
    Traffic shaped = flat;
    shaped.week = named_week("business-hours");
    EXPECT_GT(share(shaped, 10, 300), 5 * share(flat, 10, 300));
}

TEST(MissShares, HoursWithoutTrafficDoNotCount) {
    Traffic const night = [] {
        Traffic t = rate(28 * 360, RatePer::month);
        t.week = named_week("night");
        return t;
    }();
    EXPECT_NEAR(share(night, 1, 60), std::exp(-1), 1e-5);
}

TEST(MissShares, AFlatMonthIsTheMeanWeek) {
    Calendar flat = four_weeks;
    flat.flat_months = true;
    Traffic traffic = rate(1000, RatePer::day);
    traffic.week = named_week("office-hours");
    EXPECT_NEAR(share(traffic, 1, 60, flat), share(traffic, 1, 60), 1e-12);
    std::get<SessionRate>(traffic.volume).per = RatePer::workday;
    EXPECT_NEAR(share(traffic, 1, 60, flat), share(traffic, 1, 60), 1e-12);
}

TEST(MissShares, AMonthWithoutTrafficWouldMissAll) { EXPECT_EQ(share(rate(0, RatePer::month), 10, 300), 1); }

TEST(MissShares, OnlyTheFirstItemOfAStartMisses) {
    EXPECT_NEAR(share(jobs(Schedule::Every::day, 400), 1, 300), 1 / 400.0, 1e-15);
    EXPECT_NEAR(share(jobs(Schedule::Every::day, 400), 10, 300), 1 / 4000.0, 1e-15);
    EXPECT_EQ(share(jobs(Schedule::Every::week, 0.5), 1, 300), 1);
    Calendar flat = four_weeks;
    flat.flat_months = true;
    EXPECT_NEAR(share(jobs(Schedule::Every::week, 400), 1, 300, flat), 1 / 400.0, 1e-15);
}

/// Of 100 items that use the prefix with 1 % each, one is expected; some item does with 1 - 0.99^100.
TEST(Misses, OfAStartAreThoseInWhichSomeItemUsesThePrefix) {
    auto const traffic = jobs(Schedule::Every::day, 100);
    auto const volumes = expected_volumes(traffic, four_weeks, {});
    EXPECT_NEAR(miss_shares(traffic, volumes, 1, {.alive_s = 300, .used = 0.01}, {})[0], 1 - std::pow(0.99, 100),
                1e-12);
    EXPECT_NEAR(miss_shares(traffic, volumes, 1, {.alive_s = 300, .used = 1}, {})[0], 0.01, 1e-12);
    EXPECT_NEAR(miss_shares(traffic, volumes, 0.001, {.alive_s = 300, .used = 0.5}, {})[0], 1, 1e-12);
}

/// Two features of a workflow are one stream of starts to its prefix.
TEST(Misses, AreFewerWhereOthersKeepThePrefixAlive) {
    for (bool const flat : {false, true}) {
        Calendar calendar = four_weeks;
        calendar.flat_months = flat;
        auto const half = rate(2500, RatePer::month), whole = rate(5000, RatePer::month);
        auto const volumes = expected_volumes(half, calendar, {});
        PrefixUse const use{.alive_s = 300};
        auto const beside = miss_shares(half, volumes, 2, use, {}, alive_by_hour(half, volumes, use));
        EXPECT_NEAR(beside[0], miss_shares(whole, expected_volumes(whole, calendar, {}), 2, use, {})[0], 2e-5) << flat;
    }
}

/// Others do not keep it alive through a night without them.
TEST(Misses, OfAJobAreThoseThatOthersLeave) {
    auto const job = jobs(Schedule::Every::day, 10);
    auto const volumes = expected_volumes(job, four_weeks, {});
    PrefixUse const use{.alive_s = 300};
    AliveByHour others(1);
    EXPECT_NEAR(miss_shares(job, volumes, 1, use, {}, others)[0], 0.1, 1e-12);
    others[0].fill(2);
    EXPECT_NEAR(miss_shares(job, volumes, 1, use, {}, others)[0], 0.1 * std::exp(-2), 1e-12);
}

}  // namespace
}  // namespace runrate
