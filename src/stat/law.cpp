#include "stat/law.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/contract.h"
#include "stat/law_families.h"

namespace runrate {
namespace {

using Sets = std::vector<std::vector<Parameter>>;

std::string joined(std::vector<Parameter> const& parameters) {
    std::string text;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (i > 0) text += i + 1 == parameters.size() ? " and " : ", ";
        text += name(parameters[i]);
    }
    return text;
}

Sets sets_of(Family family) {
    using enum Parameter;
    Sets const spread{{mean, cv}, {median, p95}, {p5, p95}, {median, cv}};
    switch (family) {
        case Family::constant: return {{value}};
        case Family::normal: return {{mean, sd}, {mean, cv}, {median, p95}, {p5, p95}};
        case Family::lognormal: return {{mean, cv}, {median, p95}, {p5, p95}, {median, cv}, {mean, p95}};
        case Family::gamma:
        case Family::weibull: return spread;
        case Family::exponential: return {{mean}, {median}};
        case Family::geometric: return {{mean}};
        case Family::pareto: return {{minimum, shape}, {minimum, mean}, {minimum, p95}};
        case Family::uniform: return {{low, high}};
        case Family::triangular:
        case Family::pert: return {{low, mode, high}};
        case Family::empirical:
        case Family::mixture: return {{}};
    }
    broken_contract("a family of the enumeration", __FILE__, __LINE__);
}

constexpr std::array families{Family::constant, Family::normal,      Family::lognormal, Family::gamma,
                              Family::weibull,  Family::exponential, Family::geometric, Family::pareto,
                              Family::uniform,  Family::triangular,  Family::pert,      Family::empirical,
                              Family::mixture};

Resolved empirical(LawSpec const& spec, BeliefValues world) {
    Empirical law;
    for (auto const& [p, number] : spec.quantiles) {
        double const x = number.in(world);
        if (!std::isfinite(x)) return fmt::format("the quantile at {:.6g} is not a finite number", p);
        if (!law.points.empty() && !(law.points.back().p < p)) return "quantiles are not in ascending order of p";
        if (!law.points.empty() && law.points.back().value > x) {
            return fmt::format("the quantile at {:.6g} is {:.6g}, below {:.6g} at {:.6g} (quantiles ascend)", p, x,
                               law.points.back().value, law.points.back().p);
        }
        law.points.push_back({p, x});
    }
    if (law.points.size() < 2) return "an empirical law needs two quantiles or more";
    if (law.points.front().p != 0) return "no quantile at 0 (state the least value there)";
    if (law.points.back().p != 1) return "no quantile at 1 (state the greatest value there)";
    if (law.points.front().value == law.points.back().value) return Constant{law.points.front().value};
    return law;
}

Resolved mixture(LawSpec const& spec, BeliefValues world) {
    Mixture law;
    double total = 0;
    for (std::size_t i = 0; i < spec.parts.size(); ++i) {
        auto const& part = spec.parts[i];
        double const weight = part.weight.in(world);
        if (!(weight >= 0 && std::isfinite(weight))) {
            return fmt::format("the weight of part {} is {:.6g} (weights are not negative)", i + 1, weight);
        }
        if (part.law.at_least || part.law.at_most) {
            return fmt::format("part {} has bounds of its own (state at_least and at_most on the mixture)", i + 1);
        }
        auto resolved = resolve(part.law, world);
        if (auto const* const why = std::get_if<std::string>(&resolved)) return fmt::format("part {}: {}", i + 1, *why);
        if (weight > 0) law.parts.push_back({weight, std::get<Distribution>(std::move(resolved))});
        total += weight;
    }
    if (law.parts.empty()) return "a mixture without weight (give some part a weight above 0)";
    if (law.parts.size() == 1) {
        Distribution only = std::move(law.parts.front().law);
        return only;
    }
    for (auto& part : law.parts) part.weight /= total;
    return law;
}

std::optional<std::string> fault_of_bounds(LawSpec const& spec, BeliefValues world) {
    if (spec.at_least && !std::isfinite(spec.at_least->in(world))) return "at_least is not a finite number";
    if (spec.at_most && !std::isfinite(spec.at_most->in(world))) return "at_most is not a finite number";
    if (!spec.at_least || !spec.at_most || spec.at_least->in(world) <= spec.at_most->in(world)) return {};
    return fmt::format("at_least {:.6g} is above at_most {:.6g}", spec.at_least->in(world), spec.at_most->in(world));
}

}  // namespace

std::vector<std::vector<Parameter>> const& accepted(Family family) {
    static auto const all = [] {
        std::array<Sets, families.size()> sets;
        for (Family f : families) sets[static_cast<std::size_t>(f)] = sets_of(f);
        return sets;
    }();
    return all.at(static_cast<std::size_t>(family));
}

std::string_view name(Family family) {
    constexpr std::array<std::string_view, families.size()> names{
        "constant", "normal",  "lognormal",  "gamma", "weibull",   "exponential", "geometric",
        "pareto",   "uniform", "triangular", "pert",  "empirical", "mixture"};
    return names.at(static_cast<std::size_t>(family));
}

std::string_view name(Parameter parameter) {
    constexpr std::array<std::string_view, 12> names{"value", "mean",    "cv",    "sd",  "median", "p5",
                                                     "p95",   "minimum", "shape", "low", "mode",   "high"};
    return names.at(static_cast<std::size_t>(parameter));
}

std::optional<std::string> fault(Family family, std::vector<Parameter> const& stated) {
    std::string ways;
    for (auto set : accepted(family)) {
        if (std::is_permutation(set.begin(), set.end(), stated.begin(), stated.end())) return {};
        ways += (ways.empty() ? "" : ", or ") + joined(set);
    }
    if (ways.empty()) return fmt::format("{} takes no {}", name(family), joined(stated));
    return fmt::format("{} is not stated by {} (state {})", name(family), stated.empty() ? "nothing" : joined(stated),
                       ways);
}

Resolved resolve(LawSpec const& spec, BeliefValues world) {
    if (auto wrong = fault_of_bounds(spec, world)) return *wrong;
    bool const by_parameters = spec.family != Family::empirical && spec.family != Family::mixture;
    std::vector<Parameter> names;
    std::vector<std::pair<Parameter, double>> values;
    for (auto const& [parameter, number] : spec.parameters) {
        names.push_back(parameter);
        values.emplace_back(parameter, number.in(world));
    }
    if (auto wrong = fault(spec.family, names)) return *wrong;
    for (auto const& [parameter, x] : values) {
        if (!std::isfinite(x)) return fmt::format("{} is not a finite number", name(parameter));
    }
    if (by_parameters) return resolve(spec.family, Stated{std::move(values)}, spec.from);
    return spec.family == Family::empirical ? empirical(spec, world) : mixture(spec, world);
}

}  // namespace runrate
