#include "calibration/pooled_fit.h"

#include <Eigen/Cholesky>

#include "calibration/loss.h"
#include "montecarlo/parallel.h"

namespace runrate {
namespace {

constexpr int most_iterations = 40;
constexpr double first_damping = 1e-2, most_damping = 1e4;
constexpr double enough = 1e-4;  ///< relative gain of an iteration that is not worth another

/// Normal equations of all combinations together.
struct Normal {
    Eigen::MatrixXd matrix;
    Eigen::VectorXd gradient;
    double objective = 0;
};

void add_priors(Design const& design, Eigen::VectorXd const& at, Normal& n) {
    for (std::size_t j = 0; j < design.columns().size(); ++j) {
        auto const& column = design.columns()[j];
        auto const k = static_cast<Eigen::Index>(j);
        double const precision = 1 / (column.log_sd * column.log_sd);
        double const off = at[k] - column.median;
        n.matrix(k, k) += precision;
        n.gradient[k] += precision * off;
        n.objective += precision * off * off;
    }
}

/// The parts of one combination, by coefficient: a parameter's times the values of its columns.
void add_part(Design const& design, Eigen::VectorXd const& values, Weighted const& part, Normal& n) {
    auto const& columns = design.columns();
    auto const parameter = [&](Eigen::Index j) {
        return static_cast<Eigen::Index>(columns[static_cast<std::size_t>(j)].parameter);
    };
    for (Eigen::Index i = 0; i < values.size(); ++i) {
        if (values[i] == 0) continue;
        n.gradient[i] += values[i] * part.gradient[parameter(i)];
        for (Eigen::Index j = 0; j < values.size(); ++j)
            n.matrix(i, j) += values[i] * values[j] * part.matrix(parameter(i), parameter(j));
    }
}

Normal normal_equations(StudySet const& set, Design const& design, RowMask const& mask, Eigen::VectorXd const& at,
                        Work const& work) {
    auto const count = set.combinations.size();
    std::vector<Weighted> parts(count);
    std::vector<double> losses(count);
    for_each_index(static_cast<std::uint32_t>(count), work.threads, [&](std::uint32_t i) {
        auto const& c = set.combinations[i];
        auto const l = linearise(set, c, design.parameters(c, at), mask);
        parts[i] = weighted(l);
        losses[i] = total_loss(l.residuals);
    });
    Normal sum{Eigen::MatrixXd::Zero(at.size(), at.size()), Eigen::VectorXd::Zero(at.size()), 0};
    for (std::size_t i = 0; i < count; ++i) {
        add_part(design, design.values(set.combinations[i]), parts[i], sum);
        sum.objective += losses[i];
    }
    add_priors(design, at, sum);
    return sum;
}

double objective(StudySet const& set, Design const& design, RowMask const& mask, Eigen::VectorXd const& at,
                 Work const& work) {
    std::vector<double> parts(set.combinations.size());
    for_each_index(static_cast<std::uint32_t>(parts.size()), work.threads, [&](std::uint32_t i) {
        auto const& c = set.combinations[i];
        parts[i] = total_loss(residuals_of(set, c, design.parameters(c, at), mask));
    });
    double sum = 0;
    for (double const p : parts) sum += p;
    Normal priors{Eigen::MatrixXd::Zero(at.size(), at.size()), Eigen::VectorXd::Zero(at.size()), sum};
    add_priors(design, at, priors);
    return priors.objective;
}

}  // namespace

// Levenberg and Marquardt: a step that is no gain is tried again with more damping, one that is with less.
PooledFit fit_pooled(StudySet const& set, Design const& design, RowMask const& mask, Eigen::VectorXd const* start,
                     Work const& work) {
    PooledFit fit;
    fit.coefficients = start ? *start : design.prior_medians();
    auto n = normal_equations(set, design, mask, fit.coefficients, work);
    for (double damping = first_damping; fit.iterations < most_iterations && damping < most_damping;) {
        work.say("pooled set, iteration " + std::to_string(fit.iterations + 1));
        ++fit.iterations;
        Eigen::MatrixXd damped = n.matrix;
        damped.diagonal() *= 1 + damping;
        Eigen::VectorXd const moved = fit.coefficients - damped.ldlt().solve(n.gradient);
        double const there = objective(set, design, mask, moved, work);
        if (!(there < n.objective)) {
            damping *= 4;
            continue;
        }
        bool const last = n.objective - there < enough * n.objective;
        fit.coefficients = moved;
        n = normal_equations(set, design, mask, fit.coefficients, work);
        if (last) break;
        damping /= 8;
    }
    fit.objective = n.objective;
    fit.covariance = n.matrix.ldlt().solve(Eigen::MatrixXd::Identity(n.matrix.rows(), n.matrix.cols()));
    return fit;
}

}  // namespace runrate
