#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "experiment/tables.h"

namespace runrate {

/// Meters per session of one feature in one world, at a cell, with what becomes of shared prefixes.
std::vector<Meters> meters_at(WorldOutcome const&, std::size_t option, std::size_t feature, std::size_t cell);

/// Sessions of a feature in a period at a scale in one world: expected, or with one draw of chance.
enum class Chance { expected, drawn };
double sessions_in(Findings const&, WorldOutcome const&, std::size_t feature, std::size_t scale, Period const&, Chance);

/// Expected direct cost of a feature in a period, dollars, in one world and price draw.
double direct_cost_in(Findings const&, WorldOutcome const&, std::size_t option, std::size_t draw, std::size_t feature,
                      std::size_t scale, Period const&);

/// A fixed cost of the option that is divided among features, dollars, in one world and price draw.
double fixed_cost_in(Findings const&, WorldOutcome const&, std::size_t option, std::size_t draw, std::size_t scale,
                     Period const&);

/// What agreements with vendors add to a feature's cost or take off, by its part of each vendor's bill.
double agreement_cost_in(Findings const&, WorldOutcome const&, std::size_t option, std::size_t draw,
                         std::size_t feature, std::size_t scale, Period const&);

/// Expected sessions of a period that run otherwise than usual for a cause.
double blended_sessions(Findings const&, WorldOutcome const&, std::size_t option, std::size_t feature,
                        std::size_t scale, Period const&, Blend::Cause);

/// What failed sessions of a feature cost in a cell besides inference, dollars, in one world and price draw.
/// \param success  of the option's unharmed sessions, instead of what it states
double failure_cost_at(Findings const&, WorldOutcome const&, std::size_t option, std::size_t draw, std::size_t feature,
                       std::size_t cell, std::optional<double> success = std::nullopt);

/// The mean over a feature's sessions in a period of what a behaviour has (and whose success: nothing, the option's
/// own); sessions that are not served count as 0.
using BehaviourValue = std::function<double(FeatureUsage const&, std::optional<OptionId>)>;
double blended_mean(Findings const&, WorldOutcome const&, std::size_t option, std::size_t feature, std::size_t scale,
                    Period const&, BehaviourValue const&);

/// The same of one member of its usage: turns, calls, attempts.
inline double blended(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t feature,
                      std::size_t scale, Period const& period, double FeatureUsage::*member) {
    return blended_mean(f, world, option, feature, scale, period,
                        [member](FeatureUsage const& usage, std::optional<OptionId>) { return usage.*member; });
}

/// The share of a period's sessions without a false hit, a call that failed for good or a cap that stopped them.
double unharmed_in(Findings const&, WorldOutcome const&, std::size_t option, std::size_t feature, std::size_t scale,
                   Period const&);

/// The share of sessions that succeed: the option's success among those that are unharmed, the success of the option
/// that a cap degrades to among its sessions.
double success_in(Findings const&, WorldOutcome const&, std::size_t option, std::size_t feature, std::size_t draw,
                  std::size_t scale, Period const&);

}  // namespace runrate
