#include "experiment/samples.h"

#include <fmt/format.h>

namespace runrate {

Samples samples_of(Findings const& f) {
    Samples samples;
    samples.columns = {"group", "world", "price_draw"};
    for (auto const& belief : f.scenario().beliefs) samples.columns.push_back(belief.name);
    for (auto const& world : f.totals.worlds) {
        for (std::size_t d = 0; d < f.layout().draws; ++d) {
            std::vector<double> row{static_cast<double>(world.id.group), static_cast<double>(world.id.index),
                                    static_cast<double>(d)};
            row.insert(row.end(), world.beliefs[d].begin(), world.beliefs[d].end());
            samples.rows.push_back(std::move(row));
        }
    }
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        for (std::size_t s = 0; s < f.layout().scales; ++s) {
            auto const months = month_series(f.totals, o, s, false);
            for (auto const& period : f.periods) {
                samples.columns.push_back(
                    fmt::format("cost {} {:g}x {}", f.option(o).name, f.experiment().scales[s], period.name));
                auto const sum = sum_of(std::span{months}.subspan(static_cast<std::size_t>(period.first),
                                                                  static_cast<std::size_t>(period.months)));
                for (std::size_t i = 0; i < samples.rows.size(); ++i) samples.rows[i].push_back(sum.drawn[i]);
            }
        }
    }
    return samples;
}

}  // namespace runrate
