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

// The folds that `runrate validate` takes, each fitted all over again.
TEST(Study, WhatAFitDidNotSeeIsWithinTheGoal) {
    auto const p = tables();
    if (!p) GTEST_SKIP() << "RUNRATE_DATA is not set";
    auto const v = validate(p->set, {.left_out = {LeaveOut::combination, LeaveOut::family}, .folds = 10}, {});
    expect_goal(v, LeaveOut::combination, Figure::tpot);
    expect_goal(v, LeaveOut::combination, Figure::saturated);
    expect_goal(v, LeaveOut::family, Figure::tpot);
    expect_goal(v, LeaveOut::family, Figure::ttft);
    expect_goal(v, LeaveOut::nothing, Figure::saturated);
    ASSERT_EQ(v.coverage.size(), 2U);
    for (auto const& c : v.coverage) {
        std::printf("80 %% intervals hold %.1f %%\n", 100 * c.covered);
        EXPECT_GE(c.covered, 0.75);
        EXPECT_LE(c.covered, 0.88);
    }
    auto const fitted = summarise(v.in_sample, Figure::tpot);
    EXPECT_LE(fitted.median, 0.028);  // the study's own
    EXPECT_LE(fitted.p90, 0.096);
}

}  // namespace
}  // namespace runrate
