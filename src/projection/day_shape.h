#pragma once

#include <array>
#include <optional>

#include "core/lane.h"
#include "workload/traffic.h"

namespace runrate {

/// The flat month of worked examples: 365/12 days of the mean week.
struct FlatMonth {
    static constexpr double days = 365.0 / 12;
    static constexpr double weeks = days / 7;
    static constexpr double workdays = 5 * weeks;
};

/// How often a schedule starts in a flat month.
double runs_in_flat_month(Schedule::Every);

/// Whether the feature rests on Saturdays, Sundays and holidays: its rate is per workday.
bool only_workdays(Traffic const&);

/// What the rows of a week shape weigh, Monday first: sums of their hours.
std::array<double, 7> row_weights(WeekShape const&);

/// Sessions of the day that one row of a flat month's week is. \param month  sessions of the whole month
double flat_day(Traffic const&, double month, std::size_t row);

/// Hours within which the items of a schedule's start are worked off, evenly: those of their deadline, which batches
/// have of a day where none is stated; else one.
double hours_of_batch(std::optional<double> deadline_s, Lane);

/// The share of a day's sessions in one hour of the week (0 to 167); even where the day weighs nothing.
/// \param weights  row_weights() of the shape
double hour_share(WeekShape const&, std::array<double, 7> const& weights, std::size_t hour);

}  // namespace runrate
