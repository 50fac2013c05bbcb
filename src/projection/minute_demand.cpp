#include "projection/minute_demand.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "projection/day_shape.h"
#include "stat/elementary.h"
#include "stat/fast_math.h"
#include "stat/special_functions.h"

namespace runrate {
namespace {

/// Days of a month that are alike: the same row of the week and the same sessions of every feature.
struct AlikeDays {
    std::size_t row = 0;
    double count = 0;
    std::vector<double> sessions;  ///< by feature
};

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
            day.sessions.push_back(volume.flat() ? flat_day(*feature.traffic, volume.sessions, d)
                                                 : volume.days[d].sessions);
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
double lost_share(double mean, double variance, double capacity) {
    double const drift = mean - capacity;
    double const exponent = -2 * drift * capacity / variance;
    if (exponent > 700) return 0;
    bool const balanced = std::abs(exponent) < 1e-6;
    double const lost = balanced ? variance / (2 * capacity) : drift / -real::expm1(exponent);
    return std::clamp(lost / mean, 0.0, 1.0);
}

/// Between two variances, where `share` of the way lies.
double between(double shorter, double longer, double share) {
    return shorter + (longer - shorter) * std::clamp(share, 0.0, 1.0);
}

/// What bursts add to the variance of so many starts, relative to one start's mean squared.
double burst(double cv, double starts) { return (cv * cv - 1) * starts / (starts + cv * cv); }

/// Equally probable points of the standard normal, for means over day factors: what exceeds a bound has a kink there,
/// which few points of a Gauss rule would step over.
std::array<double, 32> const& day_points() {
    static std::array<double, 32> const points = [] {
        std::array<double, 32> z;
        for (std::size_t i = 0; i < z.size(); ++i)
            z[i] = real::normal_quantile((static_cast<double>(i) + 0.5) / static_cast<double>(z.size()));
        return z;
    }();
    return points;
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
                           std::span<MinuteUse const> uses, double scale, Pooling pooling)
    : features_{features.size()} {
    double const alike = pooling == Pooling::pools ? 1 : scale;  // sessions that come together
    for (auto const& equal : hours) {
        Hour hour{.hours = equal.hours};
        double days = 0;
        for (std::size_t f = 0; f < features.size(); ++f) {
            double const rate = equal.sessions[f] * scale;
            double const mean = rate * uses[f].mean;
            double const cv = features[f].gaps_cv;
            auto const noise = [&](double squares, double profile, double minutes) {
                double const starts = equal.sessions[f] * (pooling == Pooling::pools ? scale : 1) * minutes;
                return rate * alike * std::max(0.0, squares + burst(cv, starts) * profile);
            };
            hour.mean += mean;
            hour.minute += noise(uses[f].squares, uses[f].profile, 1);
            hour.ten += noise(uses[f].tens, uses[f].ten_profile, 10);
            hour.whole += noise(uses[f].whole, uses[f].mean * uses[f].mean, 100);
            days += features[f].day_cv * mean * features[f].day_cv * mean;
            of_feature_.push_back(mean);
        }
        hour.variance = hour.minute + days;
        hour.day_cv = hour.mean > 0 ? std::sqrt(days) / hour.mean : 0;
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

double MinuteDemand::overflow(Hour const& hour, double day_factor, double capacity) {
    double const mean = hour.mean * day_factor;
    double const widest = std::max({hour.minute, hour.ten, hour.whole}) * day_factor;
    if (mean + far * std::sqrt(widest) < capacity) return 0;
    if (mean - far * std::sqrt(widest) > capacity) return 1 - capacity / mean;
    auto const& math = FastMath::tables();
    constexpr double ten = 2.302585092994046;  // ln 10: from a minute to ten, and from ten to a hundred
    double const least = mean * mean * 1e-12;
    auto const variance_over = [&](double log_minutes) {
        double const variance = log_minutes <= ten ? between(hour.minute, hour.ten, log_minutes / ten)
                                                   : between(hour.ten, hour.whole, log_minutes / ten - 1);
        return std::max(variance * day_factor, least);
    };
    double const square = math.log(capacity * capacity);
    double remembered = square - math.log(variance_over(0));  // by the bucket: ln of minutes
    for (int i = 0; i < 4; ++i) remembered = (remembered + square - math.log(variance_over(remembered))) / 2;
    return lost_share(mean, variance_over(remembered), capacity);
}

double MinuteDemand::refused_in(Hour const& hour, double capacity) {
    double const variance = hour.day_cv > 0 ? real::log1p(hour.day_cv * hour.day_cv) : 0;
    double const sigma = std::sqrt(variance);
    double const busiest = sigma > 0 ? real::exp(sigma * day_points().back()) : 1;
    double const spread = std::sqrt(std::max({hour.minute, hour.ten, hour.whole}) * busiest);
    if (hour.mean * busiest + far * spread < capacity) return 0;
    if (sigma == 0) return overflow(hour, 1, capacity);
    double refused = 0;
    double asked = 0;
    for (double const z : day_points()) {
        double const factor = real::exp(sigma * z - variance / 2);
        refused += factor * overflow(hour, factor, capacity);
        asked += factor;
    }
    return refused / asked;
}

std::vector<double> MinuteDemand::refused(double capacity) const {
    std::vector<double> refused(features_, 0);
    std::vector<double> asked(features_, 0);
    for (std::size_t h = 0; h < hours_.size(); ++h) {
        if (!(hours_[h].mean > 0)) continue;
        double const share = refused_in(hours_[h], capacity);
        for (std::size_t f = 0; f < features_; ++f) {
            double const demand = hours_[h].hours * of_feature_[h * features_ + f];
            refused[f] += demand * share;
            asked[f] += demand;
        }
    }
    for (std::size_t f = 0; f < features_; ++f) refused[f] = asked[f] > 0 ? refused[f] / asked[f] : 0;
    return refused;
}

}  // namespace runrate
