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

Worlds::Worlds(Scenario const& scenario, std::uint64_t seed, Sampling sampling)
    : scenario_{&scenario}, seed_{seed}, sampling_{sampling} {
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

std::vector<double> Worlds::uniforms(WorldId world, std::uint32_t price_draw) const {
    if (sampling_ == Sampling::sobol) {
        auto all = behaviour_points_[world.group].point(world.index);
        auto const prices = price_points_[world.group].point(world.index * price_draws_ + price_draw);
        all.insert(all.end(), prices.begin(), prices.end());
        return all;
    }
    std::vector<double> all;
    for (std::size_t i = 0; i < order_.size(); ++i) {
        bool const price = i >= behaviour_;
        Stream stream{{.seed = seed_,
                       .world = world.number(),
                       .purpose = Purpose::independent_point,
                       .entity = i,
                       .item = price ? price_draw : 0}};
        all.push_back(stream.uniform());
    }
    return all;
}

std::vector<double> Worlds::draw(WorldId world, std::uint32_t price_draw) const {
    auto points = uniforms(world, price_draw);
    if (copula_) points = copula_->tie(points);
    std::vector<double> values(order_.size());
    for (std::size_t i = 0; i < order_.size(); ++i) {
        values[order_[i]] = quantile(scenario_->beliefs[order_[i]].law, points[i]);
    }
    return values;
}

}  // namespace runrate
