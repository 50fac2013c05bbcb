#pragma once

#include <span>
#include <vector>

#include "experiment/pool_projection.h"
#include "projection/day_curve.h"

namespace runrate {

/// A pool of an option in one world, month by month at any scale: days that are alike share a curve of what they take
/// against what is asked, and a month is the sum over its days, each over the day factors that it may have.
class PoolMonths {
public:
    /// \param volumes     by feature
    /// \param reference   month whose days stand for those of all: their hours, and how features mix
    /// \param scales      for which months are wanted
    /// \param thresholds  numbers of replicas for FluidDay::hours_above
    PoolMonths(Scenario const&, PoolProjection const&, std::vector<std::vector<MonthVolume>> const& volumes,
               std::size_t reference, std::span<double const> scales, std::span<double const> thresholds, BeliefValues);

    /// Lets `at_volume` say of a month what it takes at these multiples; months at scales stay as they are.
    void reach(std::size_t month, std::span<double const> multiples);
    [[nodiscard]] FluidDay at_volume(std::size_t month, double multiple) const;

    /// The sum over a month's days; the peak that of its busiest day, with a day factor that one in twenty exceeds.
    /// \param chance  on the sessions of each feature; empty: as expected
    [[nodiscard]] FluidDay month(std::size_t month, double scale, std::span<double const> chance) const;

    /// Seconds of calls that a session of a feature makes of the pool: by what features use it.
    [[nodiscard]] double load_of(std::size_t feature) const { return loads_[feature]; }

private:
    /// Sessions of each feature on one day.
    struct DayVolumes {
        std::size_t row = 0;
        double days = 1;  ///< of a flat month there are several of a row
        std::vector<double> sessions{};
    };
    /// Days of the week that are alike.
    struct DayType {
        std::vector<std::vector<double>> per_hour{};  ///< by feature, at demand 1
        double load = 0;
        std::vector<DayCurve> curve{};  ///< one, once it is made; then one that reaches further
    };
    /// Demands of a type's days, 0 without any.
    struct Demands {
        double low = 0, high = 0;
    };

    [[nodiscard]] std::vector<DayVolumes> days_of(std::size_t month) const;
    [[nodiscard]] double load_of(DayVolumes const&, double factor) const;
    void make_types(std::size_t reference);
    void make_curves(std::span<double const> scales);
    [[nodiscard]] std::vector<Demands> demands(std::size_t first, std::size_t last,
                                               std::span<double const> multiples) const;
    [[nodiscard]] double usual_demand(std::size_t month, std::size_t type) const;
    [[nodiscard]] FluidDay day_of(DayType const&, double demand) const;
    [[nodiscard]] FluidDay sum_of_days(std::size_t month, double multiple, std::span<double const> chance,
                                       std::size_t curve) const;
    [[nodiscard]] bool alike(DayType const&, DayType const&) const;

    Scenario const& scenario_;
    PoolProjection const& projection_;
    std::vector<std::vector<MonthVolume>> const& volumes_;
    std::vector<double> thresholds_;
    std::vector<double> loads_;  ///< by feature
    double day_cv_ = 0;          ///< of the day factor of all features together
    std::vector<DayType> types_;
    std::vector<std::size_t> type_of_row_;
};

}  // namespace runrate
