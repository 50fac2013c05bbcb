#include "report/markdown.h"

#include <gmock/gmock.h>

#include "report/example_breakeven.h"

namespace runrate {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string section(std::string const& page, std::string const& title) {
    auto const from = page.find("## " + title);
    auto const to = page.find("\n## ", from);
    return from == std::string::npos ? "" : page.substr(from, to == std::string::npos ? to : to - from);
}

TEST(Markdown, GatesWholeAndWithThreeDigits) {
    EXPECT_EQ(section(to_markdown(example::result()), "Gates"), R"(## Gates

| gate | value | bound | verdict |
| --- | ---: | ---: | --- |
| P95 of api at 1x in FY2027 below 900000 | 179k | 900k | pass |
| P95 of api at 10x in FY2027 below 900000 | 1.79M | 900k | breach |
)");
}

TEST(Markdown, AnswersFirstAndSaysLastHowFarToTrustIt) {
    auto const page = to_markdown(example::result());
    EXPECT_TRUE(page.starts_with("# Support assistant\n"));
    EXPECT_THAT(section(page, "Cost at the scales"),
                HasSubstr("| FY2027 | 100x | \\$16.9M | \\[\\$13.4M .. \\$22.1M\\] |"));
    for (auto const* title : {"Options", "Per unit", "Gates", "Warnings", "How far to trust it"}) {
        EXPECT_NE(section(page, title), "") << title;
    }
}

TEST(Markdown, ColumnsThatAreEmptyOrInTheTitleAreLeftOut) {
    auto const page = to_markdown(example::result());
    EXPECT_THAT(section(page, "Per unit: 2026-12 at 10x customers"),
                HasSubstr("| option | feature | unit | mean | p5 | p50 | p95 | revenue | margin |"));
}

TEST(Markdown, OneScalePerQuarterAndFiscalYear) {
    auto const costs = section(to_markdown(example::result()), "Cost of quarters and fiscal years at 1x customers");
    EXPECT_THAT(costs, HasSubstr("| period | months | api P5 | api P50 | api P95 | api-small P5 |"));
    EXPECT_THAT(costs, HasSubstr("| FY2027 | 12 | \\$152k | \\$192k | \\$251k |"));
    EXPECT_THAT(costs, HasSubstr("| 2027-Q1 | 1 |"));
    EXPECT_THAT(costs, Not(HasSubstr("2026-12")));
}

TEST(Markdown, AsksWhatTheOptionsAnswer) {
    EXPECT_THAT(to_markdown(example::result()), HasSubstr("**Question:** What does api or api-small cost?\n"));
    auto const page = to_markdown(example::own_result());
    EXPECT_THAT(page,
                HasSubstr("What does api, api-small or own cost, and from which volume on is own cheaper than api?"));
    EXPECT_THAT(section(page, "Options"), HasSubstr("| own | pool large | yes |"));
    EXPECT_THAT(section(page, "Options"), HasSubstr("| api-small | openai/gpt-5-mini, openai/text-embedding-3-small,"));
}

TEST(Markdown, TheBreakevenWhole) {
    auto const page = to_markdown(example::own_result());
    EXPECT_EQ(section(page, "Breakeven"), R"(## Breakeven: multiples of 2026-12 from 0.1x to 300x, its mix of features

| challenger | baseline | counted | cheaper in half of the worlds | in 80% | never | always | wrong challenger, a year at 1x | wrong baseline, a year at 1x |
| --- | --- | --- | --- | --- | ---: | ---: | ---: | ---: |
| own | api | as bought | from 148k sessions a month on (33.0B tokens) | at no volume | 0% | 0% | \$1.00 | \$2.50k |
| own | api | with what failed sessions cost | at no volume | at no volume | 90% | 0% | \$1.00 | \$2.50k |

- own against api, as bought: at 1x cheaper for good from 2026-07 on
- own against api, as bought: as dear as api at 1x with GPUs at \$1.90/h
- own against api, with what failed sessions cost: at 1x cheaper for good from 2026-07 on
- own against api, with what failed sessions cost: as dear as api at 1x with GPUs at \$1.90/h
)");
    EXPECT_THAT(section(page, "P(cheaper)"), HasSubstr("| counted | 1x | 10x |\n| --- | --- | --- | ---: | ---: |\n"
                                                       "| own | api | as bought | 34% ± 1.7% | 34% ± 1.7% |\n"));
    EXPECT_THAT(page, Not(HasSubstr("means of a month"))) << "every volume is for a page of the comparison alone";
}

TEST(Markdown, SaysHowOwnGpusServeAndWhatIsDecided) {
    auto const page = to_markdown(example::own_result());
    EXPECT_THAT(section(page, "Own GPUs: 2026-12"),
                HasSubstr("| own | large | 10x | 2.04 | 3.08 | 12% | \\$6.62k | 427 ms | 1.25 s | 95% |\n"));
    EXPECT_THAT(section(page, "What is decided"),
                HasSubstr("| own | large at least | 2 | replicas | 2026-01 | given |"));
    EXPECT_THAT(section(page, "Accuracy"), HasSubstr("| TPOT, 8 of 10 within | 0.156 | yes |"));
    EXPECT_THAT(section(page, "How far to trust it"), HasSubstr("step times of pool large are within 16%"));
    EXPECT_THAT(section(page, "How far to trust it"), HasSubstr("- Not modelled: "));
}

TEST(Markdown, AComparisonAloneShowsEveryVolume) {
    auto const page = breakeven_markdown(example::own_result());
    EXPECT_EQ(section(page, "own against api, as bought"), R"(## own against api, as bought: means of a month

| volume | sessions | api | own | P(cheaper) | replicas |
| ---: | ---: | ---: | ---: | ---: | ---: |
| 0.1x | 9.56k | \$17.6k | -\$23.7k | 34% ± 1.7% | 2 |
| 1x | 95.6k | \$17.6k | -\$23.7k | 34% ± 1.7% | 2 |
| 10x | 956k | \$17.6k | -\$23.7k | 34% ± 1.7% | 2 |
)");
    EXPECT_NE(section(page, "own against api, with what failed sessions cost"), "");
    EXPECT_EQ(section(page, "Warnings"), "") << "those of volumes only";
    EXPECT_EQ(section(page, "Cost"), "");
}

TEST(Markdown, SaysWhenARunIsPartial) {
    auto result = example::result();
    EXPECT_THAT(to_markdown(result), Not(HasSubstr("Partial")));
    result.status = Status::partial;
    EXPECT_THAT(to_markdown(result), HasSubstr("**Partial"));
}

TEST(Markdown, AResultOfNothingIsStillAPage) {
    EXPECT_THAT(to_markdown(Result{}), HasSubstr("## How far to trust it"));
}

}  // namespace
}  // namespace runrate
