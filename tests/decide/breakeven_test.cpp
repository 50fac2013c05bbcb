#include "decide/breakeven.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace runrate {
namespace {

std::vector<double> volumes() {
    std::vector<double> v;
    for (int i = 0; i <= 40; ++i) v.push_back(0.1 * std::pow(10, i / 10.0));
    return v;
}

/// The same difference in every draw.
template <class D>
Differences certain(D const& d) {
    Differences all{volumes(), {}, {0, 1, 2, 3}};
    for (double const v : all.volumes) all.samples.push_back(std::vector<double>(4, d(v)));
    return all;
}

TEST(Breakeven, OfFixedCostsAndACheaperPieceIsTheirQuotient) {
    double const fixed = 500, price = 3, cost = 1;
    auto const d = certain([&](double v) { return fixed + (cost - price) * v; });
    auto const curve = cheaper_at(d);
    auto const intervals = cheaper_intervals(curve);
    ASSERT_EQ(intervals.size(), 1U);
    EXPECT_NEAR(intervals[0].from, fixed / (price - cost), 1e-9);
    EXPECT_EQ(intervals[0].to, curve.back().volume);
    auto const worlds = crossings(d);
    EXPECT_NEAR(*worlds.p50, 250, 1e-9);
    EXPECT_EQ(worlds.never + worlds.always, 0);
    auto const safe = safe_volume(d, 0.5);
    EXPECT_EQ(safe.kind, SafeVolume::Kind::from);
    EXPECT_NEAR(safe.volume, 250, 1e-6);
}

TEST(Breakeven, IsNoneWhereThePieceIsNoCheaper) {
    for (double const cost : {3.0, 4.0}) {
        auto const d = certain([&](double v) { return 500 + (cost - 3) * v; });
        auto const curve = cheaper_at(d);
        EXPECT_TRUE(cheaper_intervals(curve).empty());
        EXPECT_EQ(safe_volume(d, 0.5).kind, SafeVolume::Kind::never);
        EXPECT_EQ(crossings(d).never, 1);
        EXPECT_FALSE(crossings(d).p50);
    }
}

TEST(Breakeven, OfAStaircaseHasEveryCrossingAndIsSafeAfterTheLast) {
    // Steps of 40 for every 10 begun, against 4.4 a piece: cheaper from 9.09 to 10, 18.18 to 20, and 27.27 on
    // (at 30 a step of 40 brings 160 against 132).
    Differences d{{}, {}, {0}};
    for (int i = 1; i <= 400; ++i) d.volumes.push_back(0.1 * i);
    for (double const v : d.volumes) d.samples.push_back({40 * std::ceil(v / 10 - 1e-9) - 4.4 * v});
    auto const intervals = cheaper_intervals(cheaper_at(d));
    ASSERT_EQ(intervals.size(), 4U);
    EXPECT_NEAR(intervals[0].from, 40 / 4.4, 0.01);
    EXPECT_NEAR(intervals[0].to, 10, 0.11);
    EXPECT_NEAR(intervals[1].from, 80 / 4.4, 0.01);
    EXPECT_NEAR(intervals[2].from, 120 / 4.4, 0.01);
    EXPECT_NEAR(intervals[3].from, 160 / 4.4, 0.01);
    auto const safe = safe_volume(d, 0.5);
    EXPECT_EQ(safe.kind, SafeVolume::Kind::from);
    EXPECT_NEAR(safe.volume, 160 / 4.4, 0.1);
}

TEST(Breakeven, BetweenEqualOptionsIsZeroEverywhere) {
    auto const d = certain([](double) { return 0.0; });
    for (auto const& at : cheaper_at(d)) {
        EXPECT_EQ(at.mean, 0);
        EXPECT_EQ(at.probability, 1);
    }
    EXPECT_EQ(safe_volume(d, 0.8).kind, SafeVolume::Kind::always);
    EXPECT_EQ(crossings(d).always, 1);
    auto const r = regret(d.samples[0]);
    EXPECT_EQ(r.challenger + r.baseline, 0);
}

TEST(Breakeven, IsSafeOnlyWhereItStaysProbable) {
    // Draw k crosses at 10 (k + 1), but draw 3 never does.
    Differences d{volumes(), {}, {0, 0, 1, 1}};
    for (double const v : d.volumes) d.samples.push_back({100 - 10 * v, 200 - 10 * v, 300 - 10 * v, 50});
    auto const curve = cheaper_at(d);
    EXPECT_NEAR(curve.back().probability, 0.75, 1e-12);
    auto const half = safe_volume(d, 0.5);
    EXPECT_EQ(half.kind, SafeVolume::Kind::from);
    EXPECT_NEAR(half.volume, 20, 1e-6);
    EXPECT_EQ(safe_volume(d, 0.8).kind, SafeVolume::Kind::never);
    auto const worlds = crossings(d);
    EXPECT_NEAR(*worlds.p50, 20, 1e-9);
    EXPECT_NEAR(worlds.never, 0.25, 1e-12);
    EXPECT_GT(curve.back().standard_error, 0.1);
}

/// domain.md 3.4: units of $3,467.50 a month that serve 23,221M tokens each, against prices per million tokens.
TEST(Breakeven, IsThatOfTheTableOfUnits) {
    constexpr double unit = 3467.5, serves = 23'221;
    struct Row {
        double price, bare, spare, quarter, one;
    };
    constexpr Row rows[] = {{0.88, 3940, 7881, 12'616, 35'495}, {5.625, 616, 1233, 1974, 4937},
                            {6.25, 555, 1110, 1776, 4443},      {9, 385, 771, 1234, 3085},
                            {15, 231, 462, 740, 1851},          {17.5, 198, 396, 634, 1587}};
    auto const breakeven = [&](double price, double spares, double staff) {
        Differences d{{}, {}, {0}};
        for (int v = 50; v <= 40'000; v += 50) d.volumes.push_back(v);
        for (double const v : d.volumes)
            d.samples.push_back({unit * (std::ceil(v / serves) + spares) + staff - price * v});
        return safe_volume(d, 0.5).volume;
    };
    for (auto const& row : rows) {
        EXPECT_NEAR(breakeven(row.price, 0, 0), row.bare, 0.6) << row.price;
        EXPECT_NEAR(breakeven(row.price, 1, 0), row.spare, 0.6) << row.price;
        EXPECT_NEAR(breakeven(row.price, 1, 50'000.0 / 12), row.quarter, 0.6) << row.price;
        EXPECT_NEAR(breakeven(row.price, 1, 250'000.0 / 12), row.one, 0.6) << row.price;
    }
}

TEST(Breakeven, TriesVolumesEvenlyInLogarithmsAndOne) {
    auto const v = even_volumes(0.1, 300, 17);
    ASSERT_EQ(v.size(), 17U);
    EXPECT_EQ(v.front(), 0.1);
    EXPECT_EQ(v.back(), 300);
    EXPECT_EQ(std::count(v.begin(), v.end(), 1.0), 1);
    EXPECT_NEAR(v[10] / v[9], v[15] / v[14], 1e-9);
    EXPECT_EQ(even_volumes(2, 8, 3)[1], 4);
}

TEST(Breakeven, RegretsEitherChoice) {
    std::vector<double> const d{10, -30, 5, -1};
    auto const r = regret(d);
    EXPECT_DOUBLE_EQ(r.challenger, 15.0 / 4);
    EXPECT_DOUBLE_EQ(r.baseline, 31.0 / 4);
}

}  // namespace
}  // namespace runrate
