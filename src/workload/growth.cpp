#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/contract.h"
#include "core/overloaded.h"
#include "stat/elementary.h"
#include "workload/traffic.h"

namespace runrate {
namespace {

/// A part of a growth from the month in which its own clock starts.
struct Running {
    GrowthPart const& part;
    Month start;
    bool first;  ///< only then is an adoption an absolute level; later it is relative to what was reached
};

/// A logistic curve as multiples of its value at the start: C / (1 + (C - 1)^(1 - t/h)). That is rule 20's
/// C / (1 + exp(-k (t - h))) with the k = ln(C - 1) / h for which the first month is 1.
struct Curve {
    double start_level;  ///< what `1` stands for: the adoption at the start, or 1
    double ceiling;      ///< C
    int half_way;        ///< h, months after the start
};

Curve curve_of(LogisticGrowth const& g, Month start, BeliefValues world) {
    double const level = g.from ? g.from->in(world) : 1;
    return {level, g.ceiling.in(world) / level, months_between(start, g.half_way)};
}

/// The parts that have months in or after the scenario, one after the other. Those that ended before it have no effect.
std::vector<Running> running_parts(Growth const& growth, Month start) {
    std::vector<Running> parts;
    Month from = start;
    for (auto const& part : growth) {
        if (part.until && *part.until < from) continue;
        parts.push_back({part, from, parts.empty()});
        if (part.until) from = *part.until + std::chrono::months{1};
    }
    return parts;
}

double table_factor(GrowthTable const& table, Month at, BeliefValues world) {
    double factor = 1;
    for (auto const& [from, value] : table.rows) {
        if (from <= at) factor = value.in(world);
    }
    return factor;
}

double factor_at(Running const& running, Month at, BeliefValues world) {
    double const t = months_between(running.start, at);
    auto const exponential = [&](ExponentialGrowth const& g) {
        return real::pow(1 + g.rate.in(world), g.per_year ? t / 12 : t);
    };
    auto const logistic = [&](LogisticGrowth const& g) {
        auto const curve = curve_of(g, running.start, world);
        double const rest = real::exp(real::log(curve.ceiling - 1) * (1 - t / curve.half_way));
        return (g.from && running.first ? curve.start_level : 1) * curve.ceiling / (1 + rest);
    };
    auto const table = [&](GrowthTable const& g) { return table_factor(g, at, world); };
    return std::visit(Overloaded{exponential, logistic, table}, running.part.law);
}

std::vector<double> factors_of(std::vector<Running> const& parts, Month start, int months, BeliefValues world) {
    std::vector<double> factors;
    double reached = 1;
    std::size_t p = 0;
    for (int i = 0; i < months; ++i) {
        Month const at = start + std::chrono::months{i};
        while (p + 1 < parts.size() && parts[p + 1].start <= at) {
            reached *= factor_at(parts[p], parts[p + 1].start, world);
            ++p;
        }
        factors.push_back(parts.empty() ? 1 : reached * factor_at(parts[p], at, world));
    }
    return factors;
}

std::optional<std::string> exponential_fault(ExponentialGrowth const& g, BeliefValues world) {
    double const rate = g.rate.in(world);
    if (rate > -1 && std::isfinite(rate)) return std::nullopt;
    return fmt::format("no traffic is left at a growth of {:.4g}% per {} (a rate is above -100%)", 100 * rate,
                       g.per_year ? "year" : "month");
}

std::string level_text(LogisticGrowth const& g, double level) {
    return g.from ? fmt::format("{:.4g}%", 100 * level) : fmt::format("{:.4g}x", level);
}

/// Rule 20: a curve that rises from its start to its ceiling and is at half of the ceiling where it should be. Below
/// twice the start the half lies in the past; k < 0 would solve the equation, but with a curve that falls.
std::optional<std::string> logistic_fault(LogisticGrowth const& g, Month start, BeliefValues world) {
    auto const [level, ceiling, half_way] = curve_of(g, start, world);
    bool const rises = level > 0 && ceiling > 1 && std::isfinite(ceiling);
    if (rises && (ceiling > 2 ? half_way > 0 : ceiling < 2 && half_way < 0)) return std::nullopt;
    auto const from = level_text(g, level);
    auto const to = level_text(g, g.ceiling.in(world));
    if (!rises) {
        return fmt::format(
            "no logistic curve rises from {} to {} (the ceiling must lie above the start, and the start above 0)", from,
            to);
    }
    auto const why =
        ceiling > 2 ? fmt::format("half of the ceiling is above the start: half_way must be after {}", to_string(start))
                    : fmt::format("half of the ceiling is not above the start: raise the ceiling above {}",
                                  level_text(g, 2 * level));
    return fmt::format("no logistic curve from {} to {} is half way in {} ({})", from, to, to_string(g.half_way), why);
}

std::optional<std::string> table_fault(GrowthTable const& table, BeliefValues world) {
    for (auto const& [from, value] : table.rows) {
        double const factor = value.in(world);
        if (!(factor >= 0) || !std::isfinite(factor)) {
            return fmt::format("no traffic can be {:.4g}x in {} (a factor is at least 0)", factor, to_string(from));
        }
    }
    return std::nullopt;
}

std::optional<std::string> part_fault(Running const& running, BeliefValues world) {
    return std::visit(Overloaded{[&](ExponentialGrowth const& g) { return exponential_fault(g, world); },
                                 [&](LogisticGrowth const& g) { return logistic_fault(g, running.start, world); },
                                 [&](GrowthTable const& g) { return table_fault(g, world); }},
                      running.part.law);
}

}  // namespace

std::optional<std::string> growth_fault(Growth const& growth, Month start, BeliefValues world, int months) {
    auto const parts = running_parts(growth, start);
    for (auto const& part : parts) {
        if (auto fault = part_fault(part, world)) return fault;
    }
    auto const factors = factors_of(parts, start, months, world);
    auto const beyond = std::find_if(factors.begin(), factors.end(), [](double f) { return !std::isfinite(f); });
    if (beyond == factors.end()) return std::nullopt;
    Month const at = start + std::chrono::months{beyond - factors.begin()};
    return fmt::format("growth is without bound by {} (lower the rate)", to_string(at));
}

std::vector<double> growth_factors(Growth const& growth, Month start, int months, BeliefValues world) {
    auto const parts = running_parts(growth, start);
    for (auto const& part : parts) RUNRATE_EXPECT(!part_fault(part, world));
    return factors_of(parts, start, months, world);
}

}  // namespace runrate
