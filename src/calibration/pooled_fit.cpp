#include "calibration/pooled_fit.h"

#include <Eigen/Cholesky>
#include <map>

#include "calibration/loss.h"
#include "montecarlo/parallel.h"

namespace runrate {
namespace {

constexpr int most_iterations = 12;
constexpr double rows_that_tell = 30;
constexpr double enough = 1e-3;  ///< relative gain of an iteration that is not worth another

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

/// Rows of one family err together, so many of them say little more than some: the weight of each falls with their
/// number.
std::vector<double> family_weights(StudySet const& set, RowMask const& mask) {
    std::map<std::string, double> rows;
    for (std::size_t row = 0; row < mask.size(); ++row)
        if (mask[row] != 0) rows[set.combinations[set.combination_of[row]].family] += 1;
    std::vector<double> weights;
    for (auto const& c : set.combinations) weights.push_back(rows_that_tell / (rows_that_tell + rows[c.family]));
    return weights;
}

Normal normal_equations(StudySet const& set, Design const& design, RowMask const& mask,
                        std::vector<double> const& weights, Eigen::VectorXd const& at, unsigned threads) {
    auto const count = set.combinations.size();
    std::vector<Weighted> parts(count);
    std::vector<double> losses(count);
    for_each_index(static_cast<std::uint32_t>(count), threads, [&](std::uint32_t i) {
        auto const& c = set.combinations[i];
        auto const l = linearise(set, c, design.parameters(c, at), mask);
        parts[i] = weighted(l);
        parts[i].matrix *= weights[i];
        parts[i].gradient *= weights[i];
        losses[i] = weights[i] * total_loss(l.residuals);
    });
    Normal sum{Eigen::MatrixXd::Zero(at.size(), at.size()), Eigen::VectorXd::Zero(at.size()), 0};
    for (std::size_t i = 0; i < count; ++i) {
        add_part(design, design.values(set.combinations[i]), parts[i], sum);
        sum.objective += losses[i];
    }
    add_priors(design, at, sum);
    return sum;
}

double objective(StudySet const& set, Design const& design, RowMask const& mask, std::vector<double> const& weights,
                 Eigen::VectorXd const& at, unsigned threads) {
    std::vector<double> parts(set.combinations.size());
    for_each_index(static_cast<std::uint32_t>(parts.size()), threads, [&](std::uint32_t i) {
        auto const& c = set.combinations[i];
        parts[i] = weights[i] * total_loss(residuals_of(set, c, design.parameters(c, at), mask));
    });
    double sum = 0;
    for (double const p : parts) sum += p;
    Normal priors{Eigen::MatrixXd::Zero(at.size(), at.size()), Eigen::VectorXd::Zero(at.size()), sum};
    add_priors(design, at, priors);
    return priors.objective;
}

}  // namespace

PooledFit fit_pooled(StudySet const& set, Design const& design, RowMask const& mask, Eigen::VectorXd const* start,
                     unsigned threads) {
    PooledFit fit;
    fit.coefficients = start ? *start : design.prior_medians();
    auto const weights = family_weights(set, mask);
    Normal n;
    for (;;) {
        n = normal_equations(set, design, mask, weights, fit.coefficients, threads);
        fit.objective = n.objective;
        if (fit.iterations == most_iterations) break;
        ++fit.iterations;
        Eigen::VectorXd const step = -n.matrix.ldlt().solve(n.gradient);
        double best = n.objective;
        Eigen::VectorXd moved;
        double share = 1;
        for (; share > 0.05; share /= 2) {
            moved = fit.coefficients + share * step;
            best = objective(set, design, mask, weights, moved, threads);
            if (best < n.objective) break;
        }
        if (!(best < n.objective)) break;
        fit.coefficients = moved;
        if (n.objective - best < enough * n.objective) break;
    }
    fit.covariance = n.matrix.ldlt().solve(Eigen::MatrixXd::Identity(n.matrix.rows(), n.matrix.cols()));
    return fit;
}

}  // namespace runrate
