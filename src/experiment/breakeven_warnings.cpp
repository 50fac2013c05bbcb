#include <fmt/format.h>

#include "experiment/compared_costs.h"
#include "experiment/overload.h"

namespace runrate {

void warn_of_volumes(Findings const& f, std::size_t option, std::size_t p, std::vector<WarningRow>& rows) {
    if (!f.experiment().comparison) return;
    auto const& pool = f.scenario().pools[f.experiment().plans[option].pools[p].pool];
    for (auto const& at : volume_cells(f)) {
        double const small = worlds_too_small(f, option, p, at.cell);
        if (small <= notable) continue;
        rows.push_back(
            {"breakeven.pool", "warning",
             fmt::format("pool '{}' under '{}' is too small at {:g}x in {:.0f} % of worlds: its breakeven "
                         "ends below that volume (raise {})",
                         pool.name, f.option(option).name, at.multiple, 100 * small,
                         pool.fleet.autoscale ? fmt::format("pools.{}.autoscale.most", pool.name)
                                              : fmt::format("plan.{}.at_least, or state autoscale", pool.name)),
             pool.name});
        return;
    }
}

void warn_of_comparison(Findings const& f, std::vector<WarningRow>& rows) {
    auto const& e = f.experiment();
    if (!f.scenario().compare || (e.comparison && e.left_out.empty())) return;
    auto const without = e.left_out.empty() ? std::string{"one option is run alone"}
                                            : fmt::format("not run: {}", fmt::join(e.left_out, ", "));
    rows.push_back({"compare.left_out",
                    "warning",
                    fmt::format("{} of `compare` ({}; name all of them by --option, or none)",
                                e.comparison ? "the breakeven is without options" : "there is no breakeven", without),
                    {}});
}

}  // namespace runrate
