#include "calibration/combination.h"

#include "core/contract.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

constexpr double step_of_difference = 0.03;

/// Engine times of a combination's rows at one set of parameters.
using Runs = std::vector<EngineRun>;

Runs engine_runs(StudySet const& set, Combination const& c, StepParameters const& q, RowMask const& mask) {
    Runs runs;
    for (auto const row : c.rows)
        if (mask[row] != 0) runs.push_back(replay_protocol(set.rows[row], c.replica, q, c.coverage));
    return runs;
}

void append(std::vector<Residual>& out, std::size_t row, Metric metric, double predicted, double seen) {
    if (seen <= 0) return;
    RUNRATE_EXPECT(predicted > 0);
    out.push_back({row, metric, real::log(predicted / seen)});
}

std::vector<Prediction> to_predictions(Combination const& c, Runs const& runs, StepParameters const& q,
                                       RowMask const& mask) {
    std::vector<Prediction> out;
    std::size_t next = 0;
    for (auto const row : c.rows) {
        if (mask[row] == 0) continue;
        out.push_back({row, {}});
        for (auto const& means : runs[next]) out.back().stretches.push_back(seen_by_client(means, q));
        ++next;
    }
    return out;
}

/// Parameters with one moved a little, and by how much: back where it stands at its upper bound.
std::pair<StepParameters, double> nudged(LogParameters const& logs, Eigen::Index j) {
    auto moved = clamped(logs);
    double const here = moved[j];
    moved[j] += step_of_difference;
    if (clamped(moved)[j] - here > step_of_difference / 2) return {from_logs(moved), step_of_difference};
    moved[j] = here - step_of_difference;
    return {from_logs(moved), -step_of_difference};
}

/// Parameters that cannot change a replica's times.
bool without_effect(Combination const& c, StepParameter p) {
    return c.replica.parallel.gpus() == 1 && (p == StepParameter::collective || p == StepParameter::link);
}

}  // namespace

std::vector<Prediction> predict(StudySet const& set, Combination const& c, LogParameters const& logs,
                                RowMask const& mask) {
    auto const q = from_logs(logs);
    return to_predictions(c, engine_runs(set, c, q, mask), q, mask);
}

std::vector<Residual> residuals_of(StudySet const& set, std::vector<Prediction> const& predictions) {
    std::vector<Residual> out;
    for (auto const& p : predictions) {
        auto const& seen = set.seen[p.row];
        for (std::size_t i = 0; i < seen.size(); ++i) {
            auto const here = i < p.stretches.size() ? p.stretches[i] : Seen{};
            append(out, p.row, Metric::ttft, here.ttft_s, seen[i].ttft_s);
            append(out, p.row, Metric::tpot, here.tpot_s, seen[i].tpot_s);
            append(out, p.row, Metric::throughput, here.output_tokens_per_s, seen[i].output_tokens_per_s);
        }
    }
    return out;
}

std::vector<Residual> residuals_of(StudySet const& set, Combination const& c, LogParameters const& logs,
                                   RowMask const& mask) {
    return residuals_of(set, predict(set, c, logs, mask));
}

Linearised linearise(StudySet const& set, Combination const& c, LogParameters const& logs, RowMask const& mask) {
    auto const q = from_logs(logs);
    auto const runs = engine_runs(set, c, q, mask);
    Linearised at{residuals_of(set, to_predictions(c, runs, q, mask)), {}};
    at.slopes.setZero(static_cast<Eigen::Index>(at.residuals.size()), parameter_count);
    for (std::size_t i = 0; i < parameter_count; ++i) {
        if (without_effect(c, static_cast<StepParameter>(i))) continue;
        auto const j = static_cast<Eigen::Index>(i);
        auto const [other, step] = nudged(logs, j);
        auto const& there = i < engine_parameter_count ? engine_runs(set, c, other, mask) : runs;
        auto const changed = residuals_of(set, to_predictions(c, there, other, mask));
        for (std::size_t r = 0; r < changed.size(); ++r)
            at.slopes(static_cast<Eigen::Index>(r), j) = (changed[r].log_error - at.residuals[r].log_error) / step;
    }
    return at;
}

}  // namespace runrate
