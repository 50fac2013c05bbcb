#include "stat/normal_spline.h"

#include "stat/elementary.h"
#include "stat/special_functions.h"

namespace runrate {
namespace {

constexpr double root_two_pi = 2.50662827463100050242;

// A quantile y(z) of density g in y satisfies y' = phi(z) / g(y) =: h. Differentiating ln h rids it of the density:
// h' = h (-z - h g'/g), where g'/g is rational. So one exact point per tail and two arithmetic recurrences give the
// whole table. Inwards they are stable: an error at the end is a share of the tail's probability, and stays it.

struct State {
    double value, slope;
};

struct GammaLog {
    double a;
    FastMath const& fast;

    [[nodiscard]] double log_slope(double y) const { return a - fast.exp(y); }
    [[nodiscard]] State exact(double z) const {
        double const y = real::log_gamma_quantile(a, real::normal_cdf(z));
        // Far below the least double, x^a is still a number.
        double const mass = y < -37 ? real::exp(a * y - real::log_gamma(a + 1)) : real::gamma_mass(a, real::exp(y));
        return {y, real::exp(-z * z / 2) / (root_two_pi * a * mass)};
    }
};

struct BetaLogit {
    double a, b;
    FastMath const& fast;

    [[nodiscard]] double log_slope(double y) const {
        double const x = 1 / (1 + fast.exp(-y));
        return a * (1 - x) - b * x;
    }
    [[nodiscard]] State exact(double z) const {
        double const y = z < 0 ? real::logit_beta_quantile(a, b, real::normal_cdf(z))
                               : -real::logit_beta_quantile(b, a, real::normal_cdf(-z));
        double const mass = real::beta_mass(a, b, real::logistic(y), real::logistic(-y));
        return {y, real::exp(-z * z / 2) / (root_two_pi * mass)};
    }
};

template <class Law>
State derivative(Law const& law, double z, State s) {
    return {s.slope, s.slope * (-z - s.slope * law.log_slope(s.value))};
}

/// One step of the classical Runge-Kutta method.
template <class Law>
State advance(Law const& law, double z, State s, double h) {
    auto const moved = [&](State d, double by) { return State{s.value + by * d.value, s.slope + by * d.slope}; };
    State const k1 = derivative(law, z, s);
    State const k2 = derivative(law, z + h / 2, moved(k1, h / 2));
    State const k3 = derivative(law, z + h / 2, moved(k2, h / 2));
    State const k4 = derivative(law, z + h, moved(k3, h));
    return {s.value + h / 6 * (k1.value + 2 * k2.value + 2 * k3.value + k4.value),
            s.slope + h / 6 * (k1.slope + 2 * k2.slope + 2 * k3.slope + k4.slope)};
}

}  // namespace

template <class Law>
void NormalSpline::tabulate(Law const& law) {
    constexpr auto count = static_cast<std::size_t>(2 * range / step) + 1;
    nodes_.resize(count + 1);  // one to spare, where z is the upper end itself
    auto const put = [&](std::size_t i, State s) { nodes_[i] = {s.value, s.slope * step}; };
    auto const to_next = [&](std::size_t i, State s, double by) {
        double const z = -range + static_cast<double>(i) * step;
        return advance(law, z + by / 2, advance(law, z, s, by / 2), by / 2);
    };
    constexpr std::size_t middle = count * 5 / 8;
    State s = law.exact(-range);
    for (std::size_t i = 0; i < middle; ++i) {
        put(i, s);
        s = to_next(i, s, step);
    }
    s = law.exact(range);
    for (std::size_t i = count - 1; i > middle; --i) {
        put(i, s);
        s = to_next(i, s, -step);
    }
    put(middle, s);
    nodes_[count] = nodes_[count - 1];
}

NormalSpline::NormalSpline(Gamma g) : scale_{g.scale} { tabulate(GammaLog{g.shape, FastMath::tables()}); }

NormalSpline::NormalSpline(Pert d) : low_{d.low}, scale_{d.high - d.low}, logistic_{true} {
    double const a = 1 + 4 * (d.mode - d.low) / (d.high - d.low);
    tabulate(BetaLogit{a, 6 - a, FastMath::tables()});
}

}  // namespace runrate
