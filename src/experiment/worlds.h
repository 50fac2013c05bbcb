#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runrate/study.h"
#include "scenario/scenario.h"
#include "stat/copula.h"
#include "stat/sobol.h"

namespace runrate {

inline constexpr std::uint32_t group_count = 8;  ///< independent scrambles: the spread of their means is the error
inline constexpr std::uint32_t price_draw_count = 16;

/// Which world: point `index` of scramble group `group`. Worlds keep their numbers when more of them are run.
struct WorldId {
    std::uint32_t group = 0, index = 0;
    [[nodiscard]] std::uint32_t number() const { return group << 20 | index; }
};

/// Draws of the beliefs: randomised Sobol points through a Gaussian copula and the quantile functions.
///
/// Beliefs that reach only prices come last in the copula's order, so they are drawn several times per world from
/// their law given the others.
class Worlds {
public:
    Worlds(Scenario const&, std::uint64_t seed, Sampling = Sampling::sobol);

    /// How often price beliefs are drawn per world: 16, or 1 where there are none.
    [[nodiscard]] std::uint32_t price_draws() const { return price_draws_; }

    /// The value of every belief, by BeliefId. Draws of one world differ in the price beliefs only.
    [[nodiscard]] std::vector<double> draw(WorldId, std::uint32_t price_draw) const;

private:
    [[nodiscard]] std::vector<double> uniforms(WorldId, std::uint32_t price_draw) const;

    Scenario const* scenario_;
    std::uint64_t seed_;
    Sampling sampling_;
    std::vector<std::size_t> order_;  ///< belief of each coordinate: behaviour first, then prices
    std::size_t behaviour_ = 0;       ///< how many coordinates are behaviour
    std::uint32_t price_draws_ = 1;
    std::optional<GaussianCopula> copula_;                      ///< nothing where beliefs are independent
    std::vector<SobolPoints> behaviour_points_, price_points_;  ///< by group
};

}  // namespace runrate
