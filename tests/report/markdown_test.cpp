#include "report/markdown.h"

#include <gmock/gmock.h>

#include "report/example_result.h"

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
    EXPECT_THAT(section(page, "Cost"), HasSubstr("| FY2027 | 100x | \\$16.9M | \\[\\$13.4M .. \\$22.1M\\] |"));
    for (auto const* title : {"Per unit", "Lines", "Gates", "Warnings", "How far to trust it", "Provenance"}) {
        EXPECT_NE(section(page, title), "") << title;
    }
}

TEST(Markdown, ColumnsThatAreEmptyOrInTheTitleAreLeftOut) {
    auto const page = to_markdown(example::result());
    EXPECT_THAT(section(page, "Lines: 2026-12 at 10x customers"), Not(HasSubstr("| scale |")));
    EXPECT_THAT(section(page, "Against the bill"), HasSubstr("| option | scale | cause | amount |"));
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
