#include "stat/copula.h"

#include <Eigen/Cholesky>
#include <algorithm>

#include "core/contract.h"
#include "stat/elementary.h"

namespace runrate {

std::optional<GaussianCopula> GaussianCopula::from(std::span<double const> correlation, std::size_t dimensions) {
    RUNRATE_EXPECT(correlation.size() == dimensions * dimensions);
    using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    auto const n = static_cast<Eigen::Index>(dimensions);
    Matrix const matrix = Eigen::Map<Matrix const>(correlation.data(), n, n);
    Eigen::LLT<Matrix> const factored{matrix};
    if (dimensions > 0 && factored.info() != Eigen::Success) return {};
    Matrix const lower = factored.matrixL();
    GaussianCopula copula;
    copula.dimensions_ = dimensions;
    copula.lower_.assign(lower.data(), lower.data() + lower.size());
    return copula;
}

std::vector<double> GaussianCopula::tie(std::span<double const> independent) const {
    RUNRATE_EXPECT(independent.size() == dimensions_);
    std::vector<double> scores, tied;
    for (std::size_t i = 0; i < dimensions_; ++i) {
        scores.push_back(real::normal_quantile(independent[i]));
        double const* const row = lower_.data() + i * dimensions_;
        if (std::all_of(row, row + i, [](double x) { return x == 0; })) {
            tied.push_back(independent[i]);  // bound to none before it, and so kept to the last bit
            continue;
        }
        double score = 0;
        for (std::size_t j = 0; j <= i; ++j) score += row[j] * scores[j];
        tied.push_back(std::clamp(real::normal_cdf(score), 0x1p-53, 1 - 0x1p-53));
    }
    return tied;
}

}  // namespace runrate
