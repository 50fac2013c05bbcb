#include "projection/level_quantiles.h"

#include <algorithm>

namespace runrate {
namespace {

constexpr int slices_of_level = 20;
constexpr double longest_wait_s = 86400;  ///< beyond a day a queue has no end, and its length says nothing

std::vector<double> const& calls_of(FluidDay const& day, std::size_t curve) {
    return curve == 0 ? day.calls_by_level : day.crowded_by_level;
}

/// Calls beyond the last level of a curve.
double waiting_of(FluidDay const& day, std::size_t curve, std::size_t levels) {
    auto const& calls = calls_of(day, curve);
    return calls.size() > levels ? calls[levels] : 0;
}

}  // namespace

LevelQuantiles::LevelQuantiles(FluidPool const& pool, LogSketch LoadLevel::*figure, bool waits) : waits_{waits} {
    add(*pool.curve, 0, figure);
    if (pool.crowded) add(*pool.crowded, 1, figure);
    std::stable_sort(slices_.begin(), slices_.end(), [](Slice const& a, Slice const& b) { return a.value < b.value; });
}

void LevelQuantiles::add(LoadCurve const& curve, std::size_t which, LogSketch LoadLevel::*figure) {
    levels_[which] = curve.levels.size();
    for (std::size_t l = 0; l < curve.levels.size(); ++l) {
        auto const& sketch = curve.levels[l].*figure;
        for (int i = 0; i < slices_of_level && sketch.count() > 0; ++i)
            slices_.push_back({sketch.quantile((i + 0.5) / slices_of_level), which, l});
    }
}

/// Calls beyond the last level are served as there, after what they wait on average.
std::vector<LevelQuantiles::Slice> LevelQuantiles::with_waiting(FluidDay const& day, double waiting) const {
    auto all = slices_;
    double const wait = waits_ ? std::min(day.waited_s / waiting, longest_wait_s) : 0;
    for (auto const& s : slices_)
        if (s.level + 1 == levels_[s.curve]) all.push_back({s.value + wait, s.curve, s.level + 1});
    std::stable_sort(all.begin(), all.end(), [](Slice const& a, Slice const& b) { return a.value < b.value; });
    return all;
}

double LevelQuantiles::at(double share, FluidDay const& day) const {
    if (day.calls_by_level.size() <= levels_[0]) return 0;
    double const waiting = waiting_of(day, 0, levels_[0]) + waiting_of(day, 1, levels_[1]);
    auto const longer = waiting > 0 ? with_waiting(day, waiting) : std::vector<Slice>{};
    auto const& slices = longer.empty() ? slices_ : longer;
    auto const calls = [&](Slice const& s) {
        auto const& of_curve = calls_of(day, s.curve);
        return s.level < of_curve.size() ? of_curve[s.level] : 0;
    };
    double all = 0;
    for (auto const& s : slices) all += calls(s);
    double below = 0;
    for (auto const& s : slices) {
        below += calls(s);
        if (below > 0 && below >= share * all) return s.value;
    }
    return 0;
}

}  // namespace runrate
