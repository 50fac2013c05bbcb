#pragma once

#include <string>
#include <vector>

#include "calibration/combination.h"

namespace runrate {

/// What tells combinations apart before any of their own data: the covariates of the pooled set (calibration study,
/// section 3). Engines act on t0, c_seq, r0, r1 and s only, models on t0 and e_m: what a layer launches and how well
/// matrices of its widths are read differ between models, and no shape says it.
class Design {
public:
    /// Those that have effects of their own.
    struct Names {
        std::vector<std::string> engines, models;
        bool operator==(Names const&) const = default;
    };

    /// Learns the names from the data.
    explicit Design(std::vector<Combination> const&);
    explicit Design(Names);

    /// One coefficient: which parameter it moves, by what, and its prior.
    struct Column {
        StepParameter parameter;
        std::string covariate;  ///< `one`, `blackwell`, ..., `engine vllm` or `model llama-3.1-8b`
        double median = 0, log_sd = 0;
    };
    [[nodiscard]] std::vector<Column> const& columns() const { return columns_; }
    [[nodiscard]] Names const& names() const { return names_; }

    /// The values of the columns for a combination: its parameters' logarithms are sums by parameter.
    [[nodiscard]] Eigen::VectorXd values(Combination const&) const;

    /// Medians of the priors: where nothing was measured.
    [[nodiscard]] Eigen::VectorXd prior_medians() const;

    /// The pooled parameters of a combination.
    [[nodiscard]] LogParameters parameters(Combination const&, Eigen::VectorXd const& coefficients) const;

private:
    void add(StepParameter, std::string covariate, double log_sd);

    Names names_;
    std::vector<Column> columns_;
};

}  // namespace runrate
