#include "experiment/overload.h"

#include <algorithm>

namespace runrate {

double worlds_beyond(Findings const& f, std::size_t option, std::size_t pool, std::size_t first_cell, std::size_t cells,
                     std::vector<double> PoolUse::*figure, double bound) {
    double beyond = 0;
    for (auto const& world : f.totals.worlds) {
        auto const& all = world.options[option].pools[pool].*figure;
        auto const first = all.begin() + static_cast<std::ptrdiff_t>(first_cell);
        auto const last = first + static_cast<std::ptrdiff_t>(cells);
        beyond += std::any_of(first, last, [&](double x) { return x >= bound; }) ? 1 : 0;
    }
    return beyond / static_cast<double>(f.totals.worlds.size());
}

double worlds_at_most(Findings const& f, std::size_t option, std::size_t p, std::size_t first_cell, std::size_t cells) {
    auto const pool = f.experiment().plans[option].pools[p].pool;
    auto const& autoscale = f.scenario().pools[pool].fleet.autoscale;
    if (!autoscale) return 0;
    bool const grows = autoscale->most > f.scenario().pool_plans[pool].at_least;
    double beyond = 0;
    for (auto const& world : f.totals.worlds) {
        auto const& use = world.options[option].pools[p];
        bool any = false;
        for (auto cell = first_cell; cell < first_cell + cells; ++cell)
            any |= use.peak[cell] >= autoscale->most &&
                   (grows || use.in_flight_hours[cell] > autoscale->aim() * use.paid_hours[cell]);
        beyond += any ? 1 : 0;
    }
    return beyond / static_cast<double>(f.totals.worlds.size());
}

double worlds_too_small(Findings const& f, std::size_t option, std::size_t pool, std::size_t cell) {
    if (f.option(option).behaviour.overflow) return 0;  // what it does not take is answered elsewhere
    auto const& terms = f.scenario().pools[f.experiment().plans[option].pools[pool].pool];
    double const full = terms.fleet.autoscale ? worlds_at_most(f, option, pool, cell, 1)
                                              : worlds_beyond(f, option, pool, cell, 1, &PoolUse::ttft_p95, endless_s);
    return std::max(full, worlds_beyond(f, option, pool, cell, 1, &PoolUse::shed, much_shed));
}

bool keeps_up(Findings const& f, std::size_t option, std::size_t cell) {
    for (std::size_t p = 0; p < f.experiment().plans[option].pools.size(); ++p)
        if (worlds_too_small(f, option, p, cell) > notable) return false;
    return true;
}

}  // namespace runrate
