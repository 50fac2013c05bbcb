#include "report/breakeven_text.h"

#include <fmt/format.h>

#include "report/figures.h"

namespace runrate {
namespace {

std::string volume_text(Real const& sessions, Real const& tokens) {
    return fmt::format("{} sessions a month on ({} tokens)", figure(*sessions), figure(tokens.value_or(0)));
}

}  // namespace

std::string safe_text(BreakevenRow const& row) {
    auto const range =
        fmt::format("{} to {}", times_text(row.range_from.value_or(0)), times_text(row.range_to.value_or(0)));
    auto const half = row.safe50_sessions ? fmt::format("from {}", volume_text(row.safe50_sessions, row.safe50_tokens))
                      : row.status == "never" ? fmt::format("at no volume to the end of {}", range)
                                              : fmt::format("at every volume of {}", range);
    auto text = fmt::format("cheaper in half of the worlds {}", half);
    if (row.status == "never") return text;
    if (row.safe80_sessions)
        return text + fmt::format(", in 80% from {}", volume_text(row.safe80_sessions, row.safe80_tokens));
    bool const always = row.status == "always" && row.p_never.value_or(0) <= 0.2 && row.p_always.value_or(0) >= 0.8;
    return text + (always ? ", and in 80%" : ", in 80% at none to its end");
}

std::string regret_text(BreakevenRow const& row, std::string_view currency) {
    return fmt::format("a wrong choice costs, per year at 1x: {} {} on average, {} {}", row.challenger,
                       money(row.regret_challenger.value_or(Amount{}), currency), row.baseline,
                       money(row.regret_baseline.value_or(Amount{}), currency));
}

std::string dates_text(BreakevenRow const& row) {
    std::string text;
    if (row.month_p50) text = fmt::format("cheaper for good from {} on", *row.month_p50);
    if (row.payback_p50) text += fmt::format("{}paid back in {}", text.empty() ? "" : ", ", *row.payback_p50);
    return text.empty() ? "" : "at 1x " + text;
}

std::string turning_text(BreakevenRow const& row, std::string_view currency) {
    std::string text;
    auto const add = [&](std::string const& part) { text += (text.empty() ? "" : ", or ") + part; };
    if (row.api_price) add(fmt::format("with API tokens at {}/M", money(*row.api_price, currency)));
    if (row.gpu_price) add(fmt::format("with GPUs at {}/h", money(*row.gpu_price, currency)));
    if (row.fte) add(fmt::format("with {} FTE", figure(*row.fte)));
    if (row.success) add(fmt::format("with {} of its sessions successful", percent(*row.success)));
    return text.empty() ? "" : fmt::format("as dear as {} at 1x {}", row.baseline, text);
}

bool as_planned(BreakevenRow const& row) { return row.gpu_price_basis.value_or("as planned") == "as planned"; }

std::string basis_text(BreakevenRow const& row) {
    return fmt::format("with all GPU-hours {}", row.gpu_price_basis.value_or("as planned"));
}

std::string_view quality_text(BreakevenRow const& row) {
    return row.quality == "as_bought" ? "as bought" : "with what failed sessions cost";
}

}  // namespace runrate
