#include <algorithm>
#include <cmath>

#include "core/overloaded.h"
#include "stat/density.h"
#include "stat/elementary.h"
#include "stat/special_functions.h"

namespace runrate {
namespace {

using real::exp, real::expm1, real::log, real::log1p;

constexpr double root_two_pi = 2.50662827463100050242;

double normal_density(double z) { return exp(-z * z / 2) / root_two_pi; }

/// P(location + spread Z <= x), also without spread.
double normal_share(double x, double location, double spread) {
    if (spread > 0) return real::normal_cdf((x - location) / spread);
    return x >= location ? 1 : 0;
}

double share_below(Triangular t, double x) {
    if (x <= t.low) return 0;
    if (x >= t.high) return 1;
    double const width = t.high - t.low;
    if (x <= t.mode) return (x - t.low) * (x - t.low) / (width * (t.mode - t.low));
    return 1 - (t.high - x) * (t.high - x) / (width * (t.high - t.mode));
}

double density_of(Triangular t, double x) {
    if (x <= t.low || x >= t.high) return 0;
    double const width = t.high - t.low;
    return x <= t.mode ? 2 * (x - t.low) / (width * (t.mode - t.low)) : 2 * (t.high - x) / (width * (t.high - t.mode));
}

/// x on the unit interval of the beta law behind, and its first parameter (the second is 6 less that).
struct OnUnit {
    double x, rest, a;
};
OnUnit on_unit(Pert d, double x) {
    double const width = d.high - d.low;
    return {std::clamp((x - d.low) / width, 0.0, 1.0), std::clamp((d.high - x) / width, 0.0, 1.0),
            1 + 4 * (d.mode - d.low) / width};
}

double share_below(Pert d, double x) {
    auto const [t, rest, a] = on_unit(d, x);
    return t <= 0 ? 0 : rest <= 0 ? 1 : real::beta_tails(a, 6 - a, t, rest).lower;
}

double density_of(Pert d, double x) {
    auto const [t, rest, a] = on_unit(d, x);
    return t <= 0 || rest <= 0 ? 0 : real::beta_mass(a, 6 - a, t, rest) / (t * rest * (d.high - d.low));
}

double share_below(Geometric g, double x) {
    double const trials = std::floor(x) - g.from + 1;
    if (trials <= 0) return 0;
    double const success = 1 / (g.mean - g.from + 1);
    return success >= 1 ? 1 : -expm1(trials * log1p(-success));
}

/// Index of the segment whose values enclose x. \pre first value <= x < last value
std::size_t segment(Empirical const& e, double x) {
    auto const above =
        std::upper_bound(e.points.begin(), e.points.end(), x,
                         [](double value, Empirical::Point const& point) { return value < point.value; });
    return static_cast<std::size_t>(above - e.points.begin()) - 1;
}

double share_below(Empirical const& e, double x) {
    if (x < e.points.front().value) return 0;
    if (x >= e.points.back().value) return 1;
    std::size_t const i = segment(e, x);
    auto const &a = e.points[i], &b = e.points[i + 1];
    return a.p + (x - a.value) / (b.value - a.value) * (b.p - a.p);
}

double density_of(Empirical const& e, double x) {
    if (x < e.points.front().value || x >= e.points.back().value) return 0;
    std::size_t const i = segment(e, x);
    return (e.points[i + 1].p - e.points[i].p) / (e.points[i + 1].value - e.points[i].value);
}

double before(Empirical const& e, double x) {
    for (auto const& point : e.points) {
        if (point.value == x) return point.p;
    }
    return share_below(e, x);
}

template <class F>
double weighted(Mixture const& m, F const& of_part) {
    double sum = 0, weights = 0;
    for (auto const& part : m.parts) {
        sum += part.weight * of_part(part.law);
        weights += part.weight;
    }
    return sum / weights;
}

}  // namespace

double cdf(Distribution const& d, double x) {
    return std::visit(Overloaded{
                          [&](Constant c) { return x >= c.value ? 1.0 : 0.0; },
                          [&](Uniform u) {
                              return x < u.low ? 0.0 : x >= u.high ? 1.0 : (x - u.low) / (u.high - u.low);
                          },
                          [&](Normal n) { return normal_share(x, n.mean, n.sd); },
                          [&](Lognormal l) { return x <= 0 ? 0 : normal_share(log(x), l.mu, l.sigma); },
                          [&](LogitNormal l) {
                              return x <= 0 ? 0 : x >= 1 ? 1 : normal_share(real::logit(x), l.mu, l.sigma);
                          },
                          [&](RelativeNormal r) { return x <= -1 ? 0 : normal_share(log1p(x), r.mu, r.sigma); },
                          [&](Exponential e) { return x <= 0 ? 0 : -expm1(-x / e.mean); },
                          [&](Gamma g) { return x <= 0 ? 0 : real::gamma_tails(g.shape, x / g.scale).lower; },
                          [&](Weibull w) { return x <= 0 ? 0 : -expm1(-exp(w.shape * log(x / w.scale))); },
                          [&](Pareto t) { return x <= t.minimum ? 0 : -expm1(-t.shape * log(x / t.minimum)); },
                          [&](Mixture const& m) { return weighted(m, [&](auto const& part) { return cdf(part, x); }); },
                          [&](auto const& other) { return share_below(other, x); },
                      },
                      d);
}

double cdf_before(Distribution const& d, double x) {
    return std::visit(
        Overloaded{
            [&](Constant c) { return x > c.value ? 1.0 : 0.0; },
            [&](Geometric g) { return share_below(g, std::ceil(x) - 1); },
            [&](Empirical const& e) { return before(e, x); },
            [&](Mixture const& m) { return weighted(m, [&](auto const& part) { return cdf_before(part, x); }); },
            [&](auto const&) { return cdf(d, x); },
        },
        d);
}

double density(Distribution const& d, double x) {
    return std::visit(
        Overloaded{
            [&](Constant) { return 0.0; },
            [&](Geometric) { return 0.0; },
            [&](Uniform u) { return u.low <= x && x < u.high ? 1 / (u.high - u.low) : 0; },
            [&](Normal n) { return normal_density((x - n.mean) / n.sd) / n.sd; },
            [&](Lognormal l) { return x <= 0 ? 0 : normal_density((log(x) - l.mu) / l.sigma) / (x * l.sigma); },
            [&](LogitNormal l) {
                if (x <= 0 || x >= 1) return 0.0;
                return normal_density((real::logit(x) - l.mu) / l.sigma) / (x * (1 - x) * l.sigma);
            },
            [&](RelativeNormal r) {
                return x <= -1 ? 0 : normal_density((log1p(x) - r.mu) / r.sigma) / ((1 + x) * r.sigma);
            },
            [&](Exponential e) { return x < 0 ? 0 : exp(-x / e.mean) / e.mean; },
            [&](Gamma g) { return x <= 0 ? 0 : g.shape * real::gamma_mass(g.shape, x / g.scale) / x; },
            [&](Weibull w) {
                if (x <= 0) return 0.0;
                double const hazard = exp(w.shape * log(x / w.scale));
                return w.shape / x * hazard * exp(-hazard);
            },
            [&](Pareto t) { return x < t.minimum ? 0 : t.shape / x * exp(-t.shape * log(x / t.minimum)); },
            [&](Mixture const& m) { return weighted(m, [&](auto const& part) { return density(part, x); }); },
            [&](auto const& other) { return density_of(other, x); },
        },
        d);
}

}  // namespace runrate
