#pragma once

#include <cstdint>
#include <vector>

#include "stat/distribution.h"
#include "stat/fast_math.h"

namespace runrate {

/// The quantile function of a mixture, tabulated over the standard normal's: monotone cubics between the quantiles of
/// its parts, with the exact slope where there is a density; jumps and atoms are kept as they are.
///
/// A draw at u is the exact quantile at some p within 1e-4 min(u, 1 - u) of u, or within 1e-4 of it, relative. An
/// infinite ladder of atoms (a geometric part) is exact up to its first 256 steps.
class MixtureTable {
public:
    explicit MixtureTable(Mixture const&);

    /// The draw at p = Phi(z). \pre |z| <= FastMath::normal_range
    [[nodiscard]] double at(double z, FastMath const& fast) const {
        auto const cell = static_cast<std::size_t>((z + reach) * cells_per_unit);
        std::size_t i = first_[cell];
        while (pieces_[i + 1].z <= z) ++i;
        auto const& p = pieces_[i];
        double const d = z - p.z;
        double const y = p.value + d * (p.slope + d * (p.bend + d * p.twist));
        return logarithmic_ ? fast.exp(y) : y;
    }

private:
    static constexpr double reach = 6.25;
    static constexpr double cells_per_unit = 8;

    struct Piece {
        double z, value, slope, bend, twist;  ///< cubic in the distance from z
    };

    void join(Mixture const&, double x0, double z0, double x1, double z1);

    std::vector<Piece> pieces_;         ///< ascending in z; the last only ends the one before
    std::vector<std::uint32_t> first_;  ///< the piece at the lower end of each cell of z
    bool logarithmic_ = false;          ///< values are ln x
};

}  // namespace runrate
