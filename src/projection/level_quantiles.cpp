#include "projection/level_quantiles.h"

#include <algorithm>

namespace runrate {
namespace {

constexpr int slices_of_level = 20;
constexpr double longest_wait_s = 86400;  ///< beyond a day a queue has no end, and its length says nothing

}  // namespace

LevelQuantiles::LevelQuantiles(LoadCurve const& curve, LogSketch LoadLevel::*figure, bool waits)
    : levels_{curve.levels.size()}, waits_{waits} {
    for (std::size_t l = 0; l < levels_; ++l) {
        auto const& sketch = curve.levels[l].*figure;
        for (int i = 0; i < slices_of_level && sketch.count() > 0; ++i)
            slices_.push_back({sketch.quantile((i + 0.5) / slices_of_level), l});
    }
    std::stable_sort(slices_.begin(), slices_.end(), [](Slice const& a, Slice const& b) { return a.value < b.value; });
}

/// Calls beyond the last level are served as there, after what they wait on average.
std::vector<LevelQuantiles::Slice> LevelQuantiles::with_waiting(FluidDay const& day) const {
    auto all = slices_;
    double const wait = waits_ ? std::min(day.waited_s / day.calls_by_level[levels_], longest_wait_s) : 0;
    for (auto const& s : slices_)
        if (s.level + 1 == levels_) all.push_back({s.value + wait, levels_});
    std::stable_sort(all.begin(), all.end(), [](Slice const& a, Slice const& b) { return a.value < b.value; });
    return all;
}

double LevelQuantiles::at(double share, FluidDay const& day) const {
    if (day.calls_by_level.size() <= levels_) return 0;
    auto const beyond = day.calls_by_level[levels_] > 0 ? with_waiting(day) : std::vector<Slice>{};
    auto const& slices = beyond.empty() ? slices_ : beyond;
    double all = 0;
    for (auto const& s : slices) all += day.calls_by_level[s.level];
    double below = 0;
    for (auto const& s : slices) {
        below += day.calls_by_level[s.level];
        if (below > 0 && below >= share * all) return s.value;
    }
    return 0;
}

}  // namespace runrate
