#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/date.h"
#include "stat/number.h"

namespace runrate {

/// Month i of a monthly rate r is (1 + r)^i.
struct ExponentialGrowth {
    Number rate;  ///< per month or per year, as a share (0.04)
    bool per_year = false;
};

/// g(t) = C / (1 + exp(-k (t - h))), t in months, h the start of the month `half_way`.
struct LogisticGrowth {
    Number ceiling;  ///< a factor, or with `from` the adoption that is reached in the end
    Month half_way{};
    std::optional<Number> from;  ///< adoption(start) = from: traffic is count x adoption(t), not normalised
};

/// Factors that hold from their month on.
struct GrowthTable {
    std::vector<std::pair<Month, Number>> rows;
};

/// A growth that another takes over. The later one starts in the month after `until`: there its own clock is 0, its
/// own factor 1 (a table keeps its factors) and what it multiplies is the value that the earlier one has for that
/// month. Hence no step is larger than an ordinary one, and a `from` counts as adoption in the first part only. Parts
/// that ended before the scenario starts have no effect.
struct GrowthPart {
    std::variant<ExponentialGrowth, LogisticGrowth, GrowthTable> law;
    std::optional<Month> until;  ///< last month of this part; the last part has none
};
using Growth = std::vector<GrowthPart>;  ///< empty: none

/// Why the growth does not exist in this world (`no logistic curve ...`), or nothing: a rate of -100 % or less, a
/// negative factor, a logistic curve that cannot rise from its start to its ceiling and be half way in its month, a
/// factor among the first `months` that is beyond any number.
std::optional<std::string> growth_fault(Growth const&, Month start, BeliefValues, int months = 12);

/// The factor of each month of the horizon. \pre growth_fault says nothing
std::vector<double> growth_factors(Growth const&, Month start, int months, BeliefValues);

/// Traffic by hour of the week, Monday 00:00 first; mean 1.
using WeekShape = std::array<double, 168>;

WeekShape flat_week();
/// `flat`, `business-hours`, `office-hours`, `consumer`, `night`: the shapes that scenarios can name.
std::vector<std::pair<std::string, WeekShape>> const& named_weeks();

/// Days on which traffic is multiplied; what they add comes on top of the month's total.
struct TrafficEvent {
    std::string name;
    Date from{};
    int days = 1;
    Number factor{1};
};

enum class RatePer { month, day, workday, week };

/// How many sessions customers start.
struct SessionRate {
    Number count{0};
    RatePer per = RatePer::month;  ///< `month` is that calendar month's total; the others are rates
    bool per_customer = false;     ///< times the number of customers
};

/// Work that a schedule starts, at one instant each time.
struct Schedule {
    enum class Every { day, workday, week, month };
    Every every = Every::day;
    std::optional<Weekday> weekday;  ///< of `week`
    int minute_of_day = 0;
    Number items{0};
};

struct Customers {
    Number count{1};
    std::optional<Number> zipf;  ///< exponent of the shares by rank; none: equal shares
};

/// When and how often a feature is used.
struct Traffic {
    std::variant<SessionRate, Schedule> volume{};
    Customers customers;
    Growth growth;
    WeekShape week = flat_week();
    std::optional<std::array<Number, 12>> season;  ///< by calendar month, normalised to mean 1 over the year
    Number day_to_day{0};                          ///< coefficient of variation of whole days
    Number day_memory{0.5};                        ///< lag-1 correlation of the log day factor
    Number gaps_cv{1};                             ///< of the gaps between sessions
    std::vector<TrafficEvent> events;
};

}  // namespace runrate
