#include "scenario/corners.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/overloaded.h"

namespace runrate {
namespace {

constexpr std::array<double, 3> levels{0.5, 0x1p-53, 1 - 0x1p-53};
constexpr std::size_t most_combined = 6;

void add(Number const& number, std::vector<BeliefId>& to) {
    if (number.belief && std::find(to.begin(), to.end(), *number.belief) == to.end()) to.push_back(*number.belief);
}

void add(LawSpec const& law, std::vector<BeliefId>& to) {
    for (auto const& [parameter, value] : law.parameters) add(value, to);
    for (auto const& [p, value] : law.quantiles) add(value, to);
    for (auto const& part : law.parts) {
        add(part.weight, to);
        add(part.law, to);
    }
    if (law.at_least) add(*law.at_least, to);
    if (law.at_most) add(*law.at_most, to);
}

/// Which level each used belief has in each draw.
using Levels = std::vector<std::size_t>;

std::vector<Levels> all_combinations(std::size_t n) {
    std::vector<Levels> all{Levels{}};
    for (std::size_t i = 0; i < n; ++i) {
        std::vector<Levels> longer;
        for (auto const& levels_so_far : all) {
            for (std::size_t level = 0; level < levels.size(); ++level) {
                longer.push_back(levels_so_far);
                longer.back().push_back(level);
            }
        }
        all = std::move(longer);
    }
    return all;
}

std::vector<Levels> alike_and_alone(std::size_t n) {
    std::vector<Levels> all;
    for (std::size_t level = 0; level < levels.size(); ++level) all.emplace_back(n, level);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t level = 1; level < levels.size(); ++level) {
            all.emplace_back(n, 0);
            all.back()[i] = level;
        }
    }
    return all;
}

}  // namespace

std::vector<BeliefId> beliefs_of(LawSpec const& law) {
    std::vector<BeliefId> used;
    add(law, used);
    return used;
}

std::vector<BeliefId> beliefs_of(Growth const& growth) {
    std::vector<BeliefId> used;
    auto const of_logistic = [&](LogisticGrowth const& g) {
        add(g.ceiling, used);
        if (g.from) add(*g.from, used);
    };
    auto const of_table = [&](GrowthTable const& g) {
        for (auto const& [month, factor] : g.rows) add(factor, used);
    };
    for (auto const& part : growth) {
        std::visit(Overloaded{[&](ExponentialGrowth const& g) { add(g.rate, used); }, of_logistic, of_table}, part.law);
    }
    return used;
}

std::string blame(Scenario const& s, std::vector<BeliefId> const& used) {
    if (used.empty()) return {};
    std::string names;
    for (auto id : used) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", s.beliefs[id.index()].name);
    return fmt::format("for some draws of {} (bound them with triangular, pert or uniform): ", names);
}

std::vector<std::vector<double>> belief_corners(Scenario const& s, std::vector<BeliefId> const& used) {
    std::vector<double> medians;
    for (auto const& b : s.beliefs) medians.push_back(quantile(b.law, 0.5));
    std::vector<std::vector<double>> draws;
    for (auto const& chosen :
         used.size() <= most_combined ? all_combinations(used.size()) : alike_and_alone(used.size())) {
        draws.push_back(medians);
        for (std::size_t i = 0; i < used.size(); ++i) {
            draws.back()[used[i].index()] = quantile(s.beliefs[used[i].index()].law, levels[chosen[i]]);
        }
    }
    return draws;
}

}  // namespace runrate
