#include <array>

#include "calibration/validation.h"

namespace runrate {
namespace {

struct Entry {
    LeaveOut left_out;
    Figure figure;
    double goal_median, goal_p90, median, p90;  ///< percent; 0: not stated
};

/// Calibration study, sections 5 (the best of each column) and 8.
constexpr std::array<Entry, 18> entries{{
    {LeaveOut::nothing, Figure::tpot, 0, 0, 2.8, 9.6},
    {LeaveOut::nothing, Figure::ttft, 0, 0, 11.5, 42},
    {LeaveOut::nothing, Figure::rate, 0, 0, 3.1, 12},
    {LeaveOut::nothing, Figure::saturated, 5, 16, 3.5, 13},
    {LeaveOut::concurrency, Figure::tpot, 5, 18, 4.2, 15},
    {LeaveOut::concurrency, Figure::ttft, 16, 55, 14, 48},
    {LeaveOut::concurrency, Figure::rate, 5, 18, 4.1, 15},
    {LeaveOut::combination, Figure::tpot, 9, 27, 6.8, 21},
    {LeaveOut::combination, Figure::ttft, 0, 0, 20, 58},
    {LeaveOut::combination, Figure::rate, 0, 0, 7.2, 24},
    {LeaveOut::family, Figure::rate, 0, 0, 9.8, 27},
    {LeaveOut::model, Figure::rate, 0, 0, 16, 46},
    {LeaveOut::combination, Figure::saturated, 20, 55, 15, 53},
    {LeaveOut::family, Figure::tpot, 12, 32, 9.3, 26},
    {LeaveOut::family, Figure::ttft, 27, 65, 22, 60},
    {LeaveOut::family, Figure::saturated, 0, 0, 15, 54},
    {LeaveOut::model, Figure::tpot, 0, 0, 13.4, 43},
    {LeaveOut::gpu, Figure::tpot, 0, 0, 11.7, 36},
}};

std::optional<ErrorSummary> summary(double median, double p90) {
    if (median == 0) return std::nullopt;
    return ErrorSummary{0, median / 100, p90 / 100};
}

}  // namespace

StudyFigure study_figure(LeaveOut left_out, Figure figure) {
    for (auto const& e : entries)
        if (e.left_out == left_out && e.figure == figure)
            return {summary(e.goal_median, e.goal_p90), summary(e.median, e.p90)};
    return {};
}

}  // namespace runrate
