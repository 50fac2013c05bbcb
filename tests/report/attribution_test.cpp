#include "report/attribution.h"

#include <gmock/gmock.h>

#include "report/example_result.h"
#include "report/selection.h"

namespace runrate {
namespace {

using testing::ElementsAre;

Amount sum(std::vector<Attributed> const& parts) {
    Amount total;
    for (auto const& part : parts) total = total + part.amount;
    return total;
}

std::vector<std::string> values(std::vector<Attributed> const& parts) {
    std::vector<std::string> names;
    for (auto const& part : parts) names.push_back(part.value);
    return names;
}

TEST(Attribution, OverAnyTagSumsToTheBillExactly) {
    auto const result = example::result();
    for (auto const& bill : result.cost) {
        for (auto const* tag : {"team", "product", "environment", "feature"}) {
            auto const parts = attribute(result, tag, {bill.option, bill.scale, bill.period});
            EXPECT_EQ(sum(parts), bill.mean) << tag << ' ' << bill.option << ' ' << bill.period;
        }
    }
}

TEST(Attribution, FeaturesWithoutTheTagAreUntaggedAndLinesOfNoFeatureShared) {
    auto const result = example::result();
    BillKey const bill{"api", 1, "2026-01"};
    EXPECT_THAT(values(attribute(result, "team", bill)), ElementsAre("support", "(shared)", "(untagged)"));
    EXPECT_THAT(values(attribute(result, "product", bill)), ElementsAre("helpdesk", "(shared)"));
    EXPECT_THAT(values(attribute(result, "feature", bill)), ElementsAre("support-chat", "(shared)", "nightly-tagging"));
    EXPECT_THAT(attribute(result, "team", bill)[1], (Attributed{"(shared)", {1'675'000'000}}));
}

TEST(Attribution, ABillThatDoesNotExistHasNoParts) {
    EXPECT_TRUE(attribute(example::result(), "team", {"api", 7, "2026-01"}).empty());
}

TEST(Selection, ShowsTheReferenceMonthItsQuarterAndWholeFiscalYears) {
    auto const shown = select(example::result(), {});
    std::vector<std::string> names;
    for (auto const& period : shown.periods) names.push_back(period.name);
    EXPECT_THAT(names, ElementsAre("2026-12", "2026-Q4", "FY2027"));
    EXPECT_EQ(shown.period, "2026-12");
    EXPECT_EQ(shown.scale, 10);
}

TEST(Selection, WithoutAWholeFiscalYearShowsTheHorizonAndWithoutAReferenceTheFirstMonth) {
    auto result = example::result();
    std::erase_if(result.cost, [](CostRow const& row) { return row.period == "FY2027"; });
    result.scenario.reference_period = "2031-01";
    std::vector<std::string> names;
    for (auto const& period : select(result, {}).periods) names.push_back(period.name);
    EXPECT_THAT(names, ElementsAre("2026-01", "2026-Q1", "horizon"));
}

}  // namespace
}  // namespace runrate
