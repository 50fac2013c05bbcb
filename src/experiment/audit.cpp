#include "experiment/audit.h"

#include <algorithm>
#include <cmath>

#include "experiment/pool_projection.h"
#include "montecarlo/parallel.h"
#include "projection/level_quantiles.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

constexpr std::uint32_t audited_worlds = 3;
constexpr double most_calls = 1e6;     ///< of a day
constexpr double least_hours = 2;      ///< beyond the least, for a ratio to say anything
constexpr double shrinkage_hours = 4;  ///< of no error, that are added to what was seen: few hours say little

/// One world of one option, from its beliefs on.
struct AuditedWorld {
    std::vector<double> beliefs;
    std::vector<std::vector<MonthVolume>> volumes;
    std::vector<FeatureUsage> usage;
};

AuditedWorld world_of(Experiment const& e, BillPlan const& plan, std::vector<double> beliefs, std::uint32_t number) {
    AuditedWorld w{std::move(beliefs), {}, {}};
    auto const& s = *e.scenario;
    for (std::size_t f = 0; f < s.features.size(); ++f) {
        w.volumes.push_back(expected_volumes(s.features[f].traffic, s.calendar, w.beliefs));
        w.usage.push_back(simulate(*plan.programs[f], w.beliefs, {e.seed, number, FeatureId{f}, e.sessions[f]}));
    }
    return w;
}

/// Calls of all features together on a day of a month.
double calls_on(AuditedWorld const& w, std::size_t month, std::size_t day) {
    double sum = 0;
    for (std::size_t f = 0; f < w.volumes.size(); ++f) sum += w.volumes[f][month].days[day].sessions * w.usage[f].calls;
    return sum;
}

/// The day of the month on which most is asked of all features together, by calls.
std::size_t busiest_day(AuditedWorld const& w, std::size_t month) {
    auto const& days = w.volumes.front()[month].days;
    if (w.volumes.front()[month].flat()) return 0;
    std::size_t busiest = 0;
    for (std::size_t d = 1; d < days.size(); ++d)
        if (calls_on(w, month, d) > calls_on(w, month, busiest)) busiest = d;
    return busiest;
}

/// Of a day of the month; where one has far more than others, what that takes counts.
double calls_to_run(AuditedWorld const& w, std::size_t month) {
    constexpr double far_more = 2;
    double const usual = calls_of_a_day(w.volumes, w.usage, month);
    if (w.volumes.front()[month].flat()) return usual;
    return std::max(usual, calls_on(w, month, busiest_day(w, month)) / far_more);
}

/// As many times the traffic as a day of events affords, within the scales: where there are more replicas than the
/// least a ratio says something.
double audited_scale(std::vector<double> const& scales, double calls) {
    return std::clamp(most_calls / std::max(calls, 1.0), scales.front(), scales.back());
}

bool is_audited(Pool const& pool) { return pool.fleet.autoscale || pool.fleet.admission.queue; }

/// Whether there is something to correct, and step times to say how.
bool can_be_audited(Scenario const& s, BillPlan const& plan) {
    auto const scaled = [&](PoolLines const& p) { return is_audited(s.pools[p.pool]); };
    auto const stated = [&](PoolLines const& p) {
        return std::holds_alternative<StatedCapacity>(s.pools[p.pool].speed);
    };
    return std::any_of(plan.pools.begin(), plan.pools.end(), scaled) &&
           std::none_of(plan.pools.begin(), plan.pools.end(), stated);
}

/// \param place  of the pool among those of the run \param least  hours that are paid whatever is asked
AuditedDay audited_day(PoolProjection const& projection, EventDayRun const& run, std::size_t place, double least) {
    auto const& pool = run.events.pools[place];
    auto const& events = pool.totals;
    // The same sessions: how many chance made of the day is not what is asked here.
    double started = 0, expected = 0;
    for (auto const& feature : run.events.features) started += static_cast<double>(feature.started);
    for (double const sessions : run.expected) expected += sessions;
    double const usual = asked_calls(projection.day(run.per_hour, 1, {}));
    bool const turns_away = events.shed > 0;  // then it completes fewer than are asked
    double const calls = static_cast<double>(events.requests + events.overflowed);
    double const demand = turns_away ? started / std::max(expected, 1e-9) : usual > 0 ? calls / usual : 1;
    auto const fluid = projection.day(run.per_hour, demand, {});
    auto const share = [](double of, double all) { return all > 0 ? of / all : 0; };
    double const shed = static_cast<double>(events.shed);
    auto const& ttft = pool.ttft.sketch;
    return {.simulated_hours = std::max(0.0, events.paid_hours - least),
            .projected_hours = std::max(0.0, fluid.paid_hours - least),
            .simulated_ttft_s = ttft.count() > 0 ? ttft.quantile(0.95) : 0,
            .projected_ttft_s = LevelQuantiles{projection.pool(), &LoadLevel::ttft, true}.at(0.95, fluid),
            .simulated_refused = share(shed, shed + static_cast<double>(events.requests)),
            .projected_refused = share(fluid.shed, fluid.shed + fluid.calls)};
}

}  // namespace

void PoolAudit::settle() {
    double simulated = shrinkage_hours, projected = shrinkage_hours;
    std::vector<double> logs;
    for (auto const& day : days) {
        if (day.projected_hours < least_hours && day.simulated_hours < least_hours) continue;
        simulated += day.simulated_hours;
        projected += day.projected_hours;
        logs.push_back(real::log((day.simulated_hours + shrinkage_hours) / (day.projected_hours + shrinkage_hours)));
    }
    factor = simulated / projected;
    compare_service();
    if (logs.empty()) return;
    double squares = 0;
    for (double const x : logs) squares += (x - real::log(factor)) * (x - real::log(factor));
    log_sd = std::sqrt(squares / static_cast<double>(logs.size()));
}

void PoolAudit::compare_service() {
    double log_ttft = 0, timed = 0, more = 0;
    for (auto const& day : days) {
        more += day.simulated_refused - day.projected_refused;
        if (!(day.simulated_ttft_s > 0 && day.projected_ttft_s > 0)) continue;
        log_ttft += real::log(day.simulated_ttft_s / day.projected_ttft_s);
        ++timed;
    }
    if (timed > 0) ttft = real::exp(log_ttft / timed);
    if (!days.empty()) refused = more / static_cast<double>(days.size());
}

std::vector<std::vector<PoolAudit>> audit_pools(Experiment const& e, Worlds const& worlds, unsigned threads,
                                                std::function<bool()> const& stop) {
    auto const& s = *e.scenario;
    auto const month = static_cast<std::size_t>(s.reference_month());
    std::vector<std::vector<PoolAudit>> audits;
    for (auto const& plan : e.plans) {
        std::vector<PoolAudit> of_plan(plan.pools.size());
        std::vector<std::vector<AuditedDay>> days(audited_worlds);
        std::vector<double> scales(audited_worlds, 0);
        for_each_index(can_be_audited(s, plan) ? audited_worlds : 0, threads, [&](std::uint32_t i) {
            if (stop && stop()) return;
            WorldId const id{0, i};
            auto const w = world_of(e, plan, worlds.draw(id, 0), id.number());
            double const calls = calls_to_run(w, month);
            scales[i] = audited_scale(e.scales, calls);
            if (calls * scales[i] > 4 * most_calls) return;  // no scale is small enough
            EventWorld const where{w.beliefs, e.seed, id.number(), true};
            auto const run = run_event_day(s, plan, w.volumes, where,
                                           {.month = month, .day = busiest_day(w, month), .scale = scales[i]});
            for (std::size_t p = 0; p < plan.pools.size(); ++p) {
                auto const pool = plan.pools[p].pool;
                PoolProjection const projection{s,         plan,  pool,      where,       w.usage,
                                                w.volumes, month, scales[i], large_sample};
                days[i].push_back(audited_day(projection, run, p, 24.0 * s.pool_plans[pool].at_least));
            }
        });
        for (std::size_t p = 0; p < of_plan.size(); ++p) {
            if (!is_audited(s.pools[plan.pools[p].pool])) continue;
            for (std::size_t i = 0; i < days.size(); ++i)
                if (p < days[i].size()) of_plan[p].days.push_back(days[i][p]);
            of_plan[p].scale = scales.front();
            of_plan[p].settle();
        }
        audits.push_back(std::move(of_plan));
    }
    return audits;
}

std::vector<std::vector<PoolAudit>> no_audits(Experiment const& e) {
    std::vector<std::vector<PoolAudit>> audits;
    for (auto const& plan : e.plans) audits.emplace_back(plan.pools.size());
    return audits;
}

}  // namespace runrate
