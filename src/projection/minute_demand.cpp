#include "projection/minute_demand.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "projection/day_shape.h"
#include "stat/elementary.h"
#include "stat/special_functions.h"

namespace runrate {
namespace {

/// Days of a month that are alike: the same row of the week and the same sessions of every feature.
struct AlikeDays {
    std::size_t row = 0;
    double count = 0;
    std::vector<double> sessions;  ///< by feature
};

/// Sessions of the day that one row of a flat month's week is.
double flat_day(Traffic const& traffic, MonthVolume const& volume, std::size_t row) {
    auto weights = row_weights(traffic.week);
    if (only_workdays(traffic)) weights[5] = weights[6] = 0;
    if (std::holds_alternative<Schedule>(traffic.volume)) weights.fill(1);
    double const weight = std::accumulate(weights.begin(), weights.end(), 0.0);
    return volume.sessions / FlatMonth::weeks * (weight > 0 ? weights[row] / weight : 1.0 / 7);
}

std::vector<AlikeDays> days_of(std::span<FeatureTraffic const> features, std::size_t month) {
    std::vector<AlikeDays> all;
    auto const add = [&](AlikeDays const& day) {
        auto const same = std::find_if(
            all.begin(), all.end(), [&](AlikeDays const& d) { return d.row == day.row && d.sessions == day.sessions; });
        if (same == all.end())
            all.push_back(day);
        else
            same->count += day.count;
    };
    auto const& first = (*features.front().volumes)[month];
    std::size_t const days = first.flat() ? 7 : first.days.size();
    for (std::size_t d = 0; d < days; ++d) {
        AlikeDays day{first.flat() ? d : static_cast<std::size_t>(first.days[d].weekday),
                      first.flat() ? FlatMonth::weeks : 1,
                      {}};
        for (auto const& feature : features) {
            auto const& volume = (*feature.volumes)[month];
            day.sessions.push_back(volume.flat() ? flat_day(*feature.traffic, volume, d) : volume.days[d].sessions);
        }
        add(day);
    }
    return all;
}

/// Sessions per minute of one hour of a day.
double rate_in(Traffic const& traffic, std::array<double, 7> const& weights, std::size_t row, std::size_t hour,
               double sessions) {
    if (auto const* schedule = std::get_if<Schedule>(&traffic.volume))
        return static_cast<std::size_t>(schedule->minute_of_day / 60) == hour ? sessions / 60 : 0;
    return sessions * hour_share(traffic.week, weights, 24 * row + hour) / 60;
}

/// The share of a flow that a bucket of one minute's worth refuses: the level between empty and full is a reflected
/// Brownian motion, whose loss is d / (1 - exp(-2 d B / v)) for drift d, variance v and size B (Harrison, Brownian
/// Motion and Stochastic Flow Systems, 1985). \pre mean, variance > 0
double overflow(double mean, double variance, double capacity) {
    double const drift = mean - capacity;
    double const exponent = -2 * drift * capacity / variance;
    if (exponent > 700) return 0;
    bool const balanced = std::abs(exponent) < 1e-6;
    double const lost = balanced ? variance / (2 * capacity) : drift / -real::expm1(exponent);
    return std::clamp(lost / mean, 0.0, 1.0);
}

constexpr double far = 12;  // standard deviations beyond which nothing is left

/// P(X <= x) of a gamma law: Wilson and Hilferty's cube root where the shape is large, else exact.
double gamma_below(double mean, double variance, double x) {
    double const shape = mean * mean / variance;
    if (shape < 4) return real::gamma_tails(shape, x * mean / variance).lower;
    double const ninth = 1 / (9 * shape);
    double const root = real::exp(real::log(x / mean) / 3);
    return real::normal_cdf((root - (1 - ninth)) / std::sqrt(ninth));
}

}  // namespace

std::vector<EqualHours> equal_hours(std::span<FeatureTraffic const> features, std::size_t month) {
    std::vector<std::array<double, 7>> weights;
    for (auto const& feature : features) weights.push_back(row_weights(feature.traffic->week));
    std::vector<EqualHours> all;
    for (auto const& day : days_of(features, month)) {
        for (std::size_t hour = 0; hour < 24; ++hour) {
            EqualHours here{day.count, {}};
            for (std::size_t f = 0; f < features.size(); ++f)
                here.sessions.push_back(rate_in(*features[f].traffic, weights[f], day.row, hour, day.sessions[f]));
            auto const same =
                std::find_if(all.begin(), all.end(), [&](EqualHours const& h) { return h.sessions == here.sessions; });
            if (same == all.end())
                all.push_back(std::move(here));
            else
                same->hours += day.count;
        }
    }
    return all;
}

MinuteDemand::MinuteDemand(std::vector<EqualHours> const& hours, std::span<FeatureTraffic const> features,
                           std::span<MinuteUse const> uses, double scale, Pooling pooling) {
    double const alike = pooling == Pooling::pools ? 1 : scale;  // sessions that come together
    for (auto const& equal : hours) {
        Hour hour{.hours = equal.hours};
        for (std::size_t f = 0; f < features.size(); ++f) {
            double const rate = equal.sessions[f] * scale;
            double const mean = rate * uses[f].mean;
            double const cv2 = features[f].gaps_cv * features[f].gaps_cv;
            double const noise = rate * alike * std::max(0.0, uses[f].squares + (cv2 - 1) * uses[f].profile);
            double const days = features[f].day_cv * mean;
            hour.mean += mean;
            hour.variance += noise + days * days;
            hour.flow += rate * alike * std::max(0.0, uses[f].whole + (cv2 - 1) * uses[f].mean * uses[f].mean);
        }
        mean_ += hour.hours * hour.mean;
        all_hours_ += hour.hours;
        hours_.push_back(hour);
    }
    if (all_hours_ > 0) mean_ /= all_hours_;
}

double MinuteDemand::share_below(double demand) const {
    double below = 0;
    for (auto const& hour : hours_) {
        bool const all = !(hour.mean > 0) || demand > hour.mean + far * std::sqrt(hour.variance);
        below += hour.hours * (all ? 1 : gamma_below(hour.mean, hour.variance, demand));
    }
    return below / all_hours_;
}

double MinuteDemand::quantile(double p) const {
    double high = 0;
    for (auto const& hour : hours_) high = std::max(high, hour.mean + far * std::sqrt(hour.variance));
    if (!(high > 0)) return 0;
    double low = 0;
    for (int i = 0; i < 100 && high - low > 1e-4 * high; ++i) {
        double const middle = (low + high) / 2;
        (share_below(middle) < p ? low : high) = middle;
    }
    return high;
}

double MinuteDemand::refused(double capacity) const {
    double refused = 0;
    double asked = 0;
    for (auto const& hour : hours_) {
        if (!(hour.mean > 0)) continue;
        double const variance = std::max(hour.flow, hour.mean * hour.mean * 1e-12);
        refused += hour.hours * hour.mean * overflow(hour.mean, variance, capacity);
        asked += hour.hours * hour.mean;
    }
    return asked > 0 ? refused / asked : 0;
}

}  // namespace runrate
