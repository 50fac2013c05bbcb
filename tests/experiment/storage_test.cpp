// Caches whose storage is billed by the hour, from the scenario to the bill.

#include <cmath>

#include <gmock/gmock.h>

#include "run_text.h"

namespace runrate {
namespace {

/// One call of 100,000 tokens of system prompt and nothing else, in a flat month of 730 hours.
Result asked(std::string const& sessions, std::string const& lifetime = "20 days", std::string const& scales = "1",
             std::string const& more = {}) {
    auto const yaml =
        "schema: runrate/scenario/1\nname: storage\ncalendar: {start: 2026-01, months: 1, month: 730 h}\nscales: {by: "
        "[" +
        scales + "]}\nfeatures:\n  chat: {traffic: {sessions: " + sessions + ", week: flat, day_to_day: 0%}, " +
        "session: {turn: ask}}\n" + more +
        "workflows: {ask: {context: {system: 100k tokens, cache: {lifetime: " + lifetime +
        "}}, steps: [{call: writer, output: 0 tokens}]}}\n" +
        "options:\n  kept: {serve: {default: test/kept}}\n  forgetful: {serve: {default: test/forgetful}}\n";
    StudySettings settings;
    settings.worlds = 64;
    return run(*load_text(yaml).scenario, settings).result;
}

double total(Result const& r, std::string const& option, double scale = 1) {
    return dollars(cost_of(r, option, scale, "2026-01").mean);
}

UsageRow usage_of(Result const& r, std::string const& meter, double scale = 1) {
    for (auto const& row : r.usage) {
        if (row.option == "kept" && row.meter == meter && row.scale == scale && row.period == "2026-01") return row;
    }
    throw std::out_of_range(meter);
}

TEST(CacheStorage, BreaksEvenAtFourReadsAnHour) {
    auto const even = asked("2920 per month");  // 4 an hour
    EXPECT_DOUBLE_EQ(total(even, "kept"), 365);
    EXPECT_DOUBLE_EQ(total(even, "forgetful"), 365);
    auto const fewer = asked("2919 per month"), more = asked("2921 per month");
    EXPECT_NEAR(total(fewer, "kept") - total(fewer, "forgetful"), 0.1125, 1e-6);
    EXPECT_NEAR(total(more, "kept") - total(more, "forgetful"), -0.1125, 1e-6);
}

TEST(CacheStorage, OfASharedPrefixIsPaidOnceHoweverManySessionsKeepIt) {
    auto const r = asked("2920 per month", "20 days", "1, 10");
    for (double scale : {1.0, 10.0}) {
        auto const row = usage_of(r, "cache_storage", scale);
        EXPECT_NEAR(*row.mean, 100'000 * 730.0, 1);
        EXPECT_EQ(row.unit, "token-hours");
        EXPECT_EQ(row.target, "test/kept");
    }
    EXPECT_DOUBLE_EQ(total(r, "kept", 10), 328.5 + 365);  // storage as before, ten times the reads
}

TEST(CacheStorage, OfFewSessionsIsThatOfTheHoursInWhichOneKeepsIt) {
    auto const r = asked("730 per month", "1 h");
    double const alive = 1 - std::exp(-1);
    EXPECT_NEAR(*usage_of(r, "cache_storage").mean, 100'000 * 730 * alive, 1);
    EXPECT_NEAR(*usage_of(r, "cache_read").mean, 100'000 * 730 * alive, 2e3);
    EXPECT_NEAR(*usage_of(r, "input").mean, 100'000 * 730 * (1 - alive), 2e3);
}

/// Nothing but storage is billed, of a cache that is always kept: it costs the same however many sessions come.
TEST(CacheStorage, OfACacheThatIsAlwaysKeptHasNoChance) {
    auto const spread = [](std::string const& sessions, std::string const& lifetime) {
        auto const yaml =
            "schema: runrate/scenario/1\nname: storage\ncalendar: {start: 2026-01, months: 1, month: 730 h}\n"
            "scales: {by: [1]}\nfeatures:\n  chat: {traffic: {sessions: " +
            sessions + ", week: flat, day_to_day: 40%}, session: {turn: ask}}\n" +
            "workflows: {ask: {context: {system: 100k tokens, cache: {lifetime: " + lifetime +
            "}}, steps: [{call: writer, output: 0 tokens}]}}\noptions: {kept: {serve: {default: test/room}}}\n";
        StudySettings settings;
        settings.worlds = 64;
        auto const r = run(*load_text(yaml).scenario, settings).result;
        auto const& row = cost_of(r, "kept", 1, "2026-01");
        return (dollars(row.p95) - dollars(row.p5)) / dollars(row.mean);
    };
    EXPECT_NEAR(spread("2920 per month", "20 days"), 0, 1e-6);
    EXPECT_GT(spread("20 per month", "5 min"), 0.5);  // each session pays its own
}

TEST(CacheStorage, IsDividedAmongFeaturesThatShareThePrefix) {
    auto const r = asked("1095 per month", "1 h", "1",
                         "  visits: {traffic: {sessions: 365 per month, week: flat, day_to_day: 0%}, session: {turn: "
                         "ask}}\n");
    double chat = 0, visits = 0;
    for (auto const& row : r.usage) {
        if (row.meter != "cache_storage" || row.period != "2026-01") continue;
        (row.feature == "chat" ? chat : visits) += *row.mean;
    }
    double const both = 100'000 * 730 * (1 - std::exp(-2));
    EXPECT_NEAR(chat, both * 0.75, 1);
    EXPECT_NEAR(visits, both * 0.25, 1);
}

TEST(CacheStorage, IsALineOfItsOwnWithItsSource) {
    auto const r = asked("2920 per month");
    bool line = false, source = false;
    for (auto const& row : r.cost_lines) {
        if (row.option != "kept" || row.line != "writer cache_storage" || row.period != "2026-01") continue;
        line = true;
        EXPECT_DOUBLE_EQ(dollars(row.mean), 328.5);
        EXPECT_EQ(row.group, "API fees");
        EXPECT_EQ(row.unit, "token-hours");
    }
    for (auto const& row : r.provenance) {
        if (row.item != "price of test/kept: cache_storage") continue;
        source = true;
        EXPECT_EQ(row.value, "4.5");
        EXPECT_EQ(row.unit, "$/M tokens per hour");
    }
    EXPECT_TRUE(line && source);
}

}  // namespace
}  // namespace runrate
