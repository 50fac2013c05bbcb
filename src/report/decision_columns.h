#pragma once

#include "report/columns.h"

/// The columns of the tables that answer questions asked of a run: breakeven, drivers, levers.
namespace runrate {

template <>
inline constexpr auto columns<BreakevenRow> =
    std::tuple{Column{"baseline", &BreakevenRow::baseline},
               Column{"challenger", &BreakevenRow::challenger},
               Column{"view", &BreakevenRow::view},
               Column{"quality", &BreakevenRow::quality},
               Column{"gpu_price_basis", &BreakevenRow::gpu_price_basis},
               Column{"mix", &BreakevenRow::mix},
               Column{"reference", &BreakevenRow::reference},
               Column{"tokens_per_session", &BreakevenRow::tokens_per_session},
               Column{"range_from", &BreakevenRow::range_from},
               Column{"range_to", &BreakevenRow::range_to},
               Column{"status", &BreakevenRow::status},
               Column{"safe50_sessions", &BreakevenRow::safe50_sessions},
               Column{"safe80_sessions", &BreakevenRow::safe80_sessions},
               Column{"safe50_tokens", &BreakevenRow::safe50_tokens},
               Column{"safe80_tokens", &BreakevenRow::safe80_tokens},
               Column{"world_p5", &BreakevenRow::world_p5},
               Column{"world_p50", &BreakevenRow::world_p50},
               Column{"world_p95", &BreakevenRow::world_p95},
               Column{"p_never", &BreakevenRow::p_never},
               Column{"p_always", &BreakevenRow::p_always},
               Column{"month_p50", &BreakevenRow::month_p50},
               Column{"payback_p50", &BreakevenRow::payback_p50},
               Column{"api_price", &BreakevenRow::api_price},
               Column{"gpu_price", &BreakevenRow::gpu_price},
               Column{"fte", &BreakevenRow::fte},
               Column{"yield", &BreakevenRow::yield},
               Column{"success", &BreakevenRow::success},
               Column{"regret_challenger", &BreakevenRow::regret_challenger},
               Column{"regret_baseline", &BreakevenRow::regret_baseline}};

template <>
inline constexpr auto columns<BreakevenCurveRow> =
    std::tuple{Column{"baseline", &BreakevenCurveRow::baseline},
               Column{"challenger", &BreakevenCurveRow::challenger},
               Column{"quality", &BreakevenCurveRow::quality},
               Column{"mix", &BreakevenCurveRow::mix},
               Column{"multiplier", &BreakevenCurveRow::multiplier},
               Column{"sessions", &BreakevenCurveRow::sessions},
               Column{"tokens", &BreakevenCurveRow::tokens},
               Column{"cost_baseline", &BreakevenCurveRow::cost_baseline},
               Column{"cost_challenger", &BreakevenCurveRow::cost_challenger},
               Column{"p_cheaper", &BreakevenCurveRow::p_cheaper},
               Column{"p_cheaper_se", &BreakevenCurveRow::p_cheaper_se},
               Column{"replicas", &BreakevenCurveRow::replicas}};

template <>
inline constexpr auto columns<BreakevenIntervalRow> = std::tuple{
    Column{"baseline", &BreakevenIntervalRow::baseline}, Column{"challenger", &BreakevenIntervalRow::challenger},
    Column{"quality", &BreakevenIntervalRow::quality},   Column{"mix", &BreakevenIntervalRow::mix},
    Column{"from", &BreakevenIntervalRow::from},         Column{"to", &BreakevenIntervalRow::to},
    Column{"cheaper", &BreakevenIntervalRow::cheaper}};

template <>
inline constexpr auto columns<DriverRow> = std::tuple{Column{"option", &DriverRow::option},
                                                      Column{"scale", &DriverRow::scale},
                                                      Column{"period", &DriverRow::period},
                                                      Column{"belief", &DriverRow::belief},
                                                      Column{"low", &DriverRow::low},
                                                      Column{"high", &DriverRow::high},
                                                      Column{"cost_low", &DriverRow::cost_low},
                                                      Column{"cost_high", &DriverRow::cost_high},
                                                      Column{"first_order", &DriverRow::first_order},
                                                      Column{"total", &DriverRow::total},
                                                      Column{"ci", &DriverRow::ci},
                                                      Column{"flips_at", &DriverRow::flips_at},
                                                      Column{"q2", &DriverRow::q2}};

template <>
inline constexpr auto columns<LeverRow> = std::tuple{Column{"option", &LeverRow::option},
                                                     Column{"scale", &LeverRow::scale},
                                                     Column{"lever", &LeverRow::lever},
                                                     Column{"alone", &LeverRow::alone},
                                                     Column{"in_order", &LeverRow::in_order},
                                                     Column{"shapley", &LeverRow::shapley},
                                                     Column{"se", &LeverRow::se},
                                                     Column{"claim_low", &LeverRow::claim_low},
                                                     Column{"claim_high", &LeverRow::claim_high},
                                                     Column{"claim_source", &LeverRow::claim_source}};

}  // namespace runrate
