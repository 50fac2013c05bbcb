#include "experiment/quantities.h"

namespace runrate {

std::vector<Meters> meters_at(WorldOutcome const& world, std::size_t option, std::size_t feature, std::size_t cell) {
    auto const& out = world.options[option];
    return meters_in(out.usage[feature], out.shared[feature], cell);
}

double sessions_in(Findings const& f, WorldOutcome const& world, std::size_t feature, std::size_t scale,
                   Period const& period, Chance chance) {
    double sum = 0;
    for (int m = period.first; m < period.first + period.months; ++m) {
        auto const month = static_cast<std::size_t>(m);
        double const factor = chance == Chance::drawn
                                  ? static_cast<double>(world.session_chance[f.layout().chance(scale, month, feature)])
                                  : 1;
        sum += static_cast<double>(world.sessions[feature][month]) * f.experiment().scales[scale] * factor;
    }
    return sum;
}

namespace {

double slot_sum(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t draw, std::size_t scale,
                Period const& period, std::size_t slot) {
    double sum = 0;
    for (int m = period.first; m < period.first + period.months; ++m) {
        sum += static_cast<double>(
            world.options[option].cost[f.layout().cost(draw, scale, static_cast<std::size_t>(m), slot)]);
    }
    return sum;
}

}  // namespace

double direct_cost_in(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t draw,
                      std::size_t feature, std::size_t scale, Period const& period) {
    return slot_sum(f, world, option, draw, scale, period, feature);
}

double fixed_cost_in(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t draw,
                     std::size_t scale, Period const& period) {
    return slot_sum(f, world, option, draw, scale, period, f.layout().running_slot()) +
           slot_sum(f, world, option, draw, scale, period, f.layout().one_off_slot());
}

double agreement_cost_in(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t draw,
                         std::size_t feature, std::size_t scale, Period const& period) {
    auto const& of_feature = world.options[option].agreement_of_feature;
    double sum = 0;
    for (int m = period.first; !of_feature.empty() && m < period.first + period.months; ++m) {
        auto const cell = f.layout().agreement(draw, scale, static_cast<std::size_t>(m));
        sum += of_feature[cell * f.layout().features + feature];
    }
    return sum;
}

double success_in(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t feature,
                  std::size_t draw) {
    auto const& stated = f.option(option).success;
    double const success = stated ? stated->in(world.beliefs[draw]) : 1;
    return success * world.options[option].usage[feature].unharmed;
}

}  // namespace runrate
