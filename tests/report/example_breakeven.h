#pragma once

#include "report/example_result.h"

/// Own GPUs held against an API, as a run says it.
namespace runrate::example {

inline BreakevenRow breakeven(char const* quality) {
    BreakevenRow row;
    row.baseline = "api", row.challenger = "own", row.quality = quality, row.view = "accrual";
    row.gpu_price_basis = "as planned", row.mix = "reference", row.reference = "2026-12";
    row.range_from = 0.1, row.range_to = 300, row.status = "crosses";
    row.safe50_sessions = 147'900, row.safe50_tokens = 33e9, row.p_never = 0, row.p_always = 0;
    row.month_p50 = "2026-07", row.gpu_price = Amount{1'900'000};
    row.regret_challenger = Amount{1'000'000}, row.regret_baseline = Amount{2'500'000'000};
    return row;
}

inline BreakevenCurveRow curve_point(char const* quality, double multiplier, double p_cheaper) {
    return {.baseline = "api",
            .challenger = "own",
            .quality = quality,
            .mix = "reference",
            .multiplier = multiplier,
            .sessions = 95'600 * multiplier,
            .tokens = {},
            .cost_baseline = Amount{17'600'000'000},
            .cost_challenger = Amount{-23'700'000'000},
            .p_cheaper = p_cheaper,
            .p_cheaper_se = 0.017,
            .replicas = 2};
}

inline ServiceRow service(double scale) {
    ServiceRow row;
    row.option = "own", row.scale = scale, row.period = "2026-12", row.pool = "large";
    row.replicas_mean = 2.04, row.replicas_peak = 3.08, row.load = 0.12, row.idle_cost = Amount{6'620'000'000};
    row.ttft_p95 = 0.4271, row.tpot_p95 = 1.25, row.objective_met_p = 0.95;
    return row;
}

/// The example with an option on own GPUs, a plan and what is known of it.
inline Result own_result() {
    auto r = result();
    r.options.push_back({"own", 2, false, "cc", true});
    for (auto const* quality : {"as_bought", "adjusted"}) {
        r.breakeven.push_back(breakeven(quality));
        for (double scale : {0.1, 1.0, 10.0}) r.breakeven_curve.push_back(curve_point(quality, scale, 0.34));
    }
    r.breakeven[1].safe50_sessions = std::nullopt, r.breakeven[1].p_never = 0.9;
    r.service = {service(1), service(10)};
    r.plan = {{"own", "large at least", "2", "replicas", "2026-01", {}, "given"}};
    r.accuracy = {{"calibration", "pool large", "TPOT, 8 of 10 within", 0.156, {}, true}};
    return r;
}

}  // namespace runrate::example
