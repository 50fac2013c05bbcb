#include "report/breakeven_text.h"

#include <gtest/gtest.h>

namespace runrate {
namespace {

BreakevenRow row_of(std::string const& status, Real safe50, Real safe80) {
    BreakevenRow row;
    row.status = status;
    row.range_from = 0.1, row.range_to = 10;
    row.safe50_sessions = safe50, row.safe50_tokens = safe50;
    row.safe80_sessions = safe80, row.safe80_tokens = safe80;
    row.p_always = 0.5, row.p_never = 0.1;
    return row;
}

TEST(BreakevenText, SaysOfEveryProbabilityFromWhichVolumeOn) {
    EXPECT_EQ(safe_text(row_of("crosses", 500, {})),
              "cheaper in half of the worlds from 500 sessions a month on (500 tokens), in 80% at no volume");
    EXPECT_EQ(safe_text(row_of("never", {}, {})),
              "cheaper in half of the worlds at no volume to the end of 0.1x to 10x");
    EXPECT_EQ(safe_text(row_of("always", 100, 100)),
              "cheaper in half of the worlds at every volume of 0.1x to 10x, and in 80%");
    EXPECT_EQ(safe_text(row_of("always", 100, 700)),
              "cheaper in half of the worlds at every volume of 0.1x to 10x, in 80% from 700 sessions a month on (700 "
              "tokens)");
    EXPECT_EQ(safe_text(row_of("always", 100, {})),
              "cheaper in half of the worlds at every volume of 0.1x to 10x, in 80% at no volume");
}

TEST(BreakevenText, SaysHowFarTheMixDecides) {
    Result r;
    for (auto const& [mix, safe] : {std::pair{"reference", 500.0}, {"chat alone", 100.0}}) {
        r.breakeven.push_back(row_of(mix == std::string{"reference"} ? "depends" : "always", safe, safe));
        r.breakeven.back().mix = mix;
    }
    EXPECT_EQ(mix_text(r, r.breakeven.front()), "depends on mix: from 100 to 500 sessions a month");
}

TEST(BreakevenText, HasNoRegretWhereThereIsNone) { EXPECT_EQ(regret_text(row_of("never", {}, {}), "USD"), ""); }

}  // namespace
}  // namespace runrate
