#include "experiment/event_day.h"

#include <map>

#include <gmock/gmock.h>

#include "experiment/pool_scenario.h"
#include "experiment/verify.h"
#include "projection/day_shape.h"

namespace runrate {
namespace {

using testing::HasSubstr;

std::string served_by_pool(std::string const& calendar = "{start: 2026-01, months: 3}") {
    return pool_scenario(
        ", router: session affinity, autoscale: {in_flight: 4 per replica, every: 30 s, cold_start: 3 min, most: 20}",
        calendar);
}

struct Loaded {
    std::shared_ptr<Scenario const> scenario;
    BillPlan plan;
    std::vector<std::vector<MonthVolume>> volumes;

    explicit Loaded(std::string const& text, std::size_t option = 1)
        : scenario{load_text(text).scenario}, plan{plan_bill(*scenario, OptionId{option})} {
        for (auto const& f : scenario->features) volumes.push_back(expected_volumes(f.traffic, scenario->calendar, {}));
    }
    [[nodiscard]] EventDayRun day(EventDay const& which, std::uint64_t seed = 1) const {
        return run_event_day(*scenario, plan, volumes, {{}, seed, 0}, which);
    }
};

TEST(EventDay, HasTheSessionsOfItsDay) {
    Loaded const l{served_by_pool()};
    auto const run = l.day({.month = 1, .day = 2});
    EXPECT_DOUBLE_EQ(run.expected[0], l.volumes[0][1].days[2].sessions);
    EXPECT_DOUBLE_EQ(run.expected[1], 800);
    for (std::size_t f = 0; f < 2; ++f) {
        auto const n = run.expected[f];
        EXPECT_NEAR(static_cast<double>(run.events.features[f].started), n, 5 * std::sqrt(n)) << f;
    }
    EXPECT_GT(run.events.pools.at(0).totals.paid_hours, 23.9);
}

TEST(EventDay, MultipliesTrafficButNoScheduleByItsFactor) {
    Loaded const l{served_by_pool()};
    auto const usual = l.day({.day = 5}), busy = l.day({.day = 5, .scale = 2, .factor = 1.5});
    EXPECT_DOUBLE_EQ(busy.expected[0], 3 * usual.expected[0]);
    EXPECT_DOUBLE_EQ(busy.expected[1], 2 * usual.expected[1]);
}

TEST(EventDay, WorksOffASchedulePastMidnight) {
    // From 20:00 for 8 hours: of a job of one day in a month, the half that is done by midnight.
    auto text = served_by_pool();
    text.replace(text.find("every: day"), 10, "every: month");
    Loaded const l{text};
    auto const first = l.day({.month = 1, .day = 0}), second = l.day({.month = 1, .day = 1});
    EXPECT_NEAR(static_cast<double>(first.events.features[1].started), 400, 5 * std::sqrt(400));
    EXPECT_NEAR(static_cast<double>(second.events.features[1].started), 400, 5 * std::sqrt(400));
    EXPECT_DOUBLE_EQ(first.expected[1], 800);
    EXPECT_DOUBLE_EQ(second.expected[1], 0);
}

TEST(EventDay, OfAFlatMonthIsARowOfItsWeek) {
    Loaded const l{served_by_pool("{start: 2026-01, months: 3, month: 730 h}")};
    double week = 0;
    for (std::size_t row = 0; row < 7; ++row) week += l.day({.day = row}).expected[0];
    EXPECT_NEAR(week, 50000 / FlatMonth::weeks, 1e-6);
}

TEST(EventDay, IsAFunctionOfItsArguments) {
    Loaded const l{served_by_pool()};
    auto const a = l.day({.day = 3}), b = l.day({.day = 3}), other = l.day({.day = 3}, 2);
    EXPECT_EQ(a.events.pools[0].totals.paid_hours, b.events.pools[0].totals.paid_hours);
    EXPECT_EQ(a.events.features[0].meters, b.events.features[0].meters);
    EXPECT_NE(a.events.features[0].meters, other.events.features[0].meters);
}

TEST(EventDay, StartsItsPoolAsFullAsItShallBe) {
    // Else a busy evening would begin with the fewest replicas, and its backlog with the most.
    Loaded const l{served_by_pool()};
    auto const run = l.day({.day = 3, .scale = 40});
    auto const& t = run.events.pools[0].totals;
    EXPECT_LT(t.peak_replicas, 2.5 * t.paid_hours / 24);
}

TEST(EventDay, RunsEnginesAsFastAsItsWorldDrawsThem) {
    Loaded const l{served_by_pool()};
    auto const tpot = [&](EventWorld const& world) {
        auto const d = run_event_day(*l.scenario, l.plan, l.volumes, world, {.day = 3}).events.pools.at(0).tpot;
        return d.sum_s / static_cast<double>(d.sketch.count());
    };
    for (std::uint32_t number = 0; number < 3; ++number) {
        EventWorld const drawn{{}, 1, number, true}, usual{{}, 1, number};
        double const slower = event_pool(*l.scenario, l.plan, 0, drawn).parameters.step_s /
                              event_pool(*l.scenario, l.plan, 0, usual).parameters.step_s;
        EXPECT_NEAR(tpot(drawn) / tpot(usual), slower, 0.25 * std::abs(slower - 1)) << number;
    }
}

TEST(Verify, HoldsEverySessionCallAndTokenAgainstTheProjection) {
    auto const loaded = load_text(served_by_pool());
    auto const rows = verify(*loaded.scenario, {.months = {"2026-02"}, .week = true});
    int compared = 0;
    std::map<std::string, double> sessions, expected;
    for (auto const& r : rows) {
        if (r.item == "sessions" && r.of == "chat") {
            sessions[r.option] += *r.simulated;
            expected[r.option] += *r.projected;
        }
        if (r.item == "sessions" || r.item == "items" || !r.projected || r.of.starts_with("pool")) continue;
        // Tokens of some thousand sessions, each with a geometric number of turns or less.
        EXPECT_NEAR(*r.simulated / *r.projected, 1, 0.2) << r.date << " " << r.of << " " << r.item;
        ++compared;
    }
    EXPECT_EQ(compared, 2 * 7 * 2 * 3);
    EXPECT_EQ(sessions["api"], sessions["self-host"]);  // options meet the same sessions
    EXPECT_NEAR(sessions["api"], expected["api"], 4 * std::sqrt(expected["api"]));
}

TEST(Verify, SaysWhatPoolsDid) {
    auto const loaded = load_text(served_by_pool());
    auto const rows = verify(*loaded.scenario, {.options = {"self-host"}, .scales = {2}, .months = {"2026-02"}});
    std::vector<std::string> days;
    for (auto const& r : rows) {
        if (r.item != "paid replica-hours") continue;
        EXPECT_EQ(r.of, "pool own");
        EXPECT_GE(*r.simulated, 24 - 1e-9);
        EXPECT_EQ(r.scale, 2);
        days.push_back(r.weekday + " " + r.date);
    }
    EXPECT_EQ(days, (std::vector<std::string>{"Mon 2026-02-02", "Sun 2026-02-08"}));
}

TEST(Verify, KnowsOfFailures) {
    auto const text = pool_scenario(", failures: {every: 5 h, repair: 1 h}") + "plan: {own: {at_least: 40}}\n";
    auto const rows = verify(*load_text(text).scenario, {.options = {"self-host"}, .months = {"2026-02"}});
    for (auto const& r : rows) {
        if (r.item != "paid replica-hours") continue;
        EXPECT_NEAR(*r.projected, 40 * 24 * 5 / 6.0, 1e-6);
        EXPECT_NEAR(*r.simulated / *r.projected, 1, 0.05);  // some 160 repairs of an hour each
    }
}

TEST(Verify, IsTheSameOnAnyNumberOfThreads) {
    auto const loaded = load_text(served_by_pool());
    VerifySettings settings{.options = {"self-host"}, .months = {"2026-01"}, .threads = 1};
    auto const one = verify(*loaded.scenario, settings);
    settings.threads = 3;
    auto const three = verify(*loaded.scenario, settings);
    ASSERT_EQ(one.size(), three.size());
    for (std::size_t i = 0; i < one.size(); ++i) EXPECT_EQ(one[i].simulated, three[i].simulated);
}

TEST(Verify, NamesWhatTheScenarioLacks) {
    auto const loaded = load_text(served_by_pool());
    auto const said = [&](VerifySettings const& settings) -> std::string {
        try {
            static_cast<void>(verify(*loaded.scenario, settings));
        } catch (std::invalid_argument const& e) { return e.what(); }
        return "";
    };
    EXPECT_EQ(said({.options = {"hybrid"}}), "no option 'hybrid' in the scenario");
    EXPECT_EQ(said({.months = {"2027-01"}}), "no month '2027-01' in the horizon (2026-01 to 2026-03)");
    auto text = served_by_pool();
    text.replace(text.find(", router"), text.find("}}}\n", text.find(", router")) - text.find(", router") + 1,
                 ", capacity: {output: 900 tokens/s}");
    auto const stated = load_text(text);
    EXPECT_THROW(static_cast<void>(verify(*stated.scenario, {})), std::invalid_argument);
}

}  // namespace
}  // namespace runrate
