#include "serving/gateway.h"

namespace runrate {
namespace {

/// x + x^2 + ... + x^n.
double powers(double x, int n) {
    double sum = 0;
    double power = 1;
    for (int i = 0; i < n; ++i) sum += power *= x;
    return sum;
}

double to_the(double x, int n) {
    double power = 1;
    for (int i = 0; i < n; ++i) power *= x;
    return power;
}

}  // namespace

double expected_attempts(double p, int inner, int outer) {
    return (1 + powers(p, inner - 1)) * (1 + powers(to_the(p, inner), outer - 1));
}

double retry_allowance(double failure, int attempts, double budget) {
    if (powers(failure, attempts - 1) <= budget) return 1;
    double low = 0;
    double high = 1;
    for (int i = 0; i < 60; ++i) {
        double const middle = (low + high) / 2;
        (powers(failure * middle, attempts - 1) <= budget ? low : high) = middle;
    }
    return low;
}

double loop_failure(double failure, int attempts, double allowance) {
    double fails = failure;
    for (int i = 1; i < attempts; ++i) fails = failure * (1 - allowance + allowance * fails);
    return fails;
}

}  // namespace runrate
