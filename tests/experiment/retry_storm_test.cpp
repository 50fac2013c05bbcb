#include <gtest/gtest.h>

#include "experiment/pool_run.h"

namespace runrate {
namespace {

/// A pool with a short queue, asked for more than it serves in busy hours, by callers who try again.
Result run_storm(std::string const& attempts) {
    auto text = pool_scenario(", admission: {in_flight: 16 per replica, queue: 4}") +
                "plan: {own: {at_least: 1, rest: {on_demand: $4/GPU-h}}}\n";
    text.replace(text.find("options:"), 8,
                 "gateway: {retry: {attempts: " + attempts + ", backoff: 2 s x2 up to 30 s}}\noptions:");
    StudySettings settings;
    settings.worlds = 64;
    settings.options = {"self-host"};
    settings.scales = {120};
    return run(*load_text(text).scenario, settings).result;
}

std::optional<double> turned_away(Result const& r) {
    for (auto const& row : r.accuracy)
        if (row.metric == "share turned away, events less fluid") return row.value;
    return std::nullopt;
}

bool unreliable(Result const& r) {
    for (auto const& row : r.warnings)
        if (row.code == "projection.unreliable") return true;
    return false;
}

TEST(RetryStorm, IsProjectedRightOrSaidNotToBe) {
    for (auto const* attempts : {"1", "5"}) {
        auto const r = run_storm(attempts);
        auto const more = turned_away(r);
        ASSERT_TRUE(more) << attempts;
        RecordProperty(std::string{"points_more_with_attempts_"} + attempts, std::to_string(100 * *more));
        EXPECT_EQ(unreliable(r), std::abs(*more) > 0.02) << attempts << ": " << *more;
    }
    EXPECT_TRUE(unreliable(run_storm("5"))) << "what is tried again comes on top";
}

}  // namespace
}  // namespace runrate
