#include "workload/calendar.h"

#include <gmock/gmock.h>

namespace runrate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

std::vector<std::string> names(Calendar const& c, PeriodKind kind) {
    std::vector<std::string> result;
    for (auto const& p : periods(c)) {
        if (p.kind == kind) result.push_back(p.name);
    }
    return result;
}

Period named(Calendar const& c, std::string_view name) {
    auto const all = periods(c);
    auto const at = find_period(all, name);
    EXPECT_TRUE(at.has_value()) << name;
    return at ? all[*at] : Period{};
}

TEST(Periods, AYearFromJanuaryHasMonthsQuartersOneFiscalYearAndTheHorizon) {
    Calendar const c{.start = 2026y / 1, .months = 12};
    EXPECT_EQ(periods(c).size(), 12u + 4 + 1 + 1);
    EXPECT_EQ(periods(c).front().name, "2026-01");
    EXPECT_EQ(periods(c).back().name, "horizon");
    EXPECT_THAT(names(c, PeriodKind::quarter), ElementsAre("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"));
    EXPECT_THAT(names(c, PeriodKind::fiscal_quarter), IsEmpty());
    EXPECT_THAT(names(c, PeriodKind::fiscal_year), ElementsAre("FY2026"));
    for (auto const& p : periods(c)) EXPECT_TRUE(p.complete()) << p.name;
}

TEST(Periods, AFiscalYearFromFebruaryIsNamedByTheYearInWhichItEnds) {
    Calendar const c{.start = 2026y / 1, .months = 24, .fiscal_year_starts = std::chrono::February};
    EXPECT_THAT(names(c, PeriodKind::fiscal_year), ElementsAre("FY2026", "FY2027", "FY2028"));
    auto const year = named(c, "FY2027");
    EXPECT_EQ(c.month(year.first), 2026y / 2);
    EXPECT_EQ(c.month(year.first + year.months - 1), 2027y / 1);
    EXPECT_TRUE(year.complete());
}

TEST(Periods, PartsOfYearsAtBothEndsKnowWhatIsMissing) {
    Calendar const c{.start = 2026y / 1, .months = 24, .fiscal_year_starts = std::chrono::February};
    EXPECT_EQ(named(c, "FY2026").months, 1);
    EXPECT_EQ(named(c, "FY2028").months, 11);
    EXPECT_EQ(named(c, "FY2028").whole, 12);
    EXPECT_FALSE(named(c, "FY2028").complete());
    EXPECT_EQ(named(c, "FY2026-Q4").months, 1);
    EXPECT_EQ(named(c, "horizon").whole, 24);
}

TEST(Periods, FiscalQuartersCountFromTheStartOfTheirYear) {
    Calendar const c{.start = 2026y / 1, .months = 8, .fiscal_year_starts = std::chrono::February};
    EXPECT_THAT(names(c, PeriodKind::fiscal_quarter), ElementsAre("FY2026-Q4", "FY2027-Q1", "FY2027-Q2", "FY2027-Q3"));
    EXPECT_EQ(named(c, "FY2027-Q1").first, 1);
    EXPECT_EQ(named(c, "FY2027-Q1").months, 3);
    EXPECT_EQ(named(c, "FY2027-Q3").months, 1);
    EXPECT_EQ(named(c, "2026-Q1").first, 0);
}

TEST(Periods, AFiscalYearCanBeNamedByTheYearInWhichItStarts) {
    Calendar const c{
        .start = 2026y / 2, .months = 12, .fiscal_year_starts = std::chrono::February, .named_by_start = true};
    EXPECT_THAT(names(c, PeriodKind::fiscal_year), ElementsAre("FY2026"));
    EXPECT_EQ(names(c, PeriodKind::fiscal_quarter).front(), "FY2026-Q1");
}

TEST(Periods, AFiscalYearFromJanuaryHasOneNameEitherWay) {
    Calendar c{.start = 2026y / 1, .months = 12};
    auto const by_end = names(c, PeriodKind::fiscal_year);
    c.named_by_start = true;
    EXPECT_EQ(names(c, PeriodKind::fiscal_year), by_end);
}

TEST(Periods, EachKindCutsTheHorizonWithoutGapOrOverlap) {
    for (unsigned first = 1; first <= 12; ++first) {
        Calendar const c{.start = 2025y / 11, .months = 17, .fiscal_year_starts = std::chrono::month{first}};
        std::map<PeriodKind, int> next;
        for (auto const& p : periods(c)) {
            EXPECT_EQ(p.first, next[p.kind]) << p.name;
            EXPECT_LE(p.months, p.whole);
            next[p.kind] += p.months;
        }
        for (auto const& [kind, covered] : next) EXPECT_EQ(covered, 17);
    }
}

TEST(Periods, AnUnknownNameIsNotFound) {
    EXPECT_EQ(find_period(periods({.start = 2026y / 1}), "2027-01"), std::nullopt);
}

TEST(Calendar, KnowsItsHolidaysAndEnds) {
    Calendar const c{.start = 2028y / 1, .months = 2, .holidays = std::set<Date>{Date{2028y / 1 / 1}}};
    EXPECT_TRUE(c.holiday(Date{2028y / 1 / 1}));
    EXPECT_FALSE(c.holiday(Date{2028y / 1 / 2}));
    EXPECT_EQ(c.end() - c.first(), std::chrono::days{31 + 29});
}

}  // namespace
}  // namespace runrate
