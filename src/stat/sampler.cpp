#include "stat/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "core/contract.h"
#include "core/overloaded.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Range {
    double low, high;
};

/// The least and the greatest value that a draw can have.
Range support(Distribution const& d) {
    return std::visit(Overloaded{
                          [](Constant c) {
                              return Range{c.value, c.value};
                          },
                          [](Uniform u) {
                              return Range{u.low, u.high};
                          },
                          [](Normal n) {
                              return n.sd > 0 ? Range{-infinity, infinity} : Range{n.mean, n.mean};
                          },
                          [](LogitNormal) {
                              return Range{0, 1};
                          },
                          [](RelativeNormal) {
                              return Range{-1, infinity};
                          },
                          [](Pareto p) {
                              return Range{p.minimum, infinity};
                          },
                          [](Geometric g) {
                              return Range{static_cast<double>(g.from), g.mean > g.from ? infinity : g.from};
                          },
                          [](Triangular t) {
                              return Range{t.low, t.high};
                          },
                          [](Pert t) {
                              return Range{t.low, t.high};
                          },
                          [](Empirical const& e) {
                              return Range{e.points.front().value, e.points.back().value};
                          },
                          [](Mixture const& m) {
                              Range all{infinity, -infinity};
                              for (auto const& part : m.parts) {
                                  auto const [low, high] = support(part.law);
                                  all = {std::min(all.low, low), std::max(all.high, high)};
                              }
                              return all;
                          },
                          [](auto const&) {
                              return Range{0, infinity};
                          },
                      },
                      d);
}

}  // namespace

Sampler::Sampler(Distribution law, std::optional<double> at_least, std::optional<double> at_most)
    : law_{std::move(law)},
      draw_{prepared(law_)},
      fast_{&FastMath::tables()},
      at_least_{at_least.value_or(-infinity)},
      at_most_{at_most.value_or(infinity)} {
    RUNRATE_EXPECT(at_least_ <= at_most_);
    auto const [low, high] = support(law_);
    double const least = std::clamp(low, at_least_, at_most_);
    if (least == std::clamp(high, at_least_, at_most_)) draw_ = Constant{least};
}

Sampler::Draw Sampler::prepared(Distribution const& law) {
    return std::visit(Overloaded{
                          [](Constant c) -> Draw { return c; },
                          [](Uniform u) -> Draw { return u; },
                          [](Normal n) -> Draw { return n; },
                          [](Lognormal l) -> Draw { return l; },
                          [](Exponential e) -> Draw { return e; },
                          [](Weibull w) -> Draw {
                              return PowerOfExponential{w.scale, 1 / w.shape};
                          },
                          [](Pareto p) -> Draw {
                              return ExponentOfExponential{p.minimum, 1 / p.shape};
                          },
                          [](Geometric g) -> Draw {
                              double const success = 1 / (g.mean - g.from + 1);
                              if (success >= 1) return Constant{static_cast<double>(g.from)};
                              return Trials{static_cast<double>(g.from), 1 / real::log1p(-success)};
                          },
                          [](Gamma g) -> Draw { return NormalSpline{g}; },
                          [](Pert p) -> Draw { return NormalSpline{p}; },
                          [](Mixture const& m) -> Draw {
                              if (MixtureTable::suits(m)) return MixtureTable{m};
                              return Exact{};
                          },
                          [](auto const&) -> Draw { return Exact{}; },
                      },
                      law);
}

double Sampler::unbounded(double u) const {
    auto const tabulated = [&](auto const& table) {
        double const z = fast_->normal(u);
        return std::abs(z) < FastMath::normal_range ? table(z) : quantile(law_, u);
    };
    return std::visit(
        Overloaded{
            [](Constant c) { return c.value; },
            [&](Uniform r) { return r.low + u * (r.high - r.low); },
            [&](Normal n) { return n.mean + n.sd * fast_->normal(u); },
            [&](Lognormal l) { return fast_->exp(l.mu + l.sigma * fast_->normal(u)); },
            [&](Exponential e) { return -e.mean * fast_->log(1 - u); },
            [&](PowerOfExponential w) { return w.scale * fast_->exp(w.exponent * fast_->log(-fast_->log(1 - u))); },
            [&](ExponentOfExponential p) { return p.scale * fast_->exp(-p.rate * fast_->log(1 - u)); },
            [&](Trials t) {
                double const trials = fast_->log(1 - u) * t.per_log;
                auto const whole = static_cast<std::int64_t>(std::min(trials, 0x1p60));
                return t.from +
                       static_cast<double>(static_cast<double>(whole) == trials && whole > 0 ? whole - 1 : whole);
            },
            [&](NormalSpline const& s) { return tabulated([&](double z) { return s.at(z, *fast_); }); },
            [&](MixtureTable const& m) { return tabulated([&](double z) { return m.at(z, *fast_); }); },
            [&](Exact) { return quantile(law_, u); },
        },
        draw_);
}

double Sampler::at(double u) const {
    double const draw = unbounded(u);
    return draw < at_least_ ? at_least_ : draw > at_most_ ? at_most_ : draw;
}

std::optional<double> Sampler::constant() const {
    if (auto const* const only = std::get_if<Constant>(&draw_)) return only->value;
    return {};
}

std::int64_t whole_tokens(double draw) {
    RUNRATE_EXPECT(!std::isnan(draw));
    constexpr double most = 0x1p40;  // a trillion; sums of many stay whole numbers
    return draw > 1 ? static_cast<std::int64_t>(std::nearbyint(std::min(draw, most))) : 1;
}

}  // namespace runrate
