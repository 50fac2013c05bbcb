#include "experiment/event_day.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "projection/day_shape.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

constexpr std::size_t day_hours = 24;
constexpr std::size_t least_run_in = 6, most_run_in = 72;  ///< hours
constexpr double durations_of_run_in = 9;                  ///< of exponential ones 99 % of all tokens are there then

/// A day as one feature has it.
struct FeatureDay {
    std::size_t row = 0;  ///< of the week shape
    double sessions = 0;
};

/// A day of the horizon.
struct DayPlace {
    std::size_t month = 0, day = 0;
};

/// The day before; before the horizon the same day of the week, six days later.
DayPlace day_before(std::vector<MonthVolume> const& volumes, DayPlace at) {
    if (volumes[at.month].flat()) return {at.month, (at.day + 6) % 7};
    if (at.day > 0) return {at.month, at.day - 1};
    if (at.month > 0) return {at.month - 1, volumes[at.month - 1].days.size() - 1};
    return {0, at.day + 6};
}

FeatureDay feature_day(Traffic const& traffic, std::vector<MonthVolume> const& volumes, DayPlace at) {
    auto const& month = volumes[at.month];
    if (month.flat()) return {at.day, flat_day(traffic, month.sessions, at.day)};
    auto const& day = month.days[at.day];
    return {static_cast<std::size_t>(day.weekday), day.sessions};
}

/// Adds a day's sessions to hours, of which `begin` is the one that starts at its midnight.
void add_day(Feature const& feature, FeatureDay const& day, double begin, std::vector<double>& hours) {
    auto const add = [&](double from, double until, double sessions) {
        for (std::size_t h = 0; h < hours.size(); ++h) {
            double const low = std::max(from, static_cast<double>(h)),
                         high = std::min(until, static_cast<double>(h + 1));
            if (high > low) hours[h] += sessions * (high - low) / (until - from);
        }
    };
    if (auto const* schedule = std::get_if<Schedule>(&feature.traffic.volume)) {
        double const start = begin + schedule->minute_of_day / 60.0;
        add(start, start + hours_of_batch(feature.session.deadline_s, feature.session.lane), day.sessions);
        return;
    }
    auto const weights = row_weights(feature.traffic.week);
    for (std::size_t h = 0; h < day_hours; ++h) {
        double const from = begin + static_cast<double>(h);
        add(from, from + 1, day.sessions * hour_share(feature.traffic.week, weights, day_hours * day.row + h));
    }
}

/// The parameters of an engine in one world: every step time is off by one factor, what the front end adds by another.
StepParameters drawn_speed(EngineSpeed const& speed, EventWorld const& world, std::size_t pool) {
    constexpr int degrees = 4;
    Stream stream{{.seed = world.seed, .world = world.number, .purpose = Purpose::engine_speed, .entity = pool}};
    double const steps = real::exp(speed.speed_log_sd * real::student_quantile(stream.uniform(), degrees));
    double const front = real::exp(speed.front_log_sd * real::student_quantile(stream.uniform(), degrees));
    auto q = speed.parameters;
    for (double* share : {&q.compute, &q.memory, &q.kv, &q.attention, &q.link}) *share /= steps;
    for (double* time : {&q.collective_s, &q.step_s, &q.sequence_s}) *time *= steps;
    for (double* time : {&q.request_s, &q.prompt_token_s}) *time *= front;
    return q;
}

/// None of a stated capacity.
StepParameters step_parameters(Pool const& p, EventWorld const& world, std::size_t pool) {
    auto const* speed = std::get_if<CalibratedSpeed>(&p.speed);
    if (!speed) return {};
    return world.draws_speed ? drawn_speed(speed->speed, world, pool) : speed->speed.parameters;
}

/// A day while it is put together.
class DayOfEvents {
public:
    DayOfEvents(Scenario const& s, BillPlan const& plan, std::vector<std::vector<MonthVolume>> const& volumes,
                EventWorld const& world, EventDay const& day)
        : s_{s}, plan_{plan}, volumes_{volumes}, world_{world}, day_{day}, pools_{pools_of(s, plan)} {}

    EventDayRun run() {
        for (auto const& program : plan_.programs) bound_.push_back(bind(*program, world_.beliefs));
        sample();
        EventDayRun result;
        std::vector<EventFeature> features;
        for (std::size_t f = 0; f < s_.features.size(); ++f) features.push_back(feature(f, result.expected));
        for (auto const& f : features)
            result.per_hour.emplace_back(f.per_hour.end() - static_cast<std::ptrdiff_t>(day_hours), f.per_hour.end());
        std::vector<PoolSettings> settings;
        for (std::size_t p = 0; p < pools_.size(); ++p) settings.push_back(pool(p, features));
        auto const hour = [](std::size_t h) { return Instant{from_seconds(3600.0 * static_cast<double>(h))}; };
        result.events = run_events(features, settings, {hour(run_in_), hour(run_in_ + day_hours)});
        return result;
    }

private:
    /// What sessions are like: for how long the day before is simulated, and with how many replicas it begins.
    void sample() {
        constexpr std::size_t pilot = 32;
        double longest_s = 0;
        for (std::size_t f = 0; f < s_.features.size(); ++f) {
            usage_.push_back(
                simulate(*plan_.programs[f], world_.beliefs, {world_.seed, world_.number, FeatureId{f}, pilot}));
            longest_s = std::max(longest_s, usage_.back().duration_s);
        }
        double const hours =
            std::min(static_cast<double>(most_run_in), std::ceil(durations_of_run_in * longest_s / 3600));
        run_in_ = std::max(least_run_in, static_cast<std::size_t>(hours));
    }

    EventFeature feature(std::size_t f, std::vector<double>& expected) {
        auto const& traffic = s_.features[f].traffic;
        bool const drawn = !std::holds_alternative<Schedule>(traffic.volume);
        double const factor = day_.scale * (drawn ? day_.factor : 1);
        std::vector<double> hours(run_in_ + day_hours, 0);
        auto midnight = static_cast<double>(run_in_);
        DayPlace at{day_.month, day_.day};
        expected.push_back(factor * feature_day(traffic, volumes_[f], at).sessions);
        for (; midnight > -static_cast<double>(day_hours); midnight -= static_cast<double>(day_hours)) {
            auto day = feature_day(traffic, volumes_[f], at);
            day.sessions *= factor;
            add_day(s_.features[f], day, midnight, hours);
            at = day_before(volumes_[f], at);
        }
        EventFeature e{.bound = &bound_[f],
                       .sample = {seed_of(world_, day_), world_.number, FeatureId{f}},
                       .per_hour = std::move(hours),
                       .gaps_cv = event_gaps_cv(s_, traffic, world_, day_.scale)};
        for (std::size_t t = 0; t < s_.targets.size(); ++t) e.pools.push_back(place_of(TargetId{t}));
        return e;
    }

    /// Which of the day's pools a target is.
    [[nodiscard]] std::optional<std::size_t> place_of(TargetId target) const {
        auto const pool = s_.pool_of(target);
        auto const place = pool ? std::find(pools_.begin(), pools_.end(), *pool) : pools_.end();
        if (place == pools_.end()) return std::nullopt;
        return static_cast<std::size_t>(place - pools_.begin());
    }

    /// With the replicas that the first hour's calls want at their usual latency.
    PoolSettings pool(std::size_t p, std::vector<EventFeature> const& features) const {
        auto settings = event_pool(s_, plan_, pools_[p], world_);
        settings.seed = seed_of(world_, day_);  // of cold starts and failures; how fast engines are is the world's
        if (!settings.autoscale) return settings;
        double in_flight = 0;
        for (std::size_t f = 0; f < features.size(); ++f)
            in_flight += features[f].per_hour.front() / 3600 * call_seconds(f, p);
        settings.replicas = recommended_replicas(*settings.autoscale, in_flight);
        return settings;
    }

    /// Seconds that a session's calls are in flight at a pool, at its usual latency.
    [[nodiscard]] double call_seconds(std::size_t feature, std::size_t pool) const {
        auto const& usage = usage_[feature];
        double sum = 0;
        for (std::size_t k = 0; k < usage.keys.size(); ++k) {
            if (place_of(usage.keys[k].target) != pool) continue;
            auto const& target = bound_[feature].targets[usage.keys[k].target.index()];
            auto const of = [&](Meter m) { return usage.mean[k][static_cast<std::size_t>(m)]; };
            sum += of(Meter::requests) * target.certain_ttft_s +
                   (of(Meter::output) + of(Meter::reasoning)) / target.certain_speed;
        }
        return sum;
    }

    Scenario const& s_;
    BillPlan const& plan_;
    std::vector<std::vector<MonthVolume>> const& volumes_;
    EventWorld const& world_;
    EventDay const& day_;
    std::vector<std::size_t> pools_;
    std::vector<BoundProgram> bound_;  ///< by feature
    std::vector<FeatureUsage> usage_;
    std::size_t run_in_ = 0;  ///< hours
};

}  // namespace

std::uint64_t seed_of(EventWorld const& world, EventDay const& day) {
    constexpr std::uint64_t golden = 0x9E3779B97F4A7C15;  // 2^64 / the golden ratio: near multiples are far apart
    return world.seed + golden * (1 + 32 * day.month + day.day);
}

PoolSettings event_pool(Scenario const& s, BillPlan const& plan, std::size_t pool, EventWorld const& world) {
    auto const& p = s.pools[pool];
    if (std::holds_alternative<StatedCapacity>(p.speed))
        throw std::invalid_argument(fmt::format(
            "pool '{}' states its capacity: without step times it cannot be simulated event by event", p.name));
    return pool_settings(s, plan, pool, world);
}

PoolSettings pool_settings(Scenario const& s, BillPlan const& plan, std::size_t pool, EventWorld const& world) {
    auto const& p = s.pools[pool];
    auto const& fleet = p.fleet;
    PoolSettings settings{.replica = p.replica,
                          .parameters = step_parameters(p, world, pool),
                          .router = fleet.router,
                          .replicas = s.pool_plans[pool].at_least,
                          .seed = world.seed,
                          .world = world.number,
                          .entity = pool};
    if (auto const& a = fleet.autoscale) {
        settings.autoscale = AutoscaleRule{.in_flight = a->aim(),
                                           .every = from_seconds(a->every_s),
                                           .stabilise = from_seconds(a->stabilise_s),
                                           .least = s.pool_plans[pool].at_least,
                                           .most = a->most,
                                           .surge = a->surge};
        settings.cold_start_s = sampler_of(a->cold_start_s, 1, world.beliefs);
    }
    auto const whole = [](std::optional<double> const& n) {
        return n ? std::optional{static_cast<std::int64_t>(*n)} : std::nullopt;
    };
    if (auto const& overflow = s.options[plan.option.index()].behaviour.overflow)
        settings.overflow_above = overflow->above;
    settings.admission = {whole(fleet.admission.in_flight), whole(fleet.admission.queue)};
    if (auto const& f = fleet.failures)
        settings.failures = {f->every_s / 3600, sampler_of(f->repair_s, 1, world.beliefs)};
    return settings;
}

std::vector<double> hours_of_day(Feature const& feature, std::size_t row, double sessions) {
    std::vector<double> two_days(2 * day_hours, 0);
    add_day(feature, {row, sessions}, 0, two_days);
    std::vector<double> day(two_days.begin(), two_days.begin() + static_cast<std::ptrdiff_t>(day_hours));
    for (std::size_t h = 0; h < day_hours; ++h) day[h] += two_days[day_hours + h];
    return day;
}

double event_gaps_cv(Scenario const& s, Traffic const& traffic, EventWorld const& world, double scale) {
    if (std::holds_alternative<Schedule>(traffic.volume)) return 1;
    double const cv = std::max(0.05, traffic.gaps_cv.in(world.beliefs));
    return s.scales.multiply == ScaleOf::customers ? cv : cv * std::sqrt(std::max(1.0, scale));
}

std::vector<std::size_t> pools_of(Scenario const& s, BillPlan const& plan) {
    std::vector<std::size_t> pools;
    for (auto const& program : plan.programs)
        for (auto const& key : usage_keys(*program))
            if (auto const pool = s.pool_of(key.target)) pools.push_back(*pool);
    std::sort(pools.begin(), pools.end());
    pools.erase(std::unique(pools.begin(), pools.end()), pools.end());
    return pools;
}

std::optional<std::string> event_fault(Scenario const& s) {
    for (auto const& feature : s.features) {
        auto const& variants = s.workflows[feature.session.workflow.index()].variants;
        if (variants.variation == Variation::shadow && !variants.all.empty())
            return fmt::format("feature '{}' shadows its prompts, which is not simulated event by event", feature.name);
    }
    return std::nullopt;
}

double calls_of_a_day(std::vector<std::vector<MonthVolume>> const& volumes, std::vector<FeatureUsage> const& usage,
                      std::size_t month) {
    double calls = 0;
    for (std::size_t f = 0; f < volumes.size(); ++f) {
        auto const& volume = volumes[f][month];
        double const days = volume.flat() ? FlatMonth::days : static_cast<double>(volume.days.size());
        calls += volume.sessions / days * usage[f].attempts;
    }
    return calls;
}

EventDayRun run_event_day(Scenario const& s, BillPlan const& plan, std::vector<std::vector<MonthVolume>> const& volumes,
                          EventWorld const& world, EventDay const& day) {
    return DayOfEvents{s, plan, volumes, world, day}.run();
}

}  // namespace runrate
