#include "calibration/parameters.h"

#include <algorithm>

#include "stat/elementary.h"

namespace runrate {
namespace {

constexpr std::array<ParameterPrior, parameter_count> priors{{
    {"compute", "share of peak", 1, 0.05, 1, 0.6, 0.3, 0.25, 0.15},
    {"memory", "share of bandwidth", 1, 0.2, 1.05, 0.75, 0.2, 0.12, 0.08},
    {"kv", "share of bandwidth", 1, 0.05, 1.5, 0.6, 0.4, 0.25, 0.12},
    {"attention", "share of peak", 1, 0.03, 1.5, 0.4, 0.5, 0.3, 0.15},
    {"collective", "us", 1e-6, 0.2, 200, 8, 0.6, 0.3, 0.2},
    {"link", "share of bandwidth", 1, 0.03, 1.5, 0.5, 0.5, 0.3, 0.2},
    {"step", "ms", 1e-3, 0.02, 60, 2, 0.6, 0.35, 0.2},
    {"sequence", "us", 1e-6, 0.1, 2000, 15, 0.8, 0.5, 0.3},
    {"request", "ms", 1e-3, 0.2, 500, 20, 0.8, 0.5, 0.4},
    {"prompt_token", "us", 1e-6, 0.01, 300, 5, 0.8, 0.5, 0.4},
    {"stream", "steps", 1, 0, 24, 0, 0.1, 0.3, 0.3},
}};

bool shifted(std::size_t i) { return static_cast<StepParameter>(i) == StepParameter::stream; }

double log_of(std::size_t i, double in_unit) { return real::log(shifted(i) ? in_unit + 1 : in_unit); }
double value_of(std::size_t i, double log) { return shifted(i) ? real::exp(log) - 1 : real::exp(log); }

std::array<double StepParameters::*, parameter_count> const members{
    &StepParameters::compute,        &StepParameters::memory,       &StepParameters::kv,
    &StepParameters::attention,      &StepParameters::collective_s, &StepParameters::link,
    &StepParameters::step_s,         &StepParameters::sequence_s,   &StepParameters::request_s,
    &StepParameters::prompt_token_s, &StepParameters::stream_steps};

}  // namespace

ParameterPrior const& prior(StepParameter p) { return priors[static_cast<std::size_t>(p)]; }

double& value_in(StepParameters& q, StepParameter p) { return q.*members[static_cast<std::size_t>(p)]; }

double log_median(StepParameter p) { return log_of(static_cast<std::size_t>(p), prior(p).median); }

LogParameters clamped(LogParameters const& logs) {
    auto inside = logs;
    for (std::size_t i = 0; i < parameter_count; ++i) {
        auto& x = inside[static_cast<Eigen::Index>(i)];
        x = std::clamp(x, log_of(i, priors[i].low), log_of(i, priors[i].high));
    }
    return inside;
}

StepParameters from_logs(LogParameters const& logs) {
    auto const inside = clamped(logs);
    StepParameters q;
    for (std::size_t i = 0; i < parameter_count; ++i)
        q.*members[i] = value_of(i, inside[static_cast<Eigen::Index>(i)]) * priors[i].scale;
    q.stream_steps = std::max(0.0, q.stream_steps);
    return q;
}

LogParameters to_logs(StepParameters const& q) {
    LogParameters logs;
    for (std::size_t i = 0; i < parameter_count; ++i)
        logs[static_cast<Eigen::Index>(i)] = log_of(i, q.*members[i] / priors[i].scale);
    return clamped(logs);
}

double log_of_unit(StepParameter p, double value) { return log_of(static_cast<std::size_t>(p), value); }

double in_unit(LogParameters const& logs, StepParameter p) {
    auto const i = static_cast<std::size_t>(p);
    return value_of(i, clamped(logs)[static_cast<Eigen::Index>(i)]);
}

}  // namespace runrate
