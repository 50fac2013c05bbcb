#include "calibration/validation.h"

#include <algorithm>
#include <cmath>

#include "stat/elementary.h"

namespace runrate {
namespace {

void add_errors(LeaveOut left_out, std::vector<Comparison> const& comparisons, std::vector<ValidationRow>& out) {
    for (std::size_t f = 0; f < figure_names.size(); ++f) {
        auto const figure = static_cast<Figure>(f);
        auto const summary = summarise(comparisons, figure);
        if (summary.rows > 0) out.push_back({left_out, figure, summary, study_figure(left_out, figure)});
    }
}

/// Each fold's combinations against the interval that the other folds' left-out combinations give.
Coverage coverage_of(LeaveOut left_out, std::vector<std::vector<CombinationError>> const& by_fold) {
    Coverage c{left_out, Figure::tpot, 0, 0, 0};
    double inside = 0, scales = 0;
    for (std::size_t f = 0; f < by_fold.size(); ++f) {
        std::vector<CombinationError> others;
        for (std::size_t g = 0; g < by_fold.size(); ++g)
            if (g != f) others.insert(others.end(), by_fold[g].begin(), by_fold[g].end());
        double const scale = t_scale(others);
        scales += scale;
        for (auto const& e : by_fold[f]) {
            ++c.combinations;
            if (std::abs(e.mean_log) <= t_half_width() * scale) ++inside;
        }
    }
    if (c.combinations > 0) c.covered = inside / static_cast<double>(c.combinations);
    if (!by_fold.empty()) c.log_scale = scales / static_cast<double>(by_fold.size());
    return c;
}

}  // namespace

double t_half_width() { return real::student_quantile(0.9, 4); }

double t_scale(std::vector<CombinationError> const& errors) {
    std::vector<double> sizes;
    for (auto const& e : errors) sizes.push_back(std::abs(e.mean_log));
    return quantile_of(std::move(sizes), 0.8) / t_half_width();
}

Validation validate(StudySet const& set, ValidationSettings const& settings, Work const& work) {
    Validation v;
    v.rows = set.rows.size();
    v.combinations = set.combinations.size();
    Design const design{set.combinations};
    RowMask const all(set.rows.size(), 1);
    v.pooled = fit_pooled(set, design, all, nullptr, work);
    v.offsets = fit_offsets(set, pooled_parameters(set, design, v.pooled.coefficients), all, all, work);
    v.in_sample = compare(set, predict_all(set, v.offsets, work));
    add_errors(LeaveOut::nothing, v.in_sample, v.errors);
    for (auto const what : settings.left_out) {
        std::vector<Comparison> comparisons;
        std::vector<std::vector<CombinationError>> by_fold;
        auto const all_folds = folds(set, what, what == LeaveOut::concurrency ? 5 : settings.folds);
        for (std::size_t f = 0; f < all_folds.size(); ++f) {
            auto const part = work.as("leaving out by " + std::string{leave_out_names[static_cast<std::size_t>(what)]} +
                                      ": fold " + std::to_string(f + 1) + " of " + std::to_string(all_folds.size()));
            auto const held = compare(set, predict_left_out(set, design, all_folds[f], v.pooled.coefficients, part));
            by_fold.push_back(by_combination(set, held, Figure::tpot));
            comparisons.insert(comparisons.end(), held.begin(), held.end());
        }
        add_errors(what, comparisons, v.errors);
        if (what != LeaveOut::concurrency && !by_fold.empty()) v.coverage.push_back(coverage_of(what, by_fold));
        v.left_out.emplace_back(what, std::move(comparisons));
    }
    return v;
}

}  // namespace runrate
