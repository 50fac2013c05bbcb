#pragma once

/// The gamma and beta laws on the real line, built on elementary.h: same bits on every x86-64 machine.
namespace runrate::real {

/// P(X < x) and P(X > x), the smaller of them to about 1e-13 of itself.
struct Tails {
    double lower, upper;
};

double log_gamma(double x);

/// x^a e^-x / Gamma(a + 1): the density of Gamma(a, 1) at x, times x / a. \pre a > 0, x >= 0
double gamma_mass(double a, double x);

/// Of Gamma(a, 1). \pre a > 0, x >= 0
Tails gamma_tails(double a, double x);

/// ln of the p-quantile of Gamma(a, 1), which for small `a` lies far below the least double.
/// \pre a > 0, 0 < p < 1
double log_gamma_quantile(double a, double p);

/// x^a y^b / B(a, b): the density of beta(a, b) at x, times x y. \pre a, b > 0; x + y = 1, neither negative
double beta_mass(double a, double b, double x, double y);

/// Of beta(a, b) at x; y = 1 - x is asked for because near 1 it says more than x. \pre as beta_mass
Tails beta_tails(double a, double b, double x, double y);

/// ln(x / (1 - x)) of the p-quantile x of beta(a, b). \pre a, b > 0, 0 < p < 1
double logit_beta_quantile(double a, double b, double p);

}  // namespace runrate::real
