#pragma once

#include <string>
#include <vector>

#include "calibration/combination.h"

namespace runrate {

/// What tells combinations apart before any of their own data: the covariates of the pooled set (calibration study,
/// section 3). Engines act on t0, c_seq, r0, r1 and s only.
class Design {
public:
    /// Learns the names of the engines.
    explicit Design(std::vector<Combination> const&);
    explicit Design(std::vector<std::string> engines);

    /// One coefficient: which parameter it moves, by what, and its prior.
    struct Column {
        StepParameter parameter;
        std::string covariate;  ///< `one`, `blackwell`, ..., or `engine vllm`
        double median = 0, log_sd = 0;
    };
    [[nodiscard]] std::vector<Column> const& columns() const { return columns_; }
    [[nodiscard]] std::vector<std::string> const& engines() const { return engines_; }

    /// The values of the columns for a combination: its parameters' logarithms are sums by parameter.
    [[nodiscard]] Eigen::VectorXd values(Combination const&) const;

    /// Medians of the priors.
    [[nodiscard]] Eigen::VectorXd prior_medians() const;

    /// The pooled parameters of a combination.
    [[nodiscard]] LogParameters parameters(Combination const&, Eigen::VectorXd const& coefficients) const;

private:
    void add(StepParameter, std::string covariate, double log_sd);

    std::vector<std::string> engines_;
    std::vector<Column> columns_;
};

}  // namespace runrate
