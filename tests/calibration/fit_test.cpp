#include <cmath>

#include <gtest/gtest.h>

#include "calibration/offset_fit.h"
#include "calibration/pooled_fit.h"
#include "calibration/synthetic.h"

namespace runrate {
namespace {

double worst(StudySet const& set, std::vector<LogParameters> const& logs, RowMask const& mask) {
    double most = 0;
    for (std::size_t i = 0; i < set.combinations.size(); ++i)
        for (auto const& r : residuals_of(set, set.combinations[i], logs[i], mask))
            most = std::max(most, std::abs(r.log_error));
    return most;
}

std::vector<LogParameters> pooled_of(StudySet const& set, Design const& design, Eigen::VectorXd const& coefficients) {
    std::vector<LogParameters> logs;
    for (auto const& c : set.combinations) logs.push_back(design.parameters(c, coefficients));
    return logs;
}

TEST(Fit, FindsWhatAPooledSetExplains) {
    auto set = six_engines();
    Design const design{set.combinations};
    auto truth = design.prior_medians();
    for (Eigen::Index j = 0; j < truth.size(); ++j) truth[j] += 0.2 * std::sin(static_cast<double>(j) * 1.7);
    measure(set, pooled_of(set, design, truth));
    RowMask const all(set.rows.size(), 1);
    EXPECT_GT(worst(set, pooled_of(set, design, design.prior_medians()), all), 0.1);
    auto const fit = fit_pooled(set, design, all, nullptr, {});
    EXPECT_LT(worst(set, pooled_of(set, design, fit.coefficients), all), 0.03);
}

TEST(Fit, WhatAModelLaunchesIsLearntFromItsOtherEngines) {
    auto set = six_engines();
    Design const design{set.combinations};
    auto truth = design.prior_medians();
    for (std::size_t j = 0; j < design.columns().size(); ++j)
        if (design.columns()[j].covariate == "model big" && design.columns()[j].parameter == StepParameter::step)
            truth[static_cast<Eigen::Index>(j)] = 0.4;
    auto const true_logs = pooled_of(set, design, truth);
    measure(set, true_logs);
    RowMask seen(set.rows.size(), 1);
    std::size_t unseen = 0;
    for (std::size_t i = 0; i < set.combinations.size(); ++i) {
        if (set.combinations[i].family != "big trtllm") continue;
        unseen = i;
        for (auto const row : set.combinations[i].rows) seen[row] = 0;
    }
    auto const fitted = pooled_of(set, design, fit_pooled(set, design, seen, nullptr, {}).coefficients);
    constexpr auto step = static_cast<Eigen::Index>(StepParameter::step);
    EXPECT_NEAR(fitted[unseen][step], true_logs[unseen][step], 0.1);
}

TEST(Fit, OffsetsTakeUpWhatThePooledSetCannot) {
    auto set = six_engines();
    Design const design{set.combinations};
    auto truth = pooled_of(set, design, design.prior_medians());
    for (std::size_t i = 0; i < truth.size(); ++i)
        for (Eigen::Index p = 0; p < 11; ++p)
            truth[i][p] += 0.15 * std::sin(static_cast<double>(i) * 2.3 + static_cast<double>(p));
    measure(set, truth);
    RowMask const all(set.rows.size(), 1);
    auto const pooled = fit_pooled(set, design, all, nullptr, {});
    auto const logs = pooled_of(set, design, pooled.coefficients);
    std::vector<LogParameters> with_offsets;
    for (auto const& f : fit_offsets(set, logs, all, all, {})) with_offsets.push_back(f.parameters);
    EXPECT_LT(worst(set, with_offsets, all), 0.5 * worst(set, logs, all));
    EXPECT_LT(worst(set, with_offsets, all), 0.06);
}

}  // namespace
}  // namespace runrate
