#include "report/breakeven_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/figures.h"

namespace runrate {
namespace {

bool is_never(BreakevenRow const& row) { return !row.safe50_sessions; }

bool is_always(BreakevenRow const& row) { return row.status == "always"; }

/// In 80 % of the worlds too.
bool is_always_80(BreakevenRow const& row) { return is_always(row) && row.safe80_sessions == row.safe50_sessions; }

std::string volume_text(Real const& sessions, Real const& tokens) {
    return fmt::format("{} sessions a month on ({} tokens)", figure(*sessions), figure(tokens.value_or(0)));
}

}  // namespace

std::string safe50_text(BreakevenRow const& row) {
    if (is_never(row)) return "at no volume";
    return is_always(row) ? "at every volume" : "from " + volume_text(row.safe50_sessions, row.safe50_tokens);
}

std::string safe80_text(BreakevenRow const& row) {
    if (!row.safe80_sessions) return "at no volume";
    return is_always_80(row) ? "at every volume" : "from " + volume_text(row.safe80_sessions, row.safe80_tokens);
}

std::string safe_text(BreakevenRow const& row) {
    auto text = "cheaper in half of the worlds " + safe50_text(row);
    if (is_never(row) || is_always(row))
        text += fmt::format(" {} {}", is_never(row) ? "to the end of" : "of", range_text(row));
    if (is_never(row)) return text;
    return text + (is_always_80(row) ? ", and in 80%" : ", in 80% " + safe80_text(row));
}

std::string range_text(BreakevenRow const& row) {
    return fmt::format("{}x to {}x", figure(row.range_from.value_or(0)), figure(row.range_to.value_or(0)));
}

std::string widest_range_text(Result const& result) {
    return range_text(*std::max_element(result.breakeven.begin(), result.breakeven.end(),
                                        [](auto const& a, auto const& b) { return a.range_to < b.range_to; }));
}

std::string regret_text(BreakevenRow const& row, std::string_view currency) {
    if (!row.regret_challenger) return "";
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

bool is_headline(BreakevenRow const& row) {
    return row.gpu_price_basis.value_or("as planned") == "as planned" && row.mix.value_or("reference") == "reference";
}

bool is_news(Result const& result, BreakevenRow const& row) {
    if (row.quality == "as_bought") return true;
    if (!is_headline(row)) return false;
    return std::none_of(result.breakeven.begin(), result.breakeven.end(), [&](BreakevenRow const& other) {
        return other.quality == "as_bought" && is_headline(other) && other.challenger == row.challenger &&
               other.safe50_sessions == row.safe50_sessions && other.safe80_sessions == row.safe80_sessions &&
               other.regret_challenger == row.regret_challenger && other.regret_baseline == row.regret_baseline;
    });
}

bool concerns_volumes(WarningRow const& row) {
    return row.code.starts_with("pool.") || row.code.starts_with("breakeven.") || row.code.starts_with("projection.");
}

std::string variation_text(BreakevenRow const& row) {
    auto const mix = row.mix.value_or("reference");
    if (mix != "reference") return (mix.starts_with("mix of") ? "with the " : "with ") + mix;
    return fmt::format("with all GPU-hours {}", row.gpu_price_basis.value_or("as planned"));
}

std::string mix_text(Result const& result, BreakevenRow const& of) {
    double least = 0, most = 0;
    bool open = false;
    for (auto const& row : result.breakeven) {
        bool const same =
            row.challenger == of.challenger && row.quality == of.quality && row.gpu_price_basis == of.gpu_price_basis;
        if (!same) continue;
        open |= is_never(row);
        if (!row.safe50_sessions) continue;
        least = least == 0 ? *row.safe50_sessions : std::min(least, *row.safe50_sessions);
        most = std::max(most, *row.safe50_sessions);
    }
    return fmt::format("depends on mix: from {} to {} sessions a month", figure(least),
                       open ? "no number of" : figure(most));
}

std::string_view quality_text(BreakevenRow const& row) {
    return row.quality == "as_bought" ? "as bought" : "with what failed sessions cost";
}

}  // namespace runrate
