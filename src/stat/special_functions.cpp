#include "stat/special_functions.h"

#include <sleef.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/contract.h"
#include "stat/elementary.h"

namespace runrate::real {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double two_pi = 6.28318530717958647693;

// From here on the expansion below is exact to 1e-13 and far cheaper than the series.
constexpr double large_shape = 1e4;

/// ln Gamma(a + 1) - ln(sqrt(2 pi a) (a / e)^a), for a >= 16 (Stirling's series).
double stirling_error(double a) {
    double const s = 1 / (a * a);
    return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s / 1188)))) / a;
}

struct ValueAndSlope {
    double value, slope;
};

/// The quantile of Gamma(a, 1) at p = Phi(z), and its derivative in z, for large a: the Cornish-Fisher expansion of
/// chi-squared with n = 2a degrees (Goldberg and Levine, Annals of Mathematical Statistics 17, 1946).
ValueAndSlope expanded_quantile(double a, double z) {
    double const n = 2 * a, root = std::sqrt(n), root2 = std::sqrt(2.0), y = z * z;
    double const value = n + root * root2 * z + 2.0 / 3 * (y - 1) + z * (y - 7) / (9 * root2 * root) -
                         (6 * y * y + 14 * y - 32) / (405 * n) +
                         z * (9 * y * y + 256 * y - 433) / (4860 * root2 * n * root) +
                         (12 * y * y * y - 243 * y * y - 923 * y + 1472) / (25515 * n * n);
    double const slope = root * root2 + 4.0 / 3 * z + (3 * y - 7) / (9 * root2 * root) - z * (24 * y + 28) / (405 * n) +
                         (45 * y * y + 768 * y - 433) / (4860 * root2 * n * root);
    return {value / 2, slope / 2};
}

Tails large_gamma_tails(double a, double x) {
    // Wilson and Hilferty's cube root starts Newton's iteration.
    double z = 3 * std::sqrt(a) * (pow(x / a, 1.0 / 3) - 1 + 1 / (9 * a));
    if (std::abs(z) < 40) {
        for (int i = 0; i < 4; ++i) {
            auto const [value, slope] = expanded_quantile(a, z);
            z -= (value - x) / slope;
        }
    }
    return {normal_cdf(z), normal_cdf(-z)};
}

/// The continued fraction of the upper incomplete gamma function (Lentz's method).
double gamma_fraction(double a, double x) {
    constexpr double tiny = 1e-300;
    double b = x + 1 - a, c = 1 / tiny, d = 1 / b, h = d;
    for (int i = 1; i < 100'000; ++i) {
        double const n = i * (a - i);
        b += 2;
        d = n * d + b;
        c = b + n / c;
        if (std::abs(d) < tiny) d = tiny;
        if (std::abs(c) < tiny) c = tiny;
        d = 1 / d;
        h *= d * c;
        if (std::abs(d * c - 1) < epsilon) break;
    }
    return h;
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22, Lentz's method).
double beta_fraction(double a, double b, double x) {
    constexpr double tiny = 1e-300;
    auto const away = [](double v) { return std::abs(v) < tiny ? tiny : v; };
    double c = 1, d = 1 / away(1 - (a + b) * x / (a + 1)), h = d;
    for (int m = 1; m < 100'000; ++m) {
        double const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away(1 + even * d);
        c = away(1 + even / c);
        h *= d * c;
        double const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away(1 + odd * d);
        c = away(1 + odd / c);
        h *= d * c;
        if (std::abs(d * c - 1) < 2 * epsilon) break;
    }
    return h;
}

/// A tail's logarithm less what it should be, and its derivative.
struct Miss {
    double error, slope;
};

/// Where `miss` vanishes: Newton kept inside a shrinking bracket. `miss` is monotone; its slope's sign says which way.
template <class F>
double root(F const& miss, double start, bool rising) {
    double low = -infinity, high = infinity, y = start;
    for (int i = 0; i < 200; ++i) {
        auto const [error, slope] = miss(y);
        if (error == 0) return y;
        ((error > 0) == rising ? high : low) = y;
        double next = y - error / slope;
        bool const inside = low < next && next < high;
        if (!inside)
            next = low > -infinity && high < infinity ? low + (high - low) / 2 : (low > -infinity ? y + 1 : y - 1);
        if (std::abs(next - y) <= 1e-14 * std::max(1.0, std::abs(y))) return next;
        y = next;
    }
    return y;
}

}  // namespace

double log_gamma(double x) { return Sleef_cinz_lgammad1_u10purec(x); }

double gamma_mass(double a, double x) {
    if (x <= 0) return 0;
    if (a < 16) return exp(a * log(x) - x - log_gamma(a + 1));
    double const d = (x - a) / a;
    return exp(-stirling_error(a) - a * (d - log1p(d))) / std::sqrt(two_pi * a);
}

Tails gamma_tails(double a, double x) {
    if (x <= 0) return {0, 1};
    if (a >= large_shape) return large_gamma_tails(a, x);
    double const mass = gamma_mass(a, x);
    if (x > a + 1) {
        double const upper = mass * a * gamma_fraction(a, x);
        return {1 - upper, upper};
    }
    double term = 1, sum = 1;
    for (double n = a + 1; term > sum * epsilon / 4; ++n) {
        term *= x / n;
        sum += term;
    }
    return {mass * sum, 1 - mass * sum};
}

double log_gamma_quantile(double a, double p) {
    RUNRATE_EXPECT(a > 0 && 0 < p && p < 1);
    double const z = normal_quantile(p);
    if (a >= large_shape) return log(expanded_quantile(a, z).value);
    double const small = (log(p) + log_gamma(a + 1)) / a;  // exact as x goes to 0, else below the quantile
    if (small < -37) return small;
    double const cube_root = 1 - 1 / (9 * a) + z / (3 * std::sqrt(a));
    double const start = a > 0.5 && cube_root > 0.2 ? log(a) + 3 * log(cube_root) : small;
    if (p <= 0.5 || start < -2) {
        double const target = log(p);
        return root(
            [&](double y) {
                double const x = exp(y), lower = gamma_tails(a, x).lower;
                return Miss{log(lower) - target, a * gamma_mass(a, x) / lower};
            },
            start, true);
    }
    // The upper tail is nearly exponential in x itself.
    double const target = log(1 - p);
    return log(root(
        [&](double x) {
            double const upper = x <= 0 ? 1 : gamma_tails(a, x).upper;
            return Miss{log(upper) - target, -a * gamma_mass(a, x) / (std::max(x, 1e-300) * upper)};
        },
        exp(start), false));
}

double beta_mass(double a, double b, double x, double y) {
    if (x <= 0 || y <= 0) return 0;
    double const log_x = x < y ? log(x) : log1p(-y);
    double const log_y = x < y ? log1p(-x) : log(y);
    return exp(a * log_x + b * log_y + log_gamma(a + b) - log_gamma(a) - log_gamma(b));
}

Tails beta_tails(double a, double b, double x, double y) {
    double const mass = beta_mass(a, b, x, y);
    if (x < (a + 1) / (a + b + 2)) {
        double const lower = mass * beta_fraction(a, b, x) / a;
        return {lower, 1 - lower};
    }
    double const upper = mass * beta_fraction(b, a, y) / b;
    return {1 - upper, upper};
}

double logit_beta_quantile(double a, double b, double p) {
    RUNRATE_EXPECT(a > 0 && b > 0 && 0 < p && p < 1);
    if (p > 0.5) return -logit_beta_quantile(b, a, 1 - p);
    double const log_beta = log_gamma(a) + log_gamma(b) - log_gamma(a + b);
    double const target = log(p);
    double const start =
        (target + log(a) + log_beta) / a;  // where e^(a y) / (a B), which bounds the tail for b >= 1, is p
    if (start < -37) return start;
    return root(
        [&](double y) {
            double const x = logistic(y), rest = logistic(-y), lower = beta_tails(a, b, x, rest).lower;
            return Miss{log(lower) - target, beta_mass(a, b, x, rest) / lower};
        },
        start, true);
}

}  // namespace runrate::real
