#include "stat/distribution.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "core/contract.h"
#include "core/overloaded.h"
#include "stat/elementary.h"
#include "stat/special_functions.h"

namespace runrate {
namespace {

using real::exp, real::log, real::log1p, real::normal_quantile;

double quantile_of(Geometric g, double p) {
    double const success = 1 / (g.mean - g.from + 1);
    if (success >= 1) return g.from;
    return g.from + std::max(0.0, std::ceil(log1p(-p) / log1p(-success)) - 1);
}

double quantile_of(Triangular t, double p) {
    double const width = t.high - t.low;
    if (p * width <= t.mode - t.low) return t.low + std::sqrt(p * width * (t.mode - t.low));
    return t.high - std::sqrt((1 - p) * width * (t.high - t.mode));
}

double quantile_of(Pert d, double p) {
    double const width = d.high - d.low;
    double const a = 1 + 4 * (d.mode - d.low) / width;
    return d.low + width * real::logistic(real::logit_beta_quantile(a, 6 - a, p));
}

double quantile_of(Empirical const& e, double p) {
    RUNRATE_EXPECT(!e.points.empty());
    auto const above = std::upper_bound(e.points.begin(), e.points.end(), p,
                                        [](double value, Empirical::Point const& point) { return value < point.p; });
    if (above == e.points.begin()) return e.points.front().value;
    if (above == e.points.end()) return e.points.back().value;
    auto const below = above - 1;
    return below->value + (p - below->p) / (above->p - below->p) * (above->value - below->value);
}

/// Doubles as integers in the same order, so that halving an interval of them ends after 64 steps at neighbours.
std::int64_t rank(double x) {
    auto const bits = std::bit_cast<std::int64_t>(x);
    return bits < 0 ? std::numeric_limits<std::int64_t>::min() - bits : bits;
}
double at_rank(std::int64_t rank) {
    return std::bit_cast<double>(rank < 0 ? std::numeric_limits<std::int64_t>::min() - rank : rank);
}

/// The least double at which the share of draws up to it reaches p.
double quantile_of(Mixture const& m, double p) {
    RUNRATE_EXPECT(!m.parts.empty());
    std::int64_t low = std::numeric_limits<std::int64_t>::max(), high = std::numeric_limits<std::int64_t>::min();
    for (auto const& part : m.parts) {
        std::int64_t const at = rank(quantile(part.law, p));
        low = std::min(low, at);
        high = std::max(high, at);
    }
    Distribution const law = m;
    while (low < high) {
        std::int64_t const middle = std::midpoint(low, high);
        if (cdf(law, at_rank(middle)) >= p) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return at_rank(high);
}

/// E[logistic(mu + sigma Z)] by the trapezoidal rule, whose error falls exponentially in the step: below 1e-10 when
/// the step stays under 0.8 / sigma (poles at +-i pi / sigma) and 0.5 (the normal density).
double mean_of(LogitNormal l) {
    double const step = std::min(0.25, 0.7 / std::max(l.sigma, 1e-300));
    auto const steps = static_cast<int>(9 / step);
    double sum = 0, weights = 0;
    for (int i = -steps; i <= steps; ++i) {
        double const z = i * step, weight = exp(-z * z / 2);
        sum += weight * real::logistic(l.mu + l.sigma * z);
        weights += weight;
    }
    return sum / weights;
}

double mean_of(Empirical const& e) {
    double sum = 0;
    for (std::size_t i = 1; i < e.points.size(); ++i) {
        auto const &a = e.points[i - 1], &b = e.points[i];
        sum += (b.p - a.p) * (a.value + b.value) / 2;
    }
    return sum;
}

double mean_of(Mixture const& m) {
    double sum = 0, weights = 0;
    for (auto const& part : m.parts) {
        sum += part.weight * mean(part.law);
        weights += part.weight;
    }
    return sum / weights;
}

}  // namespace

double quantile(Distribution const& d, double p) {
    RUNRATE_EXPECT(0 < p && p < 1);
    return std::visit(Overloaded{
                          [&](Constant c) { return c.value; },
                          [&](Uniform u) { return u.low + p * (u.high - u.low); },
                          [&](Normal n) { return n.mean + n.sd * normal_quantile(p); },
                          [&](Lognormal l) { return exp(l.mu + l.sigma * normal_quantile(p)); },
                          [&](LogitNormal l) { return real::logistic(l.mu + l.sigma * normal_quantile(p)); },
                          [&](RelativeNormal r) { return real::expm1(r.mu + r.sigma * normal_quantile(p)); },
                          [&](Exponential e) { return -e.mean * log1p(-p); },
                          [&](Gamma g) { return g.scale * exp(real::log_gamma_quantile(g.shape, p)); },
                          [&](Weibull w) { return w.scale * exp(log(-log1p(-p)) / w.shape); },
                          [&](Pareto t) { return t.minimum * exp(-log1p(-p) / t.shape); },
                          [&](auto const& other) { return quantile_of(other, p); },
                      },
                      d);
}

double mean(Distribution const& d) {
    return std::visit(Overloaded{
                          [](Constant c) { return c.value; },
                          [](Uniform u) { return u.low + (u.high - u.low) / 2; },
                          [](Normal n) { return n.mean; },
                          [](Lognormal l) { return exp(l.mu + l.sigma * l.sigma / 2); },
                          [](RelativeNormal r) { return real::expm1(r.mu + r.sigma * r.sigma / 2); },
                          [](Exponential e) { return e.mean; },
                          [](Gamma g) { return g.shape * g.scale; },
                          [](Weibull w) { return w.scale * exp(real::log_gamma(1 + 1 / w.shape)); },
                          [](Pareto t) {
                              return t.shape > 1 ? t.minimum * t.shape / (t.shape - 1)
                                                 : std::numeric_limits<double>::infinity();
                          },
                          [](Geometric g) { return g.mean; },
                          [](Triangular t) { return (t.low + t.mode + t.high) / 3; },
                          [](Pert t) { return (t.low + 4 * t.mode + t.high) / 6; },
                          [](auto const& other) { return mean_of(other); },
                      },
                      d);
}

}  // namespace runrate
