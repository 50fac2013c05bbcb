#include "experiment/pool_months.h"

#include <algorithm>
#include <cmath>

#include "projection/day_factor.h"
#include "projection/day_shape.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

constexpr std::size_t rows = 7, hours = 24;
constexpr std::size_t levels = 12;   ///< of demand that are integrated
constexpr double same_shape = 0.01;  ///< shares of an hour that differ by less are alike, relative to a day's mean hour
constexpr double evens_out = 0.05;   ///< coefficient of variation of days beyond which they have no steps together
constexpr double widest = 2.5;       ///< standard deviations of the day factor that levels reach to
constexpr double exceeded_seldom = 1.6448536269514722;  ///< standard deviations that one in twenty exceeds

bool is_schedule(Feature const& f) { return std::holds_alternative<Schedule>(f.traffic.volume); }

/// A lognormal factor of mean 1 at so many standard deviations.
double factor_at(double cv, double z) {
    double const variance = real::log1p(cv * cv);
    return real::exp(std::sqrt(variance) * z - variance / 2);
}

}  // namespace

PoolMonths::PoolMonths(Scenario const& s, PoolProjection const& projection,
                       std::vector<std::vector<MonthVolume>> const& volumes, std::size_t reference,
                       std::span<double const> scales, std::span<double const> thresholds, BeliefValues world)
    : scenario_{s}, projection_{projection}, volumes_{volumes}, thresholds_(thresholds.begin(), thresholds.end()) {
    for (std::size_t f = 0; f < s.features.size(); ++f) loads_.push_back(projection.call_seconds(f));
    // Day factors of features are independent of each other: their variances add.
    double drawn = 0, squares = 0;
    for (std::size_t f = 0; f < s.features.size(); ++f) {
        if (is_schedule(s.features[f])) continue;
        double const load = volumes[f][reference].sessions * loads_[f];
        drawn += load;
        double const sd = load * s.features[f].traffic.day_to_day.in(world);
        squares += sd * sd;
    }
    day_cv_ = drawn > 0 ? std::sqrt(squares) / drawn : 0;
    make_types(reference);
    make_curves(scales);
}

std::vector<PoolMonths::DayVolumes> PoolMonths::days_of(std::size_t month) const {
    std::vector<DayVolumes> days;
    auto const& first = volumes_.front()[month];
    std::size_t const count = first.flat() ? rows : first.days.size();
    for (std::size_t d = 0; d < count; ++d) {
        DayVolumes day{.row = first.flat() ? d : static_cast<std::size_t>(first.days[d].weekday),
                       .days = first.flat() ? FlatMonth::weeks : 1};
        for (std::size_t f = 0; f < volumes_.size(); ++f) {
            auto const& volume = volumes_[f][month];
            day.sessions.push_back(volume.flat() ? flat_day(scenario_.features[f].traffic, volume.sessions, d)
                                                 : volume.days[d].sessions);
        }
        days.push_back(std::move(day));
    }
    return days;
}

/// Seconds of calls that a day asks for; the factor is on what is no schedule.
double PoolMonths::load_of(DayVolumes const& day, double factor) const {
    double sum = 0;
    for (std::size_t f = 0; f < loads_.size(); ++f)
        sum += day.sessions[f] * loads_[f] * (is_schedule(scenario_.features[f]) ? 1 : factor);
    return sum;
}

bool PoolMonths::alike(DayType const& a, DayType const& b) const {
    for (std::size_t h = 0; h < hours; ++h) {
        double difference = 0;
        for (std::size_t f = 0; f < loads_.size(); ++f)
            difference += loads_[f] * (a.per_hour[f][h] / a.load - b.per_hour[f][h] / b.load);
        if (std::abs(difference) > same_shape / static_cast<double>(hours)) return false;
    }
    return true;
}

void PoolMonths::make_types(std::size_t reference) {
    auto const days = days_of(reference);
    for (std::size_t row = 0; row < rows; ++row) {
        DayVolumes mean{.row = row, .days = 0, .sessions = std::vector<double>(loads_.size(), 0)};
        for (auto const& day : days) {
            if (day.row != row) continue;
            mean.days += day.days;
            for (std::size_t f = 0; f < loads_.size(); ++f) mean.sessions[f] += day.days * day.sessions[f];
        }
        DayType type;
        for (std::size_t f = 0; f < loads_.size(); ++f) {
            if (mean.days > 0) mean.sessions[f] /= mean.days;
            type.per_hour.push_back(hours_of_day(scenario_.features[f], row, mean.sessions[f]));
        }
        type.load = load_of(mean, 1);
        auto const same = std::find_if(types_.begin(), types_.end(), [&](DayType const& t) {
            return (t.load > 0) == (type.load > 0) && (type.load <= 0 || alike(t, type));
        });
        type_of_row_.push_back(static_cast<std::size_t>(same - types_.begin()));
        if (same == types_.end()) types_.push_back(std::move(type));
    }
}

/// The demands that days of the months [first, last) have at multiples of their traffic, by type.
std::vector<PoolMonths::Demands> PoolMonths::demands(std::size_t first, std::size_t last,
                                                     std::span<double const> multiples) const {
    std::vector<Demands> of_type(types_.size());
    auto const [least, most] = std::minmax_element(multiples.begin(), multiples.end());
    double const reach = factor_at(day_cv_, widest);
    for (auto m = first; m < last; ++m) {
        for (auto const& day : days_of(m)) {
            auto const t = type_of_row_[day.row];
            if (types_[t].load <= 0) continue;
            double const demand = load_of(day, 1) / types_[t].load;
            if (demand <= 0) continue;
            auto& [low, high] = of_type[t];
            low = low > 0 ? std::min(low, demand * *least / reach) : demand * *least / reach;
            high = std::max(high, demand * *most * reach);
        }
    }
    return of_type;
}

/// Of the days of a type in a month, on average; 0 without such days.
double PoolMonths::usual_demand(std::size_t month, std::size_t type) const {
    double sum = 0, count = 0;
    for (auto const& day : days_of(month)) {
        if (type_of_row_[day.row] != type) continue;
        sum += day.days * load_of(day, 1) / types_[type].load;
        count += day.days;
    }
    return count > 0 ? sum / count : 0;
}

FluidDay PoolMonths::day_of(DayType const& type, double demand) const {
    return projection_.day(type.per_hour, demand, thresholds_);
}

void PoolMonths::make_curves(std::span<double const> scales) {
    auto const of_type = demands(0, volumes_.front().size(), scales);
    for (std::size_t t = 0; t < types_.size(); ++t) {
        auto& type = types_[t];
        auto const [low, high] = of_type[t];
        bool const asked = type.load > 0 && high > 0;
        type.curve.emplace_back(asked ? low : 1, asked ? std::max(high, 1.001 * low) : 2, asked ? levels : 2,
                                [&](double demand) { return day_of(type, asked ? demand : 0); });
    }
}

void PoolMonths::reach(std::size_t month, std::span<double const> multiples) {
    constexpr double next_level = 1.6;
    if (multiples.empty()) return;
    auto const of_type = demands(month, month + 1, multiples);
    for (std::size_t t = 0; t < types_.size(); ++t) {
        auto& type = types_[t];
        auto const [low, high] = of_type[t];
        auto const day = [&](double demand) { return day_of(type, demand); };
        type.curve.push_back(type.curve.front());
        if (high <= 0) continue;
        type.curve.back() = type.curve.front().reaching(low, high, next_level, day);
        if (day_cv_ > evens_out) continue;
        // At the volumes themselves nothing lies between levels: steps of replicas are where they are.
        std::vector<double> usual;
        for (double const multiple : multiples) usual.push_back(multiple * usual_demand(month, t));
        type.curve.back() = type.curve.back().refined(usual, day);
    }
}

FluidDay PoolMonths::month(std::size_t month, double scale, std::span<double const> chance) const {
    return sum_of_days(month, scale, chance, 0);
}

FluidDay PoolMonths::at_volume(std::size_t month, double multiple) const { return sum_of_days(month, multiple, {}, 1); }

FluidDay PoolMonths::sum_of_days(std::size_t month, double multiple, std::span<double const> chance,
                                 std::size_t curve) const {
    FluidDay sums;
    auto const factors = day_factors(day_cv_);
    double busiest = 0;
    for (auto day : days_of(month)) {
        for (std::size_t f = 0; f < day.sessions.size(); ++f)
            day.sessions[f] *= multiple * (chance.empty() ? 1 : chance[f]);
        auto const& type = types_[type_of_row_[day.row]];
        auto const demand = [&](double factor) { return type.load > 0 ? load_of(day, factor) / type.load : 0; };
        for (auto const& f : factors) type.curve[curve].add(demand(f.factor), day.days * f.weight, sums);
        FluidDay seldom;
        type.curve[curve].add(demand(factor_at(day_cv_, exceeded_seldom)), 1, seldom);
        busiest = std::max(busiest, seldom.peak_replicas);
    }
    sums.peak_replicas = busiest;
    return sums;
}

}  // namespace runrate
