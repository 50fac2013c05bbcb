#pragma once

#include <variant>
#include <vector>

#include "stat/stream.h"

namespace runrate {

struct Constant {
    double value;
};
struct Uniform {
    double low, high;
};
struct Normal {
    double mean, sd;
};
struct Lognormal {
    double mu, sigma;
};  ///< exp(mu + sigma Z)
struct LogitNormal {
    double mu, sigma;
};  ///< logistic(mu + sigma Z): a share that stays one
struct RelativeNormal {
    double mu, sigma;
};  ///< exp(mu + sigma Z) - 1: a rate per period, never below -100 %
struct Exponential {
    double mean;
};
struct Gamma {
    double shape, scale;
};
struct Weibull {
    double shape, scale;
};
struct Pareto {
    double minimum, shape;
};
struct Geometric {
    double mean;
    int from;
};  ///< whole numbers from `from` (0 or 1) up; mean >= from
struct Triangular {
    double low, mode, high;
};
struct Pert {
    double low, mode, high;
};  ///< beta on [low, high] with mean (low + 4 mode + high) / 6

/// The quantile function given at points, linear between them. \pre p ascending from 0 to 1, values ascending
struct Empirical {
    struct Point {
        double p, value;
    };
    std::vector<Point> points;
};

struct Mixture;

/// A closed set of shapes. A new one is a struct, a line here, and the overloads that the compiler then asks for.
using Distribution = std::variant<Constant, Uniform, Normal, Lognormal, LogitNormal, RelativeNormal, Exponential, Gamma,
                                  Weibull, Pareto, Geometric, Triangular, Pert, Empirical, Mixture>;

/// One of several laws, chosen by weight. Its quantile is that of the whole mixture, so one uniform draws it.
struct Mixture {
    struct Part;
    std::vector<Part> parts;
};
struct Mixture::Part {
    double weight;
    Distribution law;
};

/// The value below which a share `p` of the draws fall; monotone in p. \pre 0 < p < 1
double quantile(Distribution const&, double p);

/// P(X <= x).
double cdf(Distribution const&, double x);

/// The exact mean (LogitNormal: by quadrature, to 1e-9); infinite for a Pareto of shape <= 1.
double mean(Distribution const&);

/// Draws by inversion: one uniform per draw, and more uniform gives more value. Common random numbers rest on both.
inline double sample(Distribution const& d, Stream& stream) { return quantile(d, stream.uniform()); }

}  // namespace runrate
