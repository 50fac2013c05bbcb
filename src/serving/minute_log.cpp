#include "serving/minute_log.h"

#include <algorithm>
#include <cmath>

namespace runrate {
namespace {

/// Where in a stretch of time a session begins: multiples of the golden ratio spread evenly.
double phase(std::uint64_t number, double stretch_s) {
    double const turns = static_cast<double>(number) * 0.61803398874989485;
    return stretch_s * (turns - std::floor(turns));
}

}  // namespace

MinuteLog::MinuteLog(std::vector<Gauge> const& gauges, std::vector<UsageKey> const& keys)
    : gauges_{gauges},
      gauges_of_key_(keys.size()),
      sums_(gauges.size()),
      totals_(gauges.size()),
      profiles_(gauges.size()) {
    for (std::size_t k = 0; k < keys.size(); ++k) {
        for (std::uint32_t g = 0; g < gauges_.size(); ++g) {
            auto const& targets = gauges_[g].targets;
            if (std::find(targets.begin(), targets.end(), keys[k].target) != targets.end())
                gauges_of_key_[k].push_back(g);
        }
    }
}

void MinuteLog::add(std::size_t key, Instant at, Meters const& used) {
    for (auto const g : gauges_of_key_[key]) {
        double sum = 0;
        for (std::size_t m = 0; m < meter_count; ++m) sum += gauges_[g].weights[m] * used[m];
        if (sum > 0) marks_.push_back({g, to_seconds(at.time_since_epoch()), sum});
    }
}

void MinuteLog::end_session(std::uint64_t number) {
    sessions_ += 1;
    for (auto& mark : marks_) {
        mark.minute = static_cast<std::uint32_t>((mark.second + phase(number, 60)) / 60);
        mark.ten = static_cast<std::uint32_t>((mark.second + phase(number, 600)) / 600);
    }
    std::sort(marks_.begin(), marks_.end(), [](Mark const& a, Mark const& b) {
        if (a.gauge != b.gauge) return a.gauge < b.gauge;
        return a.second != b.second ? a.second < b.second : a.used < b.used;
    });
    std::fill(totals_.begin(), totals_.end(), 0.0);
    add_squares([](Mark const& m) { return m.minute; }, &MinuteUse::squares, true);
    add_squares([](Mark const& m) { return m.ten; }, &MinuteUse::tens, false);
    for (std::size_t g = 0; g < totals_.size(); ++g) {
        sums_[g].mean += totals_[g];
        sums_[g].whole += totals_[g] * totals_[g];
    }
    marks_.clear();
}

/// Adds the squares of what each stretch of time uses.
template <class Stretch>
void MinuteLog::add_squares(Stretch const& stretch, double MinuteUse::*squares, bool by_minute) {
    for (std::size_t i = 0, end = 0; i < marks_.size(); i = end) {
        auto const& first = marks_[i];
        double used = 0;
        for (end = i; end < marks_.size() && marks_[end].gauge == first.gauge && stretch(marks_[end]) == stretch(first);
             ++end)
            used += marks_[end].used;
        sums_[first.gauge].*squares += used * used;
        if (!by_minute) continue;
        totals_[first.gauge] += used;
        auto& profile = profiles_[first.gauge];
        auto const minute = std::min(first.minute, longest_profile);
        if (profile.size() <= minute) profile.resize(minute + 1, 0);
        profile[minute] += used;
    }
}

std::vector<MinuteUse> MinuteLog::means() const {
    std::vector<MinuteUse> means;
    for (std::size_t g = 0; g < gauges_.size(); ++g) {
        auto const& sums = sums_[g];
        MinuteUse use{
            sums.mean / sessions_, sums.squares / sessions_, sums.tens / sessions_, sums.whole / sessions_, 0, 0};
        double ten = 0;
        for (std::size_t minute = 0; minute < profiles_[g].size(); ++minute) {
            double const mean = profiles_[g][minute] / sessions_;
            use.profile += mean * mean;
            if (minute % 10 == 0) {
                use.ten_profile += ten * ten;
                ten = 0;
            }
            ten += mean;
        }
        use.ten_profile += ten * ten;
        means.push_back(use);
    }
    return means;
}

}  // namespace runrate
