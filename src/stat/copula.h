#pragma once

#include <optional>
#include <span>
#include <vector>

namespace runrate {

/// Ties uniforms together by a Gaussian copula.
///
/// The i-th result depends on the first i inputs only, so redrawing later coordinates draws them from their law given
/// the earlier ones.
class GaussianCopula {
public:
    /// From a symmetric matrix with unit diagonal, row by row; nothing when it is not positive definite.
    static std::optional<GaussianCopula> from(std::span<double const> correlation, std::size_t dimensions);

    /// Correlated uniforms of the open cube from independent ones. \pre sizes equal `dimensions`
    [[nodiscard]] std::vector<double> tie(std::span<double const> independent) const;

private:
    std::size_t dimensions_ = 0;
    std::vector<double> lower_;  ///< Cholesky factor, row by row
};

}  // namespace runrate
