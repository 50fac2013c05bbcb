#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "stat/distribution.h"
#include "stat/number.h"
#include "stat/sampler.h"

namespace runrate {

enum class Family {
    constant,
    normal,
    lognormal,
    gamma,
    weibull,
    exponential,
    geometric,
    pareto,
    uniform,
    triangular,
    pert,
    empirical,
    mixture
};

/// What a law is stated by. Which of them go together is the family's matter: see `accepted`.
enum class Parameter { value, mean, cv, sd, median, p5, p95, minimum, shape, low, mode, high };

/// A part of a mixture. A template, so that it is made only where `Law` is whole: LawSpec holds parts of its own kind.
template <class Law>
struct Weighted {
    Number weight;
    Law law;
};

/// The law of what varies by nature (lengths, times, counts), as the scenario states it: its parameters may be beliefs.
struct LawSpec {
    using Part = Weighted<LawSpec>;

    Family family = Family::constant;
    std::vector<std::pair<Parameter, Number>> parameters{};
    std::vector<std::pair<double, Number>> quantiles{};  ///< of `empirical`: (p, value), p ascending from 0 to 1
    std::vector<Part> parts{};                           ///< of `mixture`
    std::optional<Number> at_least{}, at_most{};         ///< draws beyond are moved to the bound
    int from = 0;                                        ///< where `geometric` starts

    static LawSpec constant(Number value) {
        return {.family = Family::constant, .parameters = {{Parameter::value, value}}};
    }
};

/// The sets of parameters that state a law of `family`, in the order to name them in an error.
/// lognormal, gamma, weibull: {mean, cv}, {median, p95}, {p5, p95}, {median, cv}; lognormal also {mean, p95} (of two
/// solutions the smaller sigma); normal: {mean, sd}, {mean, cv}, {median, p95}, {p5, p95}; exponential: {mean},
/// {median}; pareto: {minimum, shape}, {minimum, mean}, {minimum, p95}; empirical and mixture: none, the empty set.
std::vector<std::vector<Parameter>> const& accepted(Family);

/// As a scenario spells it.
std::string_view name(Family);
std::string_view name(Parameter);

/// Why these parameters do not state such a law, `gamma is not stated by mean and p95 (state mean and cv, or ...)`;
/// nothing where they do.
std::optional<std::string> fault(Family, std::vector<Parameter> const& stated);

/// The law in one world, or why it does not exist there: `no lognormal has mean 100 and p95 900 (p95 at most 3.87 times
/// the mean)`. A law without spread (cv 0, p95 = median, ...) is Constant. Bounds are checked, not applied: see
/// Sampler. Parts of a mixture have no bounds of their own.
std::variant<Distribution, std::string> resolve(LawSpec const&, BeliefValues);

}  // namespace runrate
