#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "stat/distribution.h"
#include "stat/fast_math.h"
#include "stat/mixture_table.h"
#include "stat/normal_spline.h"

namespace runrate {

/// Draws of one law in one world, ready for the hot path: bounds applied, tables built.
///
/// Draws are those of quantile() within a relative 1e-8 (normal, lognormal, Weibull and Pareto per unit of spread;
/// exact to rounding for the others), 1e-5 for gamma (up to cv 5) and PERT laws and 1e-4 for mixtures; see
/// NormalSpline and MixtureTable.
class Sampler {
public:
    Sampler() : Sampler(Constant{0}) {}

    /// Draws beyond a bound are moved to it. \pre at_least <= at_most
    explicit Sampler(Distribution, std::optional<double> at_least = {}, std::optional<double> at_most = {});

    /// The draw at uniform `u`, monotone in u up to rounding (1e-10 in mixtures).
    /// \pre 0 < u < 1, a number that Stream yields: where 1 - u rounds, the far left tail loses digits
    [[nodiscard]] double at(double u) const;

    /// The one value that every draw has, where there is one: no uniform is needed then.
    [[nodiscard]] std::optional<double> constant() const;

private:
    // Parameters in the form that a draw needs; E is a standard exponential.
    struct PowerOfExponential {
        double scale, exponent;
    };  ///< scale E^exponent: Weibull
    struct ExponentOfExponential {
        double scale, rate;
    };  ///< scale e^(rate E): Pareto
    struct Trials {
        double from, per_log;
    };                ///< geometric
    struct Exact {};  ///< quantile(), fast enough or rarely asked for

    /// Eleven at most: beyond that GCC's visit calls through a table and inlines nothing.
    using Draw = std::variant<Constant, Uniform, Normal, Lognormal, Exponential, PowerOfExponential,
                              ExponentOfExponential, Trials, NormalSpline, MixtureTable, Exact>;

    static Draw prepared(Distribution const&);
    [[nodiscard]] double unbounded(double u) const;

    Distribution law_;
    Draw draw_;
    FastMath const* fast_;
    double at_least_, at_most_;
};

/// Whole tokens of a draw: nearest, half to even, at least 1. \pre not NaN
std::int64_t whole_tokens(double draw);

}  // namespace runrate
