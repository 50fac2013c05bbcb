#pragma once

#include <vector>

#include "events/event_run.h"
#include "experiment/bill_plan.h"
#include "projection/volume.h"

namespace runrate {

/// The world in which an option is simulated.
struct EventWorld {
    BeliefValues beliefs;
    std::uint64_t seed = 1;
    std::uint32_t number = 0;
    bool draws_speed = false;  ///< engines are as fast as the calibration's error lets them be; else as it says
};

/// Which day: of a calendar month its day; of a flat one the row of the week (0: Monday).
struct EventDay {
    std::size_t month = 0, day = 0;
    double scale = 1;
    double factor = 1;  ///< on the traffic of all features but schedules: a day factor
};

/// A day of an option, event by event.
struct EventDayRun {
    std::vector<double> expected;               ///< sessions of the day, by feature
    std::vector<std::vector<double>> per_hour;  ///< that start in each of its 24 hours, by feature
    EventResult events;                         ///< of the 24 hours since its midnight
};

/// Of a day's chance: days of one world differ in it, and options meet the same sessions on the same day.
std::uint64_t seed_of(EventWorld const&, EventDay const&);

/// An option's pool in one world, with as many replicas as it has at least; without step times where it states its
/// capacity.
PoolSettings pool_settings(Scenario const&, BillPlan const&, std::size_t pool, EventWorld const&);

/// The pool as the event simulation has it. \throws std::invalid_argument where it states its capacity
PoolSettings event_pool(Scenario const&, BillPlan const&, std::size_t pool, EventWorld const&);

/// Sessions that start in each of the 24 hours of a day of the feature, with this row of its week shape. What a
/// schedule starts and works off past midnight is in the morning hours.
std::vector<double> hours_of_day(Feature const&, std::size_t row, double sessions);

/// How gaps between sessions vary at a scale: where it multiplies customers as for one, where each of them does more as
/// clumped as one then.
double event_gaps_cv(Scenario const&, Traffic const&, EventWorld const&, double scale);

/// Which of the scenario's pools an option's features ask, ascending.
std::vector<std::size_t> pools_of(Scenario const&, BillPlan const&);

/// Why the sessions of a scenario cannot be run event by event; nothing where they can.
std::optional<std::string> event_fault(Scenario const&);

/// Calls of an average day of a month, retries included, at scale 1.
/// \param volumes, usage  by feature
double calls_of_a_day(std::vector<std::vector<MonthVolume>> const& volumes, std::vector<FeatureUsage> const& usage,
                      std::size_t month);

/// Simulates the day after the last hours of the one before it, in which sessions come under way and replicas are
/// started. Items of schedules are worked off evenly within their deadlines.
/// \param volumes  by feature
EventDayRun run_event_day(Scenario const&, BillPlan const&, std::vector<std::vector<MonthVolume>> const& volumes,
                          EventWorld const&, EventDay const&);

}  // namespace runrate
