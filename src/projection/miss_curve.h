#pragma once

#include <array>

namespace runrate {

/// f(x) = E[F exp(-x F)] / E[F] for a day factor F, lognormal with mean 1: the share of a day's uses that find a
/// prefix gone, where x starts would keep it alive on a day of factor 1.
///
/// Seven-point Gauss-Hermite quadrature, tabulated at construction (cubics in eighths of octaves, within 1e-5): the
/// weight F tilts the normal under it by its standard deviation, so the nodes stay those of the plain law.
class MissCurve {
public:
    /// \param cv  coefficient of variation of F
    explicit MissCurve(double cv);

    /// \pre x >= 0 \post within [0, 1]; 0 from x = 64 on
    [[nodiscard]] double operator()(double x) const;

private:
    static constexpr int per_octave = 8;
    static constexpr int octaves = 18;  ///< from 2^-12 to 2^6

    double slope_ = -1;  ///< of the chord from 0 to 2^-12
    std::array<std::array<double, 4>, per_octave * octaves> cells_;
};

}  // namespace runrate
