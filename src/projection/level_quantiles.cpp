#include "projection/level_quantiles.h"

#include <algorithm>

namespace runrate {
namespace {

constexpr int slices_of_level = 20;

}  // namespace

LevelQuantiles::LevelQuantiles(LoadCurve const& curve, LogSketch LoadLevel::*figure) {
    for (std::size_t l = 0; l < curve.levels.size(); ++l) {
        auto const& sketch = curve.levels[l].*figure;
        for (int i = 0; i < slices_of_level && sketch.count() > 0; ++i)
            slices_.push_back({sketch.quantile((i + 0.5) / slices_of_level), l});
    }
    std::stable_sort(slices_.begin(), slices_.end(), [](Slice const& a, Slice const& b) { return a.value < b.value; });
}

double LevelQuantiles::at(double share, std::span<double const> calls_by_level) const {
    double all = 0;
    for (auto const& s : slices_) all += calls_by_level[s.level];
    double below = 0;
    for (auto const& s : slices_) {
        below += calls_by_level[s.level];
        if (below > 0 && below >= share * all) return s.value;
    }
    return 0;
}

}  // namespace runrate
