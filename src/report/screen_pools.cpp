#include <algorithm>

#include <fmt/format.h>

#include "report/figures.h"
#include "report/screen.h"

namespace runrate {
namespace {

/// `10x: 9.2 replicas on average, 28 at the peak; ...`.
std::string service_text(ServiceRow const& row, std::string const& currency) {
    auto text =
        fmt::format("{}: {} {}: {} replicas on average, {} at the peak", row.option, row.pool, times_text(row.scale),
                    figure(row.replicas_mean.value_or(0)), figure(row.replicas_peak.value_or(0)));
    if (row.load) text += fmt::format("; {} as full as they shall be", percent(*row.load));
    if (row.yield) text += fmt::format("; yields {} of saturation", percent(*row.yield));
    if (row.idle_cost) text += fmt::format("; {} idle", money(*row.idle_cost, currency));
    if (row.ttft_p95 && row.tpot_p95)
        text += fmt::format("; TTFT p95 {}, TPOT p95 {}", seconds_text(*row.ttft_p95), seconds_text(*row.tpot_p95));
    if (row.cache_hit) text += fmt::format("; {} of prompt tokens cached", percent(*row.cache_hit));
    if (row.shed.value_or(0) > 0) text += fmt::format("; {} of calls turned away", percent(*row.shed));
    if (row.overflow) text += fmt::format("; {} of calls answered elsewhere", percent(*row.overflow));
    if (row.objective_met_p)
        text += fmt::format("; the objective is met in {} of worlds", percent(*row.objective_met_p));
    return text;
}

}  // namespace

void add_pools(Screen& screen) {
    auto const& rows = screen.result.service;
    auto const shown = [&](ServiceRow const& row) {
        auto const in = [](auto const& all, auto const& one) {
            return std::find(all.begin(), all.end(), one) != all.end();
        };
        return row.period == screen.shown.period && in(screen.shown.scales, row.scale) &&
               in(screen.shown.options, row.option);
    };
    if (std::none_of(rows.begin(), rows.end(), shown)) return;
    add_title(screen, fmt::format("Own GPUs: {}, replicas in the mean of all worlds, latencies in the median",
                                  screen.shown.period));
    for (auto const& row : rows)
        if (shown(row)) add_paragraph(screen, service_text(row, screen.result.currency));
    add_paragraph(
        screen,
        "Idle: what machines cost x (1 - hours that calls take where replicas are as full as they shall be / hours "
        "paid).");
}

}  // namespace runrate
