#include "stat/law.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>

namespace runrate {
namespace {

using enum Parameter;
using Stated = std::vector<std::pair<Parameter, double>>;

LawSpec spec(Family family, Stated const& stated) {
    LawSpec law{.family = family};
    for (auto const& [parameter, value] : stated) law.parameters.emplace_back(parameter, Number{value});
    return law;
}

Distribution law_of(LawSpec const& spec, BeliefValues world = {}) {
    auto const resolved = resolve(spec, world);
    if (auto const* const why = std::get_if<std::string>(&resolved)) {
        ADD_FAILURE() << *why;
        return Constant{0};
    }
    return std::get<Distribution>(resolved);
}

/// Why there is no such law; `a law` where there is one.
std::string why_not(LawSpec const& spec) {
    auto const resolved = resolve(spec, {});
    auto const* const why = std::get_if<std::string>(&resolved);
    return why ? *why : "a law";
}

double cv_of(Distribution const& law) {
    if (auto const* const g = std::get_if<Gamma>(&law)) return 1 / std::sqrt(g->shape);
    if (auto const* const l = std::get_if<Lognormal>(&law)) return std::sqrt(std::expm1(l->sigma * l->sigma));
    if (auto const* const n = std::get_if<Normal>(&law)) return n->sd / n->mean;
    auto const k = std::get<Weibull>(law).shape;
    return std::sqrt(std::exp(std::lgamma(1 + 2 / k) - 2 * std::lgamma(1 + 1 / k)) - 1);
}

/// What the law has where the scenario stated something.
double actual(Distribution const& law, Parameter parameter) {
    switch (parameter) {
        case mean: return runrate::mean(law);
        case cv: return cv_of(law);
        case sd: return cv_of(law) * runrate::mean(law);
        case median: return quantile(law, 0.5);
        case p5: return quantile(law, 0.05);
        case p95: return quantile(law, 0.95);
        case minimum: return std::get<Pareto>(law).minimum;
        case shape: return std::get<Pareto>(law).shape;
        default: ADD_FAILURE(); return 0;
    }
}

class StatedLaw : public testing::TestWithParam<Family> {};
INSTANTIATE_TEST_SUITE_P(Families, StatedLaw,
                         testing::Values(Family::normal, Family::lognormal, Family::gamma, Family::weibull,
                                         Family::exponential, Family::pareto),
                         [](testing::TestParamInfo<Family> const& of) { return std::string{name(of.param)}; });

TEST_P(StatedLaw, HasWhatTheScenarioStated) {
    std::vector<Stated> const scales{
        {{mean, 80}, {cv, 0.6}, {sd, 33}, {median, 60}, {p5, 12}, {p95, 300}, {minimum, 10}, {shape, 2.5}},
        {{mean, 2000}, {cv, 0.01}, {sd, 1}, {median, 2000}, {p5, 1990}, {p95, 2010}, {minimum, 1000}, {shape, 9}},
        {{mean, 0.3}, {cv, 2.5}, {sd, 0.1}, {median, 0.2}, {p5, 0.001}, {p95, 1.1}, {minimum, 0.01}, {shape, 1.2}},
        {{mean, 1000},
         {cv, 1e-5},
         {sd, 1e-5},
         {median, 1000},
         {p5, 999.999},
         {p95, 1000.01},
         {minimum, 10},
         {shape, 50}},
    };
    for (auto const& scale : scales) {
        for (auto const& set : accepted(GetParam())) {
            Stated stated;
            for (auto const& entry : scale) {
                if (std::find(set.begin(), set.end(), entry.first) != set.end()) stated.push_back(entry);
            }
            auto const law = law_of(spec(GetParam(), stated));
            for (auto const& [parameter, value] : stated) {
                EXPECT_NEAR(actual(law, parameter) / value, 1, parameter == cv && value < 1e-4 ? 2e-5 : 1e-8)
                    << name(parameter) << ' ' << value;
            }
        }
    }
}

TEST(Law, OfMeanAndP95TakesTheSmallerSigma) {
    auto const law = std::get<Lognormal>(law_of(spec(Family::lognormal, {{mean, 100}, {p95, 250}})));
    EXPECT_LT(law.sigma, 1.645);
    EXPECT_GT(law.sigma, 0);
}

TEST(Law, WithoutSpreadIsOneValue) {
    using P = std::vector<std::pair<Family, Stated>>;
    for (auto const& [family, stated] : P{{Family::lognormal, {{mean, 5}, {cv, 0}}},
                                          {Family::lognormal, {{mean, 5}, {p95, 5}}},
                                          {Family::gamma, {{median, 5}, {p95, 5}}},
                                          {Family::weibull, {{p5, 5}, {p95, 5}}},
                                          {Family::normal, {{mean, 5}, {sd, 0}}},
                                          {Family::uniform, {{low, 5}, {high, 5}}},
                                          {Family::pert, {{low, 5}, {mode, 5}, {high, 5}}},
                                          {Family::pareto, {{minimum, 5}, {mean, 5}}},
                                          {Family::constant, {{value, 5}}}}) {
        auto const law = law_of(spec(family, stated));
        ASSERT_TRUE(std::holds_alternative<Constant>(law)) << name(family);
        EXPECT_EQ(std::get<Constant>(law).value, 5);
    }
}

TEST(Law, TakesItsParametersFromTheBeliefsOfTheWorld) {
    LawSpec turns{.family = Family::geometric, .parameters = {{mean, Number{BeliefId{1}, 10}}}, .from = 1};
    std::vector<double> const world{0.3, 8.5};
    EXPECT_EQ(runrate::mean(law_of(turns, world)), 8.5);
    EXPECT_TRUE(std::holds_alternative<Constant>(law_of(turns, std::vector<double>{0.3, 1})));
}

TEST(Law, OfTheCornersIsTheShapeItself) {
    EXPECT_EQ(runrate::mean(law_of(spec(Family::triangular, {{low, 1}, {mode, 2}, {high, 6}}))), 3);
    EXPECT_EQ(runrate::mean(law_of(spec(Family::pert, {{high, 6}, {low, 0}, {mode, 3}}))), 3);
    EXPECT_EQ(runrate::mean(law_of(spec(Family::uniform, {{low, 1}, {high, 6}}))), 3.5);
}

TEST(Law, OfQuantilesIsLinearBetweenThem) {
    LawSpec law{.family = Family::empirical, .quantiles = {{0, Number{1}}, {0.5, Number{3}}, {1, Number{11}}}};
    EXPECT_EQ(quantile(law_of(law), 0.75), 7);
}

LawSpec mixture_of(std::vector<LawSpec::Part> parts) { return {.family = Family::mixture, .parts = std::move(parts)}; }

TEST(Law, OfAMixtureWeighsItsParts) {
    auto const mixed =
        mixture_of({{Number{30}, LawSpec::constant(Number{1})}, {Number{10}, LawSpec::constant(Number{9})}});
    EXPECT_EQ(runrate::mean(law_of(mixed)), 3);
    auto const one = mixture_of({{Number{0}, LawSpec::constant(Number{1})}, {Number{2}, LawSpec::constant(Number{9})}});
    EXPECT_TRUE(std::holds_alternative<Constant>(law_of(one)));
}

TEST(Law, ThatDoesNotExistSaysWhy) {
    struct Case {
        Family family;
        Stated stated;
        std::string why;
    };
    double const nan = std::nan(""), infinite = std::numeric_limits<double>::infinity();
    for (auto const& [family, stated, why] : std::vector<Case>{
             {Family::lognormal,
              {{mean, 100}, {p95, 900}},
              "no lognormal has mean 100 and p95 900 (p95 at most 3.87 times the mean)"},
             {Family::lognormal, {{mean, 100}, {p95, 90}}, "p95 90 is below the mean 100"},
             {Family::lognormal, {{mean, 0}, {cv, 1}}, "mean is 0 (lognormal needs it above 0)"},
             {Family::gamma, {{mean, -3}, {cv, 1}}, "mean is -3 (gamma needs it above 0)"},
             {Family::gamma, {{mean, 3}, {cv, -1}}, "cv is -1 (a spread is not negative)"},
             {Family::gamma, {{mean, 3}, {cv, 21}}, "cv is 21 (that of a gamma law at most 20; take a lognormal)"},
             {Family::gamma,
              {{median, 1}, {p95, 1e300}},
              "no gamma law of cv below 20 has median 1 and p95 1e+300 (take a lognormal)"},
             {Family::weibull, {{median, 3}, {p95, 2}}, "p95 2 is below the median 3"},
             {Family::lognormal, {{p5, 3}, {p95, 2}}, "p95 2 is below the p5 3"},
             {Family::normal, {{mean, 3}, {sd, -2}}, "sd is -2 (a spread is not negative)"},
             {Family::normal, {{mean, 0}, {cv, 2}}, "mean is 0 (with cv it must be above 0; state sd)"},
             {Family::exponential, {{mean, 0}}, "mean is 0 (exponential needs it above 0)"},
             {Family::geometric, {{mean, 0.5}}, "mean is 0.5 (that of a geometric law from 1 is not below it)"},
             {Family::pareto, {{minimum, 5}, {mean, 4}}, "mean 4 is below the minimum 5"},
             {Family::uniform, {{low, 5}, {high, 4}}, "low 5 is above high 4"},
             {Family::pert, {{low, 5}, {mode, 4}, {high, 9}}, "mode 4 is not between low 5 and high 9"},
             {Family::constant, {{value, nan}}, "value is not a finite number"},
             {Family::lognormal, {{mean, infinite}, {cv, 1}}, "mean is not a finite number"},
             {Family::exponential, {{p95, 3}}, "exponential is not stated by p95 (state mean, or median)"},
             {Family::uniform, {{low, 3}}, "uniform is not stated by low (state low and high)"},
             {Family::pert, {}, "pert is not stated by nothing (state low, mode and high)"},
             {Family::mixture, {{mean, 3}}, "mixture takes no mean"},
             {Family::mixture, {}, "a mixture without weight (give some part a weight above 0)"},
             {Family::empirical, {}, "an empirical law needs two quantiles or more"}}) {
        LawSpec law = spec(family, stated);
        law.from = 1;
        EXPECT_EQ(why_not(law), why);
    }
}

TEST(Law, OfQuantilesOutOfOrderSaysWhich) {
    using Quantiles = std::vector<std::pair<double, Number>>;
    auto const why = [](Quantiles quantiles) {
        return why_not({.family = Family::empirical, .quantiles = std::move(quantiles)});
    };
    EXPECT_EQ(why({{0, Number{1}}, {0.5, Number{3}}, {1, Number{2}}}),
              "the quantile at 1 is 2, below 3 at 0.5 (quantiles ascend)");
    EXPECT_EQ(why({{0, Number{1}}, {0.5, Number{3}}, {0.5, Number{4}}}), "quantiles are not in ascending order of p");
    EXPECT_EQ(why({{0.05, Number{1}}, {1, Number{3}}}), "no quantile at 0 (state the least value there)");
    EXPECT_EQ(why({{0, Number{1}}, {0.95, Number{3}}}), "no quantile at 1 (state the greatest value there)");
}

TEST(Law, OfAMixtureNamesThePartThatIsWrong) {
    auto const fine = LawSpec::constant(Number{1});
    EXPECT_EQ(why_not(mixture_of({{Number{1}, fine}, {Number{1}, spec(Family::exponential, {{mean, -1}})}})),
              "part 2: mean is -1 (exponential needs it above 0)");
    EXPECT_EQ(why_not(mixture_of({{Number{-1}, fine}})), "the weight of part 1 is -1 (weights are not negative)");
    auto capped = fine;
    capped.at_most = Number{3};
    EXPECT_EQ(why_not(mixture_of({{Number{1}, capped}})),
              "part 1 has bounds of its own (state at_least and at_most on the mixture)");
}

TEST(Law, WithBoundsThatCrossSaysSo) {
    auto law = LawSpec::constant(Number{1});
    law.at_least = Number{10};
    law.at_most = Number{5};
    EXPECT_EQ(why_not(law), "at_least 10 is above at_most 5");
    law.at_most = Number{std::nan("")};
    EXPECT_EQ(why_not(law), "at_most is not a finite number");
}

}  // namespace
}  // namespace runrate
