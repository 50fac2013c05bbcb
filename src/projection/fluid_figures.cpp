#include <algorithm>

#include "projection/fluid.h"
#include "stat/elementary.h"

namespace runrate {

double asked_calls(FluidDay const& day) {
    if (day.overflow.empty()) return day.calls;
    double asked = 0;
    for (auto const& feature : day.overflow) asked += feature.asked;
    return asked;
}

std::optional<double> cached_share(FluidPool const& pool, FluidDay const& day) {
    double cached = 0, calls = 0;
    auto const add = [&](LoadCurve const& curve, std::vector<double> const& by_level) {
        for (std::size_t l = 0; l < by_level.size(); ++l) {
            cached += by_level[l] * curve.levels[std::min(l, curve.levels.size() - 1)].cached;
            calls += by_level[l];
        }
    };
    add(*pool.curve, day.calls_by_level);
    if (pool.crowded) add(*pool.crowded, day.crowded_by_level);
    return calls > 0 ? std::optional{cached / calls} : std::nullopt;
}

NormalTable::NormalTable(Address const& address) {
    Stream stream{address};
    values_.reserve(size);
    for (std::size_t i = 0; i < size; ++i) values_.push_back(real::normal_quantile(stream.uniform()));
}

}  // namespace runrate
