#pragma once

#include <optional>
#include <span>

#include "core/id.h"

namespace runrate {

/// One draw of every belief: what a world is.
using BeliefValues = std::span<double const>;

/// A number of the scenario: known, or the draw of a belief.
struct Number {
    double value = 0;                ///< where it is known; else the belief's median, for display
    std::optional<BeliefId> belief;  ///< whose draw it is

    Number() = default;
    explicit Number(double known) : value{known} {}
    Number(BeliefId id, double median) : value{median}, belief{id} {}

    [[nodiscard]] double in(BeliefValues world) const { return belief ? world[belief->index()] : value; }
    [[nodiscard]] bool uncertain() const { return belief.has_value(); }
    /// Whether it can be something else than 0.
    [[nodiscard]] bool stated() const { return uncertain() || value != 0; }
};

}  // namespace runrate
