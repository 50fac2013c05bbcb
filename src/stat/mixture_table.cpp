#include "stat/mixture_table.h"

#include <algorithm>
#include <cmath>

#include "core/overloaded.h"
#include "stat/density.h"
#include "stat/elementary.h"
#include "stat/sampler.h"

namespace runrate {
namespace {

constexpr double root_two_pi = 2.50662827463100050242;
constexpr double farthest = 9;     // where P is 0 or 1
constexpr int levels = 50;         // of z between the knots of one part, each way from -6.25 to 6.25
constexpr int atoms_of_ladder = 256;

double deviate(double p) {
    if (p <= 0) return -farthest;
    return p < 1 ? std::clamp(real::normal_quantile(p), -farthest, farthest) : farthest;
}

/// Values of x between which the part's law is smooth, beside its quantiles.
std::vector<double> breaks(Distribution const& law) {
    return std::visit(Overloaded{
                          [](Constant c) { return std::vector{c.value}; },
                          [](Uniform u) { return std::vector{u.low, u.high}; },
                          [](Triangular t) { return std::vector{t.low, t.mode, t.high}; },
                          [](Pert t) { return std::vector{t.low, t.high}; },
                          [](Pareto p) { return std::vector{p.minimum}; },
                          [](Geometric g) {
                              std::vector<double> steps;
                              for (int i = 0; i < atoms_of_ladder; ++i) steps.push_back(g.from + i);
                              return steps;
                          },
                          [](Empirical const& e) {
                              std::vector<double> values;
                              for (auto const& point : e.points) values.push_back(point.value);
                              return values;
                          },
                          [](Mixture const& m) {
                              std::vector<double> all;
                              for (auto const& part : m.parts) {
                                  for (double x : breaks(part.law)) all.push_back(x);
                              }
                              return all;
                          },
                          [](auto const&) { return std::vector<double>{}; },
                      },
                      law);
}

std::vector<double> knots(Mixture const& m) {
    std::vector<double> xs;
    for (auto const& part : m.parts) {
        Sampler const draws{part.law};
        for (double x : breaks(part.law)) xs.push_back(x);
        if (draws.constant()) continue;
        for (int i = 0; i <= levels; ++i) xs.push_back(draws.at(real::normal_cdf(-6.25 + 12.5 / levels * i)));
    }
    std::sort(xs.begin(), xs.end());
    xs.erase(std::unique(xs.begin(), xs.end()), xs.end());
    return xs;
}

}  // namespace

MixtureTable::MixtureTable(Mixture const& m) {
    auto const xs = knots(m);
    Distribution const law = m;
    logarithmic_ = xs.front() > 0;
    double x0 = xs.front(), z0 = -farthest;
    for (double x : xs) {
        double const before = deviate(cdf_before(law, x)), upto = deviate(cdf(law, x));
        join(m, x0, z0, x, before);
        join(m, x, before, x, upto);
        x0 = x;
        z0 = upto;
    }
    join(m, x0, z0, x0, farthest);
    pieces_.push_back({2 * farthest, 0, 0, 0, 0});
    std::uint32_t i = 0;
    for (int cell = 0; cell <= static_cast<int>(2 * reach * cells_per_unit); ++cell) {
        while (pieces_[i + 1].z <= -reach + cell / cells_per_unit) ++i;
        first_.push_back(i);
    }
}

void MixtureTable::join(Mixture const& m, double x0, double z0, double x1, double z1) {
    double const width = z1 - z0;
    if (!(width > 1e-12)) return;  // a jump, or no probability between
    double const y0 = logarithmic_ ? real::log(x0) : x0, y1 = logarithmic_ ? real::log(x1) : x1;
    double const secant = (y1 - y0) / width;
    // Just inside, because a density may break at a knot; at most 3 secants keep a cubic monotone (Fritsch, Carlson).
    auto const slope = [&](double x, double z) {
        double const f = density(m, x) * (logarithmic_ ? x : 1);
        double const exact = real::exp(-z * z / 2) / (root_two_pi * f);
        return f > 0 && exact < 3 * secant ? exact : f > 0 ? 3 * secant : secant;
    };
    double const inside = (x1 - x0) * 1e-9;
    double const s0 = secant > 0 ? slope(x0 + inside, z0) : 0, s1 = secant > 0 ? slope(x1 - inside, z1) : 0;
    pieces_.push_back({z0, y0, s0, (3 * secant - 2 * s0 - s1) / width, (s0 + s1 - 2 * secant) / (width * width)});
}

}  // namespace runrate
