#include "projection/level_quantiles.h"

#include <gtest/gtest.h>

namespace runrate {
namespace {

/// Levels whose calls all have one TTFT.
LoadCurve curve_of(std::vector<double> const& ttfts) {
    LoadCurve curve;
    for (double const ttft : ttfts) {
        LoadLevel level;
        level.in_flight = 4.0 * (1.0 + static_cast<double>(curve.levels.size()));
        level.ttft.add(ttft, 100);
        curve.levels.push_back(level);
    }
    return curve;
}

FluidDay day_of(std::vector<double> calls, double waited_s = 0) {
    FluidDay day;
    day.calls_by_level = std::move(calls);
    day.waited_s = waited_s;
    return day;
}

TEST(LevelQuantiles, AreOfTheCallsOfAllLevels) {
    auto const curve = curve_of({0.2, 0.5, 0.1});
    LevelQuantiles const ttft{{.curve = &curve}, &LoadLevel::ttft, true};
    EXPECT_NEAR(ttft.at(0.5, day_of({100, 0, 0, 0})), 0.2, 0.001);
    EXPECT_NEAR(ttft.at(0.2, day_of({10, 10, 80, 0})), 0.1, 0.001);
    EXPECT_NEAR(ttft.at(0.85, day_of({10, 10, 80, 0})), 0.2, 0.001);
    EXPECT_NEAR(ttft.at(0.95, day_of({10, 10, 80, 0})), 0.5, 0.002);
    EXPECT_EQ(ttft.at(0.95, day_of({0, 0, 0, 0})), 0);
}

TEST(LevelQuantiles, AddWhatCallsBeyondTheLastLevelWait) {
    auto const curve = curve_of({0.2, 0.5});
    auto const day = day_of({50, 0, 50}, 50 * 30.0);
    EXPECT_NEAR((LevelQuantiles{{.curve = &curve}, &LoadLevel::ttft, true}.at(0.95, day)), 30.5, 0.002);
    EXPECT_NEAR((LevelQuantiles{{.curve = &curve}, &LoadLevel::ttft, true}.at(0.4, day)), 0.2, 0.002);
    EXPECT_NEAR((LevelQuantiles{{.curve = &curve}, &LoadLevel::ttft, false}.at(0.95, day)), 0.5, 0.002);
}

}  // namespace
}  // namespace runrate
