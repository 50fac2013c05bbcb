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

/// Adds the squares of what each stretch of time uses; `each` is told that, with the first mark of the stretch.
template <class Mark, class Each>
void add_squares(std::vector<Mark> const& marks, std::uint32_t Mark::*stretch, double& squares, Each const& each) {
    for (std::size_t i = 0, end = 0; i < marks.size(); i = end) {
        double used = 0;
        for (end = i; end < marks.size() && marks[end].*stretch == marks[i].*stretch; ++end) used += marks[end].used;
        squares += used * used;
        each(marks[i], used);
    }
}

}  // namespace

MinuteLog::MinuteLog(std::vector<Gauge> const& gauges, std::vector<UsageKey> const& keys)
    : gauges_{gauges},
      gauges_of_key_(keys.size()),
      marks_(gauges.size()),
      sums_(gauges.size()),
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
        if (sum > 0) marks_[g].push_back({to_seconds(at.time_since_epoch()), sum});
    }
}

void MinuteLog::end_session(std::uint64_t number) {
    sessions_ += 1;
    for (std::size_t g = 0; g < gauges_.size(); ++g) end_session(g, number);
}

void MinuteLog::end_session(std::size_t gauge, std::uint64_t number) {
    auto& marks = marks_[gauge];
    auto const by_time = [](Mark const& a, Mark const& b) {
        return a.second != b.second ? a.second < b.second : a.used < b.used;
    };
    if (!std::is_sorted(marks.begin(), marks.end(), by_time)) std::sort(marks.begin(), marks.end(), by_time);
    double const minute_phase = phase(number, 60), ten_phase = phase(number, 600);
    for (auto& mark : marks) {
        mark.minute = static_cast<std::uint32_t>((mark.second + minute_phase) / 60);
        mark.ten = static_cast<std::uint32_t>((mark.second + ten_phase) / 600);
    }
    auto& sums = sums_[gauge];
    auto& profile = profiles_[gauge];
    double total = 0;
    add_squares(marks, &Mark::minute, sums.squares, [&](Mark const& first, double used) {
        total += used;
        auto const minute = std::min(first.minute, longest_profile);
        if (profile.size() <= minute) profile.resize(minute + 1, 0);
        profile[minute] += used;
    });
    add_squares(marks, &Mark::ten, sums.tens, [](Mark const&, double) {});
    sums.mean += total;
    sums.whole += total * total;
    marks.clear();
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
