#pragma once

/// Elementary functions with the same bits on every x86-64 machine.
///
/// glibc's own choose an FMA variant by CPU and change bits with it (measured), so nothing that reaches a result may
/// call them. These are SLEEF's deterministic scalar functions (1 ulp), or built on them. `std::sqrt`, `floor`,
/// `nearbyint` and the four operations are exact by IEEE 754 and may be used freely.
namespace runrate::real {

double exp(double x);
double log(double x);
double log1p(double x);
double expm1(double x);
double pow(double x, double y);

/// x of the standard normal with P(X < x) = p (Wichura, AS 241). \pre 0 < p < 1
double normal_quantile(double p);

/// P(X < x) of the standard normal.
double normal_cdf(double x);

/// t with P(T < t) = p of Student's law. \pre 0 < p < 1, degrees >= 1
double student_quantile(double p, int degrees);

/// ln(p / (1 - p)) and its inverse: shares on the whole line. \pre 0 < p < 1
double logit(double p);
double logistic(double x);

}  // namespace runrate::real
