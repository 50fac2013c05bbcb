#pragma once

#include <vector>

#include "stat/distribution.h"
#include "stat/fast_math.h"

namespace runrate {

/// A quantile function tabulated over the standard normal's: ln x of a gamma law, the logit of a beta law, by cubics
/// through value and slope at every eighth of a standard deviation.
///
/// Both are smooth there down to the farthest tail. Draws are within 1e-6 of the exact quantile, relative, for a PERT
/// law (of the distance to its lower end) and a gamma law of cv up to 2, 1e-5 up to cv 5, 5e-4 at cv 20. Building one
/// takes about 10 microseconds.
class NormalSpline {
public:
    /// Covers the range that FastMath::normal() tabulates.
    static constexpr double range = 6.25;

    explicit NormalSpline(Gamma);
    explicit NormalSpline(Pert);

    /// The draw at p = Phi(z). \pre |z| <= range
    [[nodiscard]] double at(double z, FastMath const& fast) const {
        double const steps = (z + range) / step;
        auto const i = static_cast<std::size_t>(steps);
        double const t = steps - static_cast<double>(i), s = 1 - t;
        auto const &a = nodes_[i], &b = nodes_[i + 1];
        double const y = s * s * ((1 + 2 * t) * a.value + t * a.slope) + t * t * ((1 + 2 * s) * b.value - s * b.slope);
        double const e = fast.exp(y);
        return logistic_ ? low_ + scale_ * (e / (1 + e)) : scale_ * e;
    }

private:
    static constexpr double step = 0.125;

    struct Node {
        double value, slope;  ///< slope per step
    };

    template <class Law>
    void tabulate(Law const&);

    std::vector<Node> nodes_;
    double low_ = 0, scale_ = 1;
    bool logistic_ = false;
};

}  // namespace runrate
