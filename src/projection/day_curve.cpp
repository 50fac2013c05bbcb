#include "projection/day_curve.h"

#include <algorithm>
#include <cmath>

#include "core/contract.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

/// The day of a plateau at another demand: as many replicas, other calls.
FluidDay scaled_calls(FluidDay day, double factor) {
    day.in_flight_hours *= factor;
    day.calls *= factor;
    day.shed *= factor;
    day.waited_s *= factor;
    for (double& calls : day.calls_by_level) calls *= factor;
    for (double& calls : day.crowded_by_level) calls *= factor;
    for (auto& feature : day.overflow) feature = {factor * feature.asked, 0, 0};
    return day;
}

/// Mean time that a call is in flight, hours.
double sojourn_hours(FluidDay const& day) { return day.calls > 0 ? day.in_flight_hours / day.calls : 0; }

bool overflows(FluidDay const& day) {
    return std::any_of(day.overflow.begin(), day.overflow.end(),
                       [](FluidOverflow const& o) { return o.beyond > 1e-4 * o.asked; });
}

/// Whether a day pays no more than the one with the least demand, and serves all as fast: those between are alike then.
bool is_plateau(FluidDay const& day, FluidDay const& fewest) {
    constexpr double as_fast = 1.005;
    return !overflows(day) && day.paid_hours <= fewest.paid_hours &&
           sojourn_hours(day) <= as_fast * sojourn_hours(fewest);
}

/// `times` of a share of each of two days, added.
void add_mixed(FluidDay const& a, FluidDay const& b, double of_a, double of_b, FluidDay& sums) {
    for (auto const member :
         {&FluidDay::paid_hours, &FluidDay::in_flight_hours, &FluidDay::calls, &FluidDay::shed, &FluidDay::waited_s})
        sums.*member += of_a * a.*member + of_b * b.*member;
    sums.hours_above.resize(a.hours_above.size(), 0);
    for (std::size_t t = 0; t < a.hours_above.size(); ++t)
        sums.hours_above[t] += of_a * a.hours_above[t] + of_b * b.hours_above[t];
    sums.overflow.resize(a.overflow.size());
    for (std::size_t f = 0; f < a.overflow.size(); ++f)
        for (auto const member : {&FluidOverflow::asked, &FluidOverflow::beyond, &FluidOverflow::crowded})
            sums.overflow[f].*member += of_a * a.overflow[f].*member + of_b * b.overflow[f].*member;
    for (auto const by_level : {&FluidDay::calls_by_level, &FluidDay::crowded_by_level}) {
        auto& sum = sums.*by_level;
        sum.resize((a.*by_level).size(), 0);
        for (std::size_t l = 0; l < sum.size(); ++l) sum[l] += of_a * (a.*by_level)[l] + of_b * (b.*by_level)[l];
    }
}

}  // namespace

DayCurve::DayCurve(double low, double high, std::size_t points, std::function<FluidDay(double demand)> const& day) {
    RUNRATE_EXPECT(0 < low && low <= high && points >= 2);
    double const step = real::log(high / low) / static_cast<double>(points - 1);
    auto const fewest = day(low);
    levels_.push_back({high, day(high)});
    for (std::size_t i = 1; i + 1 < points; ++i) {
        double const demand = high * real::exp(-step * static_cast<double>(i));
        auto const& above = levels_.back();
        levels_.push_back(
            {demand, is_plateau(above.day, fewest) ? scaled_calls(above.day, demand / above.demand) : day(demand)});
    }
    levels_.push_back({low, fewest});
    levels_.push_back({0, day(0)});
    std::reverse(levels_.begin(), levels_.end());
}

DayCurve DayCurve::reaching(double low, double high, double factor,
                            std::function<FluidDay(double demand)> const& day) const {
    auto wider = *this;
    auto& levels = wider.levels_;
    for (double demand = levels.back().demand; demand < high;) {
        demand = std::min(high, demand * factor);
        levels.push_back({demand, day(demand)});
    }
    // Where no more is paid than without demand, all is linear down to none.
    auto const lowest = levels.begin() + 1;
    std::vector<Level> below;
    double demand = lowest->demand, paid = lowest->day.paid_hours;
    while (demand > low && paid > levels.front().day.paid_hours) {
        demand = std::max(low, demand / factor);
        below.push_back({demand, day(demand)});
        paid = below.back().day.paid_hours;
    }
    levels.insert(lowest, below.rbegin(), below.rend());
    return wider;
}

DayCurve DayCurve::refined(std::span<double const> demands, std::function<FluidDay(double demand)> const& day) const {
    auto finer = *this;
    auto& levels = finer.levels_;
    for (double const demand : demands) {
        auto const above = std::lower_bound(levels.begin() + 1, levels.end(), demand,
                                            [](Level const& level, double d) { return level.demand < d; });
        bool const alike = demand <= 0 || above == levels.end() || is_plateau(above->day, levels[1].day);
        if (!alike && above->demand > demand) levels.insert(above, {demand, day(demand)});
    }
    return finer;
}

void DayCurve::add(double demand, double times, FluidDay& sums) const {
    auto above = std::upper_bound(levels_.begin(), levels_.end() - 1, demand,
                                  [](double d, Level const& level) { return d < level.demand; });
    auto const &b = *above, &a = *(above - 1);
    double const share = (demand - a.demand) / (b.demand - a.demand);
    add_mixed(a.day, b.day, times * (1 - share), times * share, sums);
    sums.peak_replicas =
        std::max(sums.peak_replicas, a.day.peak_replicas + share * (b.day.peak_replicas - a.day.peak_replicas));
}

}  // namespace runrate
