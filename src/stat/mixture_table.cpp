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
constexpr double farthest = 9;  // where P is 0 or 1
constexpr int levels = 25;      // steps of z between the knots of one part, from -6.25 to 6.25
constexpr int halvings = 7;
constexpr double tolerance = 2e-5;

double deviate(double p) {
    if (p <= 0) return -farthest;
    return p < 1 ? std::clamp(real::normal_quantile(p), -farthest, farthest) : farthest;
}

/// Values of x between which the part's law is smooth, beside its quantiles.
std::vector<double> breaks(Distribution const& law) {
    return std::visit(Overloaded{
                          [](Constant c) { return std::vector{c.value}; },
                          [](Uniform u) {
                              return std::vector{u.low, u.high};
                          },
                          [](Triangular t) {
                              return std::vector{t.low, t.mode, t.high};
                          },
                          [](Pert t) {
                              return std::vector{t.low, t.high};
                          },
                          [](Pareto p) { return std::vector{p.minimum}; },
                          [](Geometric g) {
                              std::vector<double> steps;
                              double const last = quantile(g, 1 - 2e-10);
                              for (double step = g.from; step <= last; ++step) steps.push_back(step);
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

bool MixtureTable::suits(Mixture const& m) {
    return std::all_of(m.parts.begin(), m.parts.end(), [](Mixture::Part const& part) {
        if (auto const* const g = std::get_if<Geometric>(&part.law)) return g->mean <= 100;
        auto const* const inner = std::get_if<Mixture>(&part.law);
        return !inner || suits(*inner);
    });
}

MixtureTable::MixtureTable(Mixture const& m) {
    auto const xs = knots(m);
    Distribution const law = m;
    Knot last{xs.front(), -farthest};
    for (double x : xs) {
        Knot const before{x, deviate(cdf_before(law, x))}, upto{x, deviate(cdf(law, x))};
        join(law, last, before, halvings);
        join(law, before, upto, 0);
        last = upto;
    }
    join(law, last, {last.x, farthest}, 0);
    pieces_.push_back({2 * farthest, 0, 0, 0, 0, false});
    std::uint32_t i = 0;
    for (int cell = 0; cell <= static_cast<int>(2 * reach * cells_per_unit); ++cell) {
        while (pieces_[i + 1].z <= -reach + cell / cells_per_unit) ++i;
        first_.push_back(i);
    }
}

MixtureTable::Piece MixtureTable::between(Distribution const& law, Knot a, Knot b) {
    bool const logarithmic = a.x > 0 && b.x > a.x;
    double const width = b.z - a.z;
    double const low = logarithmic ? real::log(a.x) : a.x, high = logarithmic ? real::log(b.x) : b.x;
    double const secant = (high - low) / width;
    // Just inside, because a density may break at a knot; at most 3 secants keep a cubic monotone (Fritsch, Carlson).
    auto const slope = [&](double x, double z) {
        double const f = density(law, x) * (logarithmic ? x : 1);
        return std::min(3 * secant, real::exp(-z * z / 2) / (root_two_pi * std::max(f, 1e-300)));
    };
    double const inside = (b.x - a.x) * 1e-9;
    double const s0 = secant > 0 ? slope(a.x + inside, a.z) : 0, s1 = secant > 0 ? slope(b.x - inside, b.z) : 0;
    return {a.z, low, s0, (3 * secant - 2 * s0 - s1) / width, (s0 + s1 - 2 * secant) / (width * width), logarithmic};
}

void MixtureTable::join(Distribution const& law, Knot a, Knot b, int halvings_left) {
    if (!(b.z - a.z > 1e-12)) return;  // a jump, or no probability between
    Piece const piece = between(law, a, b);
    if (halvings_left > 0 && b.x > a.x && a.z < reach && b.z > -reach) {
        double const middle = a.z + (b.z - a.z) / 2, y = piece.at(middle), x = piece.logarithmic ? real::exp(y) : y;
        Knot const exact{x, deviate(cdf(law, x))};
        double const miss = std::abs(exact.z - middle), steepness = (b.x - a.x) / (b.z - a.z);
        bool const inside = a.x < x && x < b.x && a.z <= exact.z && exact.z <= b.z;
        if (inside && miss * (1 + std::abs(middle)) > tolerance && miss * steepness > tolerance * std::abs(x)) {
            join(law, a, exact, halvings_left - 1);
            join(law, exact, b, halvings_left - 1);
            return;
        }
    }
    pieces_.push_back(piece);
}

}  // namespace runrate
