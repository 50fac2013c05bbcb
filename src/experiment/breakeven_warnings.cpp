#include <fmt/format.h>

#include "experiment/tables.h"

namespace runrate {

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
