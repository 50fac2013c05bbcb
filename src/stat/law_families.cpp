#include "stat/law_families.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/contract.h"
#include "stat/elementary.h"
#include "stat/special_functions.h"

namespace runrate {
namespace {

using enum Parameter;
using real::exp, real::log, real::log1p;
using Fault = std::optional<std::string>;

constexpr double z95 = 1.64485362695147271486;  // of the standard normal
constexpr double ln2 = 0.69314718055994530942;
constexpr double ln20 = 2.99573227355399099344;     // -ln 0.05: the exponential's p95
constexpr double ln20_19 = 0.05129329438755058336;  // -ln 0.95: its p5

/// The least parameter of `f`'s sign change, where f rises (false position, Illinois variant).
template <class F>
double root(F const& f, double low, double high) {
    double at_low = f(low), at_high = f(high);
    for (int i = 0; i < 200 && high - low > 1e-13 * std::max(1.0, std::abs(low)); ++i) {
        double middle = (low * at_high - high * at_low) / (at_high - at_low);
        if (!(low < middle && middle < high) || i % 8 == 7) middle = low + (high - low) / 2;
        double const value = f(middle);
        if (value == 0) return middle;
        if (value < 0) {
            low = middle;
            at_low = value;
            at_high /= 2;
        } else {
            high = middle;
            at_high = value;
            at_low /= 2;
        }
    }
    return low + (high - low) / 2;
}

Fault not_positive(Family family, Stated const& v, std::initializer_list<Parameter> parameters) {
    for (Parameter p : parameters) {
        if (auto const x = v.find(p); x && !(*x > 0)) {
            return fmt::format("{} is {:.6g} ({} needs it above 0)", name(p), *x, name(family));
        }
    }
    return {};
}

Fault negative(Stated const& v, Parameter spread) {
    auto const x = v.find(spread);
    if (!x || *x >= 0) return {};
    return fmt::format("{} is {:.6g} (a spread is not negative)", name(spread), *x);
}

/// p95 against what cannot exceed it.
Fault p95_below(Stated const& v) {
    for (Parameter p : {p5, median, mean}) {
        if (v.has(p95) && v.has(p) && v[p95] < v[p]) {
            return fmt::format("p95 {:.6g} is below the {} {:.6g}", v[p95], name(p), v[p]);
        }
    }
    return {};
}

Fault first(std::initializer_list<Fault> faults) {
    for (auto const& fault : faults) {
        if (fault) return fault;
    }
    return {};
}

/// The one value of a law that is stated without spread.
std::optional<double> without_spread(Stated const& v) {
    auto const location = [&] { return v.find(mean) ? v.find(mean) : v.find(median) ? v.find(median) : v.find(p5); };
    bool const none = v.find(cv) == 0.0 || v.find(sd) == 0.0 || (v.has(p95) && v.find(p95) == location());
    return none ? location() : std::nullopt;
}

Resolved normal(Stated const& v) {
    auto const wrong = first({negative(v, sd), negative(v, cv), p95_below(v)});
    if (wrong) return *wrong;
    if (v.has(cv) && !(v[mean] > 0))
        return fmt::format("mean is {:.6g} (with cv it must be above 0; state sd)", v[mean]);
    if (auto const only = without_spread(v)) return Constant{*only};
    if (v.has(sd)) return Normal{v[mean], v[sd]};
    if (v.has(cv)) return Normal{v[mean], v[mean] * v[cv]};
    if (v.has(median)) return Normal{v[median], (v[p95] - v[median]) / z95};
    return Normal{(v[p5] + v[p95]) / 2, (v[p95] - v[p5]) / (2 * z95)};
}

Resolved lognormal(Stated const& v) {
    if (v.has(cv)) {
        double const variance = log1p(v[cv] * v[cv]), sigma = std::sqrt(variance);
        return Lognormal{v.has(mean) ? log(v[mean]) - variance / 2 : log(v[median]), sigma};
    }
    if (v.has(median)) return Lognormal{log(v[median]), log(v[p95] / v[median]) / z95};
    if (v.has(p5)) return Lognormal{(log(v[p5]) + log(v[p95])) / 2, log(v[p95] / v[p5]) / (2 * z95)};
    // p95 / mean = exp(z95 sigma - sigma^2 / 2), at most exp(z95^2 / 2).
    double const under_root = z95 * z95 - 2 * log(v[p95] / v[mean]);
    if (under_root < 0) {
        return fmt::format("no lognormal has mean {:.6g} and p95 {:.6g} (p95 at most {:.3g} times the mean)", v[mean],
                           v[p95], exp(z95 * z95 / 2));
    }
    double const sigma = z95 - std::sqrt(under_root);
    return Lognormal{log(v[mean]) - sigma * sigma / 2, sigma};
}

constexpr double widest_gamma = -6;  // ln of the shape: cv 20

/// The gamma shape at which ln(quantile at p95 / quantile at p) is `spread`.
double gamma_shape(double spread, double p) {
    auto const spread_at = [&](double log_shape) {
        double const a = exp(log_shape);
        return real::log_gamma_quantile(a, 0.95) - real::log_gamma_quantile(a, p);
    };
    constexpr double least = widest_gamma, most = 30;  // ln of the shape: cv from 20 down to 3e-7
    auto const normal_limit = [&] { return (z95 - real::normal_quantile(p)) / spread; };
    if (spread <= spread_at(most)) return normal_limit() * normal_limit();
    return exp(root([&](double s) { return log(spread / spread_at(s)); }, least, most));
}

Resolved gamma(Stated const& v) {
    if (v.has(cv)) {
        if (v[cv] > 20) return fmt::format("cv is {:.6g} (that of a gamma law at most 20; take a lognormal)", v[cv]);
        double const shape = 1 / (v[cv] * v[cv]);
        return Gamma{shape, v.has(mean) ? v[mean] / shape : v[median] / exp(real::log_gamma_quantile(shape, 0.5))};
    }
    Parameter const location = v.has(median) ? median : p5;
    double const p = v.has(median) ? 0.5 : 0.05, spread = log(v[p95] / v[location]);
    double const widest = exp(widest_gamma),
                 most = real::log_gamma_quantile(widest, 0.95) - real::log_gamma_quantile(widest, p);
    if (spread > most) {
        return fmt::format("no gamma law of cv below 20 has {} {:.6g} and p95 {:.6g} (take a lognormal)",
                           name(location), v[location], v[p95]);
    }
    double const shape = gamma_shape(spread, p);
    return Gamma{shape, exp(log(v[p95]) - real::log_gamma_quantile(shape, 0.95))};
}

/// The Weibull shape with this coefficient of variation: 1 + cv^2 = Gamma(1 + 2/k) / Gamma(1 + 1/k)^2.
double weibull_shape(double cv_of_law) {
    constexpr double limit = 1.28254983016186410;  // pi / sqrt 6: k cv as k grows
    if (cv_of_law < 1e-4) return limit / cv_of_law;
    double const target = log1p(cv_of_law * cv_of_law);
    return exp(root(
        [&](double s) {
            double const inverse = exp(-s);
            return log(target / (real::log_gamma(1 + 2 * inverse) - 2 * real::log_gamma(1 + inverse)));
        },
        -4, 10));
}

Resolved weibull(Stated const& v) {
    if (v.has(cv)) {
        if (v[cv] > 1e20) return fmt::format("cv is {:.6g} (that of a weibull law at most 1e+20)", v[cv]);
        double const k = weibull_shape(v[cv]);
        double const unit = v.has(mean) ? real::log_gamma(1 + 1 / k) : log(ln2) / k;
        return Weibull{k, exp(log(v.has(mean) ? v[mean] : v[median]) - unit)};
    }
    Parameter const location = v.has(median) ? median : p5;
    double const below = log(v.has(median) ? ln2 : ln20_19), above = log(ln20);
    double const k = (above - below) / log(v[p95] / v[location]);
    return Weibull{k, exp(log(v[p95]) - above / k)};
}

/// The families of lengths and times: positive, spread by one shape.
Resolved positive(Family family, Stated const& v) {
    auto const wrong = first({not_positive(family, v, {mean, median, p5, p95}), negative(v, cv), p95_below(v)});
    if (wrong) return *wrong;
    if (auto const only = without_spread(v)) return Constant{*only};
    if (family == Family::lognormal) return lognormal(v);
    return family == Family::gamma ? gamma(v) : weibull(v);
}

Resolved exponential(Stated const& v) {
    if (auto const wrong = not_positive(Family::exponential, v, {mean, median})) return *wrong;
    return Exponential{v.has(mean) ? v[mean] : v[median] / ln2};
}

Resolved geometric(Stated const& v, int from) {
    if (from != 0 && from != 1) return fmt::format("geometric starts at {} (it starts at 0 or 1)", from);
    if (v[mean] < from)
        return fmt::format("mean is {:.6g} (that of a geometric law from {} is not below it)", v[mean], from);
    if (v[mean] == from) return Constant{static_cast<double>(from)};
    return Geometric{v[mean], from};
}

Resolved pareto(Stated const& v) {
    if (auto const wrong = not_positive(Family::pareto, v, {minimum, shape, mean, p95})) return *wrong;
    if (v.has(shape)) return Pareto{v[minimum], v[shape]};
    Parameter const other = v.has(mean) ? mean : p95;
    if (v[other] < v[minimum])
        return fmt::format("{} {:.6g} is below the minimum {:.6g}", name(other), v[other], v[minimum]);
    if (v[other] == v[minimum]) return Constant{v[minimum]};
    return Pareto{v[minimum], v.has(mean) ? v[mean] / (v[mean] - v[minimum]) : ln20 / log(v[p95] / v[minimum])};
}

Resolved between(Family family, Stated const& v) {
    if (v[low] > v[high]) return fmt::format("low {:.6g} is above high {:.6g}", v[low], v[high]);
    if (v.has(mode) && !(v[low] <= v[mode] && v[mode] <= v[high])) {
        return fmt::format("mode {:.6g} is not between low {:.6g} and high {:.6g}", v[mode], v[low], v[high]);
    }
    if (v[low] == v[high]) return Constant{v[low]};
    if (family == Family::uniform) return Uniform{v[low], v[high]};
    if (family == Family::triangular) return Triangular{v[low], v[mode], v[high]};
    return Pert{v[low], v[mode], v[high]};
}

}  // namespace

std::optional<double> Stated::find(Parameter parameter) const {
    for (auto const& [stated, x] : values_) {
        if (stated == parameter) return x;
    }
    return {};
}

double Stated::operator[](Parameter parameter) const {
    auto const found = find(parameter);
    RUNRATE_EXPECT(found);
    return *found;
}

Resolved resolve(Family family, Stated const& v, int from) {
    switch (family) {
        case Family::constant: return Constant{v[value]};
        case Family::normal: return normal(v);
        case Family::lognormal:
        case Family::gamma:
        case Family::weibull: return positive(family, v);
        case Family::exponential: return exponential(v);
        case Family::geometric: return geometric(v, from);
        case Family::pareto: return pareto(v);
        case Family::uniform:
        case Family::triangular:
        case Family::pert: return between(family, v);
        case Family::empirical:
        case Family::mixture: break;
    }
    broken_contract("a family that parameters state", __FILE__, __LINE__);
}

}  // namespace runrate
