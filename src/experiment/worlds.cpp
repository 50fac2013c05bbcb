#include "experiment/worlds.h"

#include "core/contract.h"

namespace runrate {
namespace {

/// The correlation matrix of the beliefs in the given order.
std::vector<double> matrix_of(Scenario const& s, std::vector<std::size_t> const& order) {
    auto const n = order.size();
    std::vector<std::size_t> place(n);
    for (std::size_t i = 0; i < n; ++i) place[order[i]] = i;
    std::vector<double> matrix(n * n, 0);
    for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] = 1;
    for (auto const& c : s.correlations) {
        auto const a = place[c.a.index()];
        auto const b = place[c.b.index()];
        matrix[a * n + b] = matrix[b * n + a] = c.value;
    }
    return matrix;
}

}  // namespace

Worlds::Worlds(Scenario const& scenario, std::uint64_t seed) : scenario_{&scenario} {
    auto const& beliefs = scenario.beliefs;
    for (std::size_t b = 0; b < beliefs.size(); ++b) {
        if (beliefs[b].reaches_behaviour) order_.push_back(b);
    }
    behaviour_ = order_.size();
    for (std::size_t b = 0; b < beliefs.size(); ++b) {
        if (!beliefs[b].reaches_behaviour) order_.push_back(b);
    }
    if (behaviour_ < order_.size()) price_draws_ = price_draw_count;
    if (!scenario.correlations.empty()) {
        copula_ = GaussianCopula::from(matrix_of(scenario, order_), order_.size());
        RUNRATE_EXPECT(copula_.has_value());
    }
    for (std::uint32_t g = 0; g < group_count; ++g) {
        behaviour_points_.emplace_back(behaviour_, seed, g, Purpose::scramble);
        price_points_.emplace_back(order_.size() - behaviour_, seed, g, Purpose::price_scramble);
    }
}

std::vector<double> Worlds::draw(WorldId world, std::uint32_t price_draw) const {
    auto uniforms = behaviour_points_[world.group].point(world.index);
    auto const prices = price_points_[world.group].point(world.index * price_draws_ + price_draw);
    uniforms.insert(uniforms.end(), prices.begin(), prices.end());
    if (copula_) uniforms = copula_->tie(uniforms);
    std::vector<double> values(order_.size());
    for (std::size_t i = 0; i < order_.size(); ++i) {
        values[order_[i]] = quantile(scenario_->beliefs[order_[i]].law, uniforms[i]);
    }
    return values;
}

}  // namespace runrate
