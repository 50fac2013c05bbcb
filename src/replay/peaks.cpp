#include "replay/peaks.h"

#include <algorithm>

namespace runrate {

void Peaks::add(TraceTime time, std::int64_t input, std::int64_t output) {
    auto const minute = std::chrono::floor<std::chrono::minutes>(time.time_since_epoch()).count();
    auto const hour = minute >= 0 ? minute / 60 : (minute - 59) / 60;
    if (hour != last_hour_ || !last_) {
        auto at = hours_.find(hour);
        if (at == hours_.end()) {
            too_long_ |= hours_.size() == most_hours;
            if (too_long_) return;
            at = hours_.emplace(hour, Hour{}).first;
        }
        last_hour_ = hour;
        last_ = &at->second;
    }
    auto& counts = (*last_)[static_cast<std::size_t>(minute - 60 * hour)];
    counts[0] += 1;
    counts[1] += input;
    counts[2] += output;
}

Peak Peaks::peak(std::size_t which, std::int64_t first, std::int64_t last) const {
    Peak peak{.meter = peak_names[which], .minutes = last - first + 1};
    std::vector<std::int64_t> busy;
    double sum = 0;
    for (auto const& [hour, minutes] : hours_) {
        for (std::size_t m = 0; m < minutes.size(); ++m) {
            auto const n = minutes[m][which];
            if (n == 0) continue;
            busy.push_back(n);
            sum += static_cast<double>(n);
            if (n <= peak.most) continue;
            peak.most = n;
            peak.at = TraceTime{std::chrono::minutes{60 * hour + static_cast<std::int64_t>(m)}};
        }
    }
    peak.mean = sum / static_cast<double>(peak.minutes);
    auto const rank = (99 * peak.minutes + 99) / 100;  // from 1, the empty minutes first
    auto const among_busy = rank - (peak.minutes - static_cast<std::int64_t>(busy.size()));
    if (among_busy > 0) {
        auto const at = busy.begin() + (among_busy - 1);
        std::nth_element(busy.begin(), at, busy.end());
        peak.p99 = *at;
    }
    return peak;
}

std::vector<Peak> Peaks::result() const {
    std::vector<Peak> result;
    if (hours_.empty() || too_long_) return result;
    auto const used = [](Minute const& m) { return m[0] > 0; };
    auto const& [first_hour, head] = *hours_.begin();
    auto const& [last_hour, tail] = *hours_.rbegin();
    auto const first = 60 * first_hour + (std::find_if(head.begin(), head.end(), used) - head.begin());
    auto const last = 60 * last_hour + 59 - (std::find_if(tail.rbegin(), tail.rend(), used) - tail.rbegin());
    for (std::size_t i = 0; i < peak_names.size(); ++i) result.push_back(peak(i, first, last));
    return result;
}

}  // namespace runrate
