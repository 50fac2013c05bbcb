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
        double const factor =
            chance == Chance::drawn
                ? static_cast<double>(world.session_chance[f.layout().chance(f.layout().cell(scale, month), feature)])
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
        sum += static_cast<double>(world.options[option].cost[f.layout().cost(
            draw, f.layout().cell(scale, static_cast<std::size_t>(m)), slot)]);
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
        auto const cell = f.layout().agreement(draw, f.layout().cell(scale, static_cast<std::size_t>(m)));
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

namespace {

/// The mean over a feature's sessions in a cell. \tparam Value  as a BehaviourValue, without the call through a pointer
template <class Value>
double mean_at(OptionOutcome const& out, std::size_t feature, std::size_t cell, Value const& value) {
    double const usual = value(out.usage[feature], std::nullopt);
    if (out.strain.blends[feature].empty()) return usual;
    double mean = usual_share(out, feature, cell) * usual;
    for (auto const& blend : out.strain.blends[feature]) {
        if (blend.served) mean += blend_share(out, feature, blend, cell) * value(blend.usage, blend.option);
    }
    return mean;
}

/// The share of a behaviour's sessions that succeed in one draw.
auto success_of(Findings const& f, std::size_t option, BeliefValues draw, std::optional<double> stated = std::nullopt) {
    return [&f, option, draw, stated](FeatureUsage const& usage, std::optional<OptionId> other) {
        if (stated && !other) return usage.unharmed * *stated;
        auto const& of = other ? f.scenario().options[other->index()] : f.option(option);
        return usage.unharmed * (of.success ? of.success->in(draw) : 1);
    };
}

/// The mean over a feature's sessions in a period.
template <class Value>
double mean_in(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t feature, std::size_t scale,
               Period const& period, Value const& value) {
    auto const& out = world.options[option];
    if (out.strain.blends[feature].empty()) return value(out.usage[feature], std::nullopt);
    double all = 0;
    double sum = 0;
    for (int m = period.first; m < period.first + period.months; ++m) {
        auto const month = static_cast<std::size_t>(m);
        double const sessions = world.sessions[feature][month];
        all += sessions;
        sum += sessions * mean_at(out, feature, f.layout().cell(scale, month), value);
    }
    return all > 0 ? sum / all : value(out.usage[feature], std::nullopt);
}

}  // namespace

double blended_mean(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t feature,
                    std::size_t scale, Period const& period, BehaviourValue const& value) {
    return mean_in(f, world, option, feature, scale, period, value);
}

double unharmed_in(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t feature,
                   std::size_t scale, Period const& period) {
    return mean_in(f, world, option, feature, scale, period,
                   [](FeatureUsage const& usage, std::optional<OptionId>) { return usage.unharmed; });
}

double success_in(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t feature,
                  std::size_t draw, std::size_t scale, Period const& period) {
    return mean_in(f, world, option, feature, scale, period, success_of(f, option, world.beliefs[draw]));
}

double failure_cost_at(Findings const& f, WorldOutcome const& world, std::size_t option, std::size_t draw,
                       std::size_t feature, std::size_t cell, std::optional<double> success) {
    BeliefValues const beliefs{world.beliefs[draw]};
    double const succeed = mean_at(world.options[option], feature, cell, success_of(f, option, beliefs, success));
    double const sessions = world.sessions[feature][f.layout().month_of(cell)] * f.experiment().multiple(cell);
    return sessions * (1 - succeed) * f.scenario().features[feature].outcome.failure_cost_usd.in(beliefs);
}

}  // namespace runrate
