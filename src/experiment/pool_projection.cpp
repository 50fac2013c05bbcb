#include "experiment/pool_projection.h"

#include <algorithm>
#include <cmath>

#include "core/contract.h"
#include "experiment/call_lengths.h"
#include "projection/day_shape.h"

namespace runrate {
namespace {

/// By TargetId: whether it is the pool.
std::vector<char> targets_of_pool(Scenario const& s, std::size_t pool) {
    std::vector<char> of_pool;
    for (std::size_t t = 0; t < s.targets.size(); ++t) of_pool.push_back(s.pool_of(TargetId{t}) == pool ? 1 : 0);
    return of_pool;
}

/// Calls of a session to the pool, retries included.
double calls_to(std::vector<char> const& of_pool, FeatureUsage const& usage) {
    double calls = 0;
    for (std::size_t k = 0; k < usage.keys.size(); ++k)
        if (of_pool[usage.keys[k].target.index()] != 0)
            calls += usage.mean[k][static_cast<std::size_t>(Meter::requests)];
    return calls;
}

/// How much more is asked in the hours in which most is asked: over the mean, weighted by what is asked.
double crowding(Traffic const& traffic) {
    if (std::holds_alternative<Schedule>(traffic.volume)) return 1;
    double squares = 0;
    for (double const hour : traffic.week) squares += hour * hour;
    return squares / static_cast<double>(traffic.week.size());
}

/// That a load level is run on at least.
std::int64_t calls_of_level(std::size_t sampled) {
    return static_cast<std::int64_t>(std::min<std::size_t>(sampled / 8, 4000));
}

/// The mean of what becomes of a law that is drawn by inversion.
template <class Of>
double mean_of(Sampler const& law, Of const& of) {
    if (auto const constant = law.constant()) return of(*constant);
    constexpr int points = 200;
    double sum = 0;
    for (int i = 0; i < points; ++i) sum += of(law.at((i + 0.5) / points));
    return sum / points;
}

double mean_of(Sampler const& law) {
    return mean_of(law, [](double x) { return x; });
}

/// Mean time that calls to a pool take where they turn to when it is full.
double overflow_s_of(FeatureProgram const& program, std::vector<char> const& of_pool, FeatureUsage const& usage,
                     BeliefValues world) {
    auto const bound = bind(program, world);
    double calls = 0, seconds = 0;
    for (std::size_t k = 0; k < usage.keys.size(); ++k) {
        if (of_pool[usage.keys[k].target.index()] == 0 || bound.overflows[k] == k) continue;
        auto const of = [&](Meter m) { return usage.mean[k][static_cast<std::size_t>(m)]; };
        auto const& target = bound.targets[usage.keys[bound.overflows[k]].target.index()];
        calls += of(Meter::requests);
        seconds += of(Meter::requests) * mean_of(target.ttft) +
                   (of(Meter::output) + of(Meter::reasoning)) *
                       mean_of(target.speed, [](double speed) { return speed > 0 ? 1 / speed : 0; });
    }
    return calls > 0 ? seconds / calls : 0;
}

}  // namespace

PoolProjection::PoolProjection(Scenario const& s, BillPlan const& plan, std::size_t pool, EventWorld const& world,
                               std::vector<FeatureUsage> const& usage,
                               std::vector<std::vector<MonthVolume>> const& volumes, std::size_t reference,
                               double scale, std::size_t sampled_calls)
    : settings_{pool_settings(s, plan, pool, world)},
      samples_(s.features.size()),
      normals_{{.seed = world.seed, .world = world.number, .purpose = Purpose::fluid, .entity = pool}} {
    auto const of_pool = targets_of_pool(s, pool);
    std::vector<CallMix> mix;
    double crowded = 1;
    for (std::size_t f = 0; f < s.features.size(); ++f) {
        gaps_cv_.push_back(event_gaps_cv(s, s.features[f].traffic, world, scale));
        auto const& keys = usage_keys(*plan.programs[f]);
        if (std::any_of(keys.begin(), keys.end(), [&](UsageKey const& k) { return of_pool[k.target.index()] != 0; }))
            samples_[f] = sample_calls(bind(*plan.programs[f], world.beliefs), {world.seed, world.number, FeatureId{f}},
                                       of_pool, sampled_calls);
        expect_room(s.pools[pool], s.features[f].name, samples_[f]);
        calls_.push_back(calls_to(of_pool, usage[f]));
        overflow_s_.push_back(overflow_s_of(*plan.programs[f], of_pool, usage[f], world.beliefs));
        duration_s_.push_back(usage[f].duration_s);
        auto const& month = volumes[f][reference];
        double const days = month.flat() ? FlatMonth::days : static_cast<double>(month.days.size());
        double const calls_per_s = scale * month.sessions / days / 86400 * calls_[f];
        mix.push_back({&samples_[f], calls_per_s});
        crowded = std::max(crowded, crowding(s.features[f].traffic));
    }
    if (auto const* stated = std::get_if<StatedCapacity>(&s.pools[pool].speed))
        curve_ = stated_curve(mix, stated->of == StatedCapacity::Of::total, stated->tokens_per_s.in(world.beliefs),
                              full_in_flight);
    else {
        make_curve(mix, crowded, calls_of_level(sampled_calls));
        if (settings_.overflow_above) make_crowded_curve(plan, world, of_pool, mix, crowded, sampled_calls);
    }
    if (settings_.autoscale) cold_start_s_ = mean_of(settings_.cold_start_s);
    if (settings_.failures.mean_hours_between > 0) repair_s_ = mean_of(settings_.failures.repair_s);
}

/// Of calls as they are where others of their sessions are answered elsewhere: what those add to a context is new here.
void PoolProjection::make_crowded_curve(BillPlan const& plan, EventWorld const& world, std::vector<char> const& of_pool,
                                        std::vector<CallMix> mix, double crowded, std::size_t sampled_calls) {
    std::vector<CallSample> samples(mix.size());
    bool asked = false;
    for (std::size_t f = 0; f < mix.size(); ++f) {
        if (!samples_[f].calls.empty()) {
            auto bound = bind(*plan.programs[f], world.beliefs);
            bound.overflow_share = crowded_share;
            samples[f] = sample_calls(bound, {world.seed, world.number, FeatureId{f}}, of_pool, sampled_calls);
        }
        mix[f].sample = &samples[f];
        asked = asked || (!samples[f].calls.empty() && mix[f].calls > 0);
    }
    if (!asked) return;
    double const above = *settings_.overflow_above;
    std::vector<double> sojourn_s;
    for (std::size_t f = 0; f < mix.size(); ++f) sojourn_s.push_back(usual_sojourn_s(f));
    crowded_ = load_curve(settings_, mix, usual_replicas(mix, crowded, sojourn_s), calls_of_level(sampled_calls),
                          {.from = std::min(above, curve_.levels.back().in_flight) / 2, .to = above});
}

FluidPool PoolProjection::pool() const {
    return {&settings_, &curve_, cold_start_s_, repair_s_, crowded_ ? &*crowded_ : nullptr};
}

void PoolProjection::make_curve(std::vector<CallMix> mix, double crowded, std::int64_t calls) {
    auto const asked = [](CallMix const& m) { return !m.sample->calls.empty(); };
    if (std::none_of(mix.begin(), mix.end(), asked)) {  // of a pool that nobody calls; any number will do
        curve_.levels = {{.in_flight = 1, .sojourn_s = std::vector<double>(mix.size(), 1), .calls_per_s = 1}};
        return;
    }
    double total = 0;
    for (auto const& m : mix) total += asked(m) ? m.calls : 0;
    if (!(total > 0))  // of a month without traffic
        for (auto& m : mix) m.calls = asked(m) ? 1 : 0;
    std::vector<double> sojourn_s;
    for (auto const& m : mix) sojourn_s.push_back(asked(m) ? m.sample->call_s / m.sample->calls_per_session() : 0);
    curve_ = load_curve(settings_, mix, usual_replicas(mix, crowded, sojourn_s), calls);
    if (settings_.router == Router::least_load && settings_.replica.prefix_cache) spread(mix, crowded, calls);
}

/// Replicas that there are where most is asked. \param sojourn_s  of a call, by feature
double PoolProjection::usual_replicas(std::vector<CallMix> const& mix, double crowded,
                                      std::vector<double> const& sojourn_s) const {
    if (!settings_.autoscale) return settings_.replicas;
    double in_flight = 0;
    for (std::size_t f = 0; f < mix.size(); ++f) in_flight += crowded * mix[f].calls * sojourn_s[f];
    return std::max(1, recommended_replicas(*settings_.autoscale, in_flight));
}

/// The more replicas there are the less each has of a session, and the more of them it takes.
void PoolProjection::spread(std::vector<CallMix> const& mix, double crowded, std::int64_t calls) {
    constexpr int rounds = 4;
    for (int round = 0; round < rounds; ++round) {
        std::vector<double> sojourn_s;
        for (std::size_t f = 0; f < mix.size(); ++f) sojourn_s.push_back(usual_sojourn_s(f));
        curve_ = load_curve(settings_, mix, usual_replicas(mix, crowded, sojourn_s), calls);
    }
}

double PoolProjection::usual_sojourn_s(std::size_t feature) const {
    constexpr double usual = 8;  // in flight, where no autoscaler says how full replicas are
    return curve_.sojourn_s(feature, settings_.autoscale ? settings_.autoscale->in_flight : usual);
}

double PoolProjection::call_seconds(std::size_t feature) const {
    return calls_[feature] > 0 ? calls_[feature] * usual_sojourn_s(feature) : 0;
}

FluidDay PoolProjection::day(std::vector<std::vector<double>> const& per_hour, double demand,
                             std::span<double const> thresholds) const {
    std::vector<FluidFeature> features;
    for (std::size_t f = 0; f < samples_.size(); ++f) {
        auto const& x = samples_[f];
        FluidFeature feature{.per_hour = std::vector<double>(24, 0)};
        if (calls_[f] > 0 && !x.calls.empty())
            feature = {.per_hour = per_hour[f],
                       .calls = calls_[f],
                       .other_s = std::max(0.0, duration_s_[f] / calls_[f] - x.busy_s / x.calls_per_session()),
                       .parallel = x.busy_s > 0 ? x.call_s / x.busy_s : 1,
                       .gaps_cv = gaps_cv_[f],
                       .overflow_s = overflow_s_[f]};
        features.push_back(std::move(feature));
    }
    return fluid_day(pool(), features, demand, thresholds, normals_);
}

}  // namespace runrate
