// The public tables under RUNRATE_DATA, fitted by our own program, against the goals of the calibration study.

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "calibration/prepare.h"
#include "calibration/validation.h"
#include "catalogue/load_catalogue.h"

namespace runrate {
namespace {

std::optional<Prepared> tables() {
    char const* folder = std::getenv("RUNRATE_DATA");
    if (folder == nullptr) return std::nullopt;
    return prepare({std::filesystem::path{folder} / "benchmarks"}, {},
                   load_catalogue({std::string{RUNRATE_SOURCE_DIR} + "/calibration"}));
}

std::size_t skipped_by(Prepared const& p, std::string_view rule) {
    return static_cast<std::size_t>(
        std::count_if(p.skipped.begin(), p.skipped.end(), [&](SkippedRow const& s) { return s.rule == rule; }));
}

TEST(Study, LeavesOutTheRowsThatItsRulesName) {
    auto const p = tables();
    if (!p) GTEST_SKIP() << "RUNRATE_DATA is not set";
    // 966 of them in the silicon table, as the study counts; the rest are InferenceX's.
    EXPECT_EQ(skipped_by(*p, "prompts and decodes run on GPUs of their own"), 1265U);
    EXPECT_EQ(skipped_by(*p, "speculative and plain runs of DeepSeek are not told apart"), 712U);  // study: 711
    EXPECT_EQ(skipped_by(*p, "more GPUs than a node has: the parallelism is written otherwise"), 67U);
    EXPECT_EQ(skipped_by(*p, "parallelism and expert parallelism disagree"), 51U);
    EXPECT_EQ(p->set.rows.size(), 1851U);
    EXPECT_EQ(p->set.combinations.size(), 143U);
}

/// Whether a figure is within the study's goal.
void expect_goal(Validation const& v, LeaveOut left_out, Figure figure) {
    auto const same = [&](ValidationRow const& e) { return e.left_out == left_out && e.figure == figure; };
    auto const row = std::find_if(v.errors.begin(), v.errors.end(), same);
    ASSERT_NE(row, v.errors.end());
    std::printf("%s, %s left out: %.1f / %.1f %%\n",
                std::string{figure_names[static_cast<std::size_t>(figure)]}.c_str(),
                std::string{leave_out_names[static_cast<std::size_t>(left_out)]}.c_str(), 100 * row->here.median,
                100 * row->here.p90);
    EXPECT_LE(row->here.median, row->study.goal->median);
    EXPECT_LE(row->here.p90, row->study.goal->p90);
}

void expect_coverage(Validation const& v) {
    ASSERT_EQ(v.coverage.size(), 1U);
    std::printf("80 %% intervals hold %.1f %%\n", 100 * v.coverage[0].covered);
    EXPECT_GE(v.coverage[0].covered, 0.75);
    EXPECT_LE(v.coverage[0].covered, 0.88);
}

// Each fold fitted all over again; fewer of them than `runrate validate` takes, so that more is left out.
TEST(Study, CombinationsThatAFitDidNotSeeAreWithinTheGoal) {
    auto const p = tables();
    if (!p) GTEST_SKIP() << "RUNRATE_DATA is not set";
    auto const v = validate(p->set, {.left_out = {LeaveOut::combination}, .folds = 4}, {});
    expect_goal(v, LeaveOut::combination, Figure::tpot);
    expect_goal(v, LeaveOut::nothing, Figure::saturated);
    expect_coverage(v);
}

TEST(Study, FamiliesThatAFitDidNotSeeAreWithinTheGoal) {
    auto const p = tables();
    if (!p) GTEST_SKIP() << "RUNRATE_DATA is not set";
    auto const v = validate(p->set, {.left_out = {LeaveOut::family}, .folds = 10}, {});
    expect_goal(v, LeaveOut::family, Figure::tpot);
    expect_goal(v, LeaveOut::family, Figure::ttft);
    expect_coverage(v);
}

}  // namespace
}  // namespace runrate
