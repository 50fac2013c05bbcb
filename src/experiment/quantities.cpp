#include "experiment/quantities.h"

namespace runrate {

std::vector<Meters> meters_at(WorldOutcome const& world, std::size_t option, std::size_t feature, std::size_t cell) {
    return meters_of(world.options[option], feature, cell);
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

/// The share of a period's sessions that end well: of each behaviour what is unharmed, times its success.
template <class Success>
double succeeding(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t feature,
                  std::size_t scale, Period const& period, Success const& success) {
    auto const& out = world.options[option];
    double const usual = out.usage[feature].unharmed * success(std::nullopt);
    if (out.strain.blends[feature].empty()) return usual;
    double all = 0;
    double well = 0;
    for (int m = period.first; m < period.first + period.months; ++m) {
        auto const cell = f.layout().cell(scale, static_cast<std::size_t>(m));
        double share = usual_share(out, feature, cell) * usual;
        for (auto const& blend : out.strain.blends[feature]) {
            if (blend.served)
                share += blend_share(out, feature, blend, cell) * blend.usage.unharmed * success(blend.option);
        }
        double const sessions = world.sessions[feature][static_cast<std::size_t>(m)];
        all += sessions;
        well += sessions * share;
    }
    return all > 0 ? well / all : usual;
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

double blended_sessions(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t feature,
                        std::size_t scale, Period const& period, Blend::Cause cause) {
    auto const& out = world.options[option];
    double sum = 0;
    for (auto const& blend : out.strain.blends[feature]) {
        if (blend.cause != cause) continue;
        for (int m = period.first; m < period.first + period.months; ++m) {
            auto const month = static_cast<std::size_t>(m);
            sum += world.sessions[feature][month] * f.experiment().scales[scale] *
                   blend_share(out, feature, blend, f.layout().cell(scale, month));
        }
    }
    return sum;
}

double unharmed_in(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t feature,
                   std::size_t scale, Period const& period) {
    return succeeding(f, world, option, feature, scale, period, [](std::optional<OptionId>) { return 1.0; });
}

double success_in(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t feature,
                  std::size_t draw, std::size_t scale, Period const& period) {
    return succeeding(f, world, option, feature, scale, period, [&](std::optional<OptionId> other) {
        auto const& stated = (other ? f.scenario().options[other->index()] : f.option(option)).success;
        return stated ? stated->in(world.beliefs[draw]) : 1;
    });
}

}  // namespace runrate
