#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "stat/distribution.h"
#include "stat/number.h"

namespace runrate {

enum class Family {
    constant, normal, lognormal, gamma, weibull, exponential, geometric, pareto, uniform, triangular, pert, empirical, mixture
};

/// What a law is stated by. Which of them go together is the family's matter: see `accepted`.
enum class Parameter { value, mean, cv, sd, median, p5, p95, minimum, shape, low, mode, high };

/// The law of what varies by nature (lengths, times, counts), as the scenario states it: its parameters may be beliefs.
struct LawSpec {
    struct Part;
    Family family = Family::constant;
    std::vector<std::pair<Parameter, Number>> parameters{};
    std::vector<std::pair<double, Number>> quantiles{};  ///< of `empirical`: (p, value), p ascending in [0, 1]
    std::vector<Part> parts{};                           ///< of `mixture`
    std::optional<Number> at_least{}, at_most{};         ///< draws beyond are moved to the bound
    int from = 0;                                      ///< where `geometric` starts

    static LawSpec constant(Number value) { return {.family = Family::constant, .parameters = {{Parameter::value, value}}}; }
};
struct LawSpec::Part {
    Number weight;
    LawSpec law;
};

/// The sets of parameters that state a law of `family`, in the order to name them in an error.
/// lognormal, gamma, weibull: {mean, cv}, {median, p95}, {p5, p95}, {median, cv}; lognormal also {mean, p95} (of two
/// solutions the smaller sigma); normal: {mean, sd}, {mean, cv}, {p5, p95}; ...
std::vector<std::vector<Parameter>> const& accepted(Family);

/// The law in one world, or why it does not exist there: `no lognormal has mean 100 and p95 900 (p95 at most 3.87 times
/// the mean)`.
std::variant<Distribution, std::string> resolve(LawSpec const&, BeliefValues);

/// Draws of one law in one world, ready for the hot path: bounds applied, tables built.
class Sampler {
public:
    Sampler() : Sampler(Constant{0}) {}
    explicit Sampler(Distribution, std::optional<double> at_least = {}, std::optional<double> at_most = {});

    /// The draw at uniform `u`, monotone in u. \pre 0 < u < 1
    [[nodiscard]] double at(double u) const;

    /// The one value that every draw has, where there is one: no uniform is needed then.
    [[nodiscard]] std::optional<double> constant() const;

private:
    Distribution law_;
    double at_least_, at_most_;
};

/// Whole tokens of a draw: nearest, half to even, at least 1.
std::int64_t whole_tokens(double draw);

}  // namespace runrate
