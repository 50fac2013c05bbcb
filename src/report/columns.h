#pragma once

#include <string_view>
#include <tuple>

#include "report/cell.h"
#include "runrate/result.h"

/// The names of all tables and columns of `runrate/result/1`, in the order of the contract: one definition for every
/// writer, so that JSON, CSV and Markdown cannot drift apart.
namespace runrate {

/// A member of a struct and the name that it has outside.
template <class Owner, class T>
struct Column {
    std::string_view name;
    T Owner::*member;
};
template <class Owner, class T>
Column(char const*, T Owner::*) -> Column<Owner, T>;

/// The columns of a row: a tuple of Column.
template <class Row>
inline constexpr auto columns = std::tuple<>{};

template <>
inline constexpr auto columns<InputRow> =
    std::tuple{Column{"path", &InputRow::path}, Column{"sha256", &InputRow::sha256}, Column{"kind", &InputRow::kind},
               Column{"as_of", &InputRow::as_of}};

template <>
inline constexpr auto columns<ScenarioRow> = std::tuple{Column{"name", &ScenarioRow::name},
                                                        Column{"hash", &ScenarioRow::hash},
                                                        Column{"start", &ScenarioRow::start},
                                                        Column{"months", &ScenarioRow::months},
                                                        Column{"month_rule", &ScenarioRow::month_rule},
                                                        Column{"scale_multiplies", &ScenarioRow::scale_multiplies},
                                                        Column{"reference_period", &ScenarioRow::reference_period}};

template <>
inline constexpr auto columns<OptionRow> = std::tuple{
    Column{"option", &OptionRow::option}, Column{"order", &OptionRow::order}, Column{"baseline", &OptionRow::baseline},
    Column{"plan_hash", &OptionRow::plan_hash}, Column{"quality_stated", &OptionRow::quality_stated}};

template <>
inline constexpr auto columns<FeatureRow> = std::tuple{
    Column{"feature", &FeatureRow::feature}, Column{"tag", &FeatureRow::tag}, Column{"value", &FeatureRow::value}};

template <>
inline constexpr auto columns<BeliefRow> = std::tuple{
    Column{"belief", &BeliefRow::belief}, Column{"unit", &BeliefRow::unit},     Column{"law", &BeliefRow::law},
    Column{"p5", &BeliefRow::p5},         Column{"p50", &BeliefRow::p50},       Column{"p95", &BeliefRow::p95},
    Column{"mean", &BeliefRow::mean},     Column{"source", &BeliefRow::source}, Column{"line", &BeliefRow::line}};

template <>
inline constexpr auto columns<PlanRow> = std::tuple{Column{"option", &PlanRow::option},
                                                    Column{"item", &PlanRow::item},
                                                    Column{"value", &PlanRow::value},
                                                    Column{"unit", &PlanRow::unit},
                                                    Column{"from", &PlanRow::from},
                                                    Column{"to", &PlanRow::to},
                                                    Column{"decided_by", &PlanRow::decided_by}};

template <>
inline constexpr auto columns<CostRow> = std::tuple{Column{"option", &CostRow::option},
                                                    Column{"scale", &CostRow::scale},
                                                    Column{"period", &CostRow::period},
                                                    Column{"period_kind", &CostRow::period_kind},
                                                    Column{"months_in", &CostRow::months_in},
                                                    Column{"basis", &CostRow::basis},
                                                    Column{"view", &CostRow::view},
                                                    Column{"mean", &CostRow::mean},
                                                    Column{"se", &CostRow::se},
                                                    Column{"sd_worlds", &CostRow::sd_worlds},
                                                    Column{"sd_within", &CostRow::sd_within},
                                                    Column{"model_error", &CostRow::model_error},
                                                    Column{"p5", &CostRow::p5},
                                                    Column{"p50", &CostRow::p50},
                                                    Column{"p95", &CostRow::p95},
                                                    Column{"p5_half", &CostRow::p5_half},
                                                    Column{"p95_half", &CostRow::p95_half},
                                                    Column{"p_over_budget", &CostRow::p_over_budget},
                                                    Column{"feasible", &CostRow::feasible}};

template <>
inline constexpr auto columns<CostLineRow> =
    std::tuple{Column{"option", &CostLineRow::option}, Column{"scale", &CostLineRow::scale},
               Column{"period", &CostLineRow::period}, Column{"line", &CostLineRow::line},
               Column{"group", &CostLineRow::group},   Column{"feature", &CostLineRow::feature},
               Column{"target", &CostLineRow::target}, Column{"allocated", &CostLineRow::allocated},
               Column{"meter", &CostLineRow::meter},   Column{"quantity", &CostLineRow::quantity},
               Column{"unit", &CostLineRow::unit},     Column{"mean", &CostLineRow::mean},
               Column{"share", &CostLineRow::share}};

template <>
inline constexpr auto columns<NonlinearityRow> =
    std::tuple{Column{"option", &NonlinearityRow::option}, Column{"scale", &NonlinearityRow::scale},
               Column{"period", &NonlinearityRow::period}, Column{"cause", &NonlinearityRow::cause},
               Column{"amount", &NonlinearityRow::amount}};

template <>
inline constexpr auto columns<RatioRow> = std::tuple{
    Column{"option", &RatioRow::option}, Column{"scale", &RatioRow::scale}, Column{"period", &RatioRow::period},
    Column{"unit", &RatioRow::unit},     Column{"base", &RatioRow::base},   Column{"factor", &RatioRow::factor},
    Column{"name", &RatioRow::name},     Column{"value", &RatioRow::value}};

template <>
inline constexpr auto columns<CapacityRow> = std::tuple{Column{"option", &CapacityRow::option},
                                                        Column{"scale", &CapacityRow::scale},
                                                        Column{"gpu", &CapacityRow::gpu},
                                                        Column{"gpus_per_replica", &CapacityRow::gpus_per_replica},
                                                        Column{"precision", &CapacityRow::precision},
                                                        Column{"at_least", &CapacityRow::at_least},
                                                        Column{"reserved", &CapacityRow::reserved},
                                                        Column{"replicas_mean", &CapacityRow::replicas_mean},
                                                        Column{"replicas_peak", &CapacityRow::replicas_peak},
                                                        Column{"cost_mean", &CapacityRow::cost_mean},
                                                        Column{"ttft_p95", &CapacityRow::ttft_p95},
                                                        Column{"objective_met_p", &CapacityRow::objective_met_p},
                                                        Column{"limited_by", &CapacityRow::limited_by},
                                                        Column{"on_frontier", &CapacityRow::on_frontier}};

template <>
inline constexpr auto columns<LiabilityRow> =
    std::tuple{Column{"option", &LiabilityRow::option}, Column{"item", &LiabilityRow::item},
               Column{"until", &LiabilityRow::until}, Column{"amount", &LiabilityRow::amount}};

template <>
inline constexpr auto columns<UsageRow> = std::tuple{
    Column{"option", &UsageRow::option},   Column{"scale", &UsageRow::scale}, Column{"period", &UsageRow::period},
    Column{"feature", &UsageRow::feature}, Column{"role", &UsageRow::role},   Column{"target", &UsageRow::target},
    Column{"meter", &UsageRow::meter},     Column{"unit", &UsageRow::unit},   Column{"mean", &UsageRow::mean},
    Column{"p5", &UsageRow::p5},           Column{"p95", &UsageRow::p95}};

template <>
inline constexpr auto columns<TokensRow> =
    std::tuple{Column{"option", &TokensRow::option},    Column{"feature", &TokensRow::feature},
               Column{"role", &TokensRow::role},        Column{"kind", &TokensRow::kind},
               Column{"p50", &TokensRow::p50},          Column{"p95", &TokensRow::p95},
               Column{"p99", &TokensRow::p99},          Column{"cap", &TokensRow::cap},
               Column{"over_cap", &TokensRow::over_cap}};

template <>
inline constexpr auto columns<ServiceRow> = std::tuple{Column{"option", &ServiceRow::option},
                                                       Column{"scale", &ServiceRow::scale},
                                                       Column{"period", &ServiceRow::period},
                                                       Column{"pool", &ServiceRow::pool},
                                                       Column{"replicas_mean", &ServiceRow::replicas_mean},
                                                       Column{"replicas_peak", &ServiceRow::replicas_peak},
                                                       Column{"paid_hours", &ServiceRow::paid_hours},
                                                       Column{"busy", &ServiceRow::busy},
                                                       Column{"load", &ServiceRow::load},
                                                       Column{"yield", &ServiceRow::yield},
                                                       Column{"idle_cost", &ServiceRow::idle_cost},
                                                       Column{"ttft_p50", &ServiceRow::ttft_p50},
                                                       Column{"ttft_p95", &ServiceRow::ttft_p95},
                                                       Column{"tpot_p50", &ServiceRow::tpot_p50},
                                                       Column{"tpot_p95", &ServiceRow::tpot_p95},
                                                       Column{"cache_hit", &ServiceRow::cache_hit},
                                                       Column{"late", &ServiceRow::late},
                                                       Column{"shed", &ServiceRow::shed},
                                                       Column{"objective_met_p", &ServiceRow::objective_met_p},
                                                       Column{"overflow", &ServiceRow::overflow}};

template <>
inline constexpr auto columns<LimitRow> =
    std::tuple{Column{"option", &LimitRow::option},   Column{"scale", &LimitRow::scale},
               Column{"period", &LimitRow::period},   Column{"target", &LimitRow::target},
               Column{"limit", &LimitRow::limit},     Column{"needed_p99", &LimitRow::needed_p99},
               Column{"allowed", &LimitRow::allowed}, Column{"verdict", &LimitRow::verdict}};

template <>
inline constexpr auto columns<UnitCostRow> =
    std::tuple{Column{"option", &UnitCostRow::option}, Column{"scale", &UnitCostRow::scale},
               Column{"period", &UnitCostRow::period}, Column{"feature", &UnitCostRow::feature},
               Column{"unit", &UnitCostRow::unit},     Column{"mean", &UnitCostRow::mean},
               Column{"p5", &UnitCostRow::p5},         Column{"p50", &UnitCostRow::p50},
               Column{"p95", &UnitCostRow::p95},       Column{"revenue", &UnitCostRow::revenue},
               Column{"margin", &UnitCostRow::margin}};

template <>
inline constexpr auto columns<ClaimRow> =
    std::tuple{Column{"source", &ClaimRow::source}, Column{"claim", &ClaimRow::claim},
               Column{"claimed", &ClaimRow::claimed}, Column{"here", &ClaimRow::here}, Column{"why", &ClaimRow::why}};

template <>
inline constexpr auto columns<AccuracyRow> =
    std::tuple{Column{"kind", &AccuracyRow::kind},     Column{"item", &AccuracyRow::item},
               Column{"metric", &AccuracyRow::metric}, Column{"value", &AccuracyRow::value},
               Column{"n", &AccuracyRow::n},           Column{"held_out", &AccuracyRow::held_out}};

template <>
inline constexpr auto columns<ProvenanceRow> =
    std::tuple{Column{"item", &ProvenanceRow::item},
               Column{"value", &ProvenanceRow::value},
               Column{"unit", &ProvenanceRow::unit},
               Column{"source", &ProvenanceRow::source},
               Column{"as_of", &ProvenanceRow::as_of},
               Column{"age_days_at_start", &ProvenanceRow::age_days_at_start},
               Column{"extrapolated", &ProvenanceRow::extrapolated}};

template <>
inline constexpr auto columns<GateRow> =
    std::tuple{Column{"gate", &GateRow::gate}, Column{"value", &GateRow::value}, Column{"bound", &GateRow::bound},
               Column{"verdict", &GateRow::verdict}};

template <>
inline constexpr auto columns<WarningRow> =
    std::tuple{Column{"code", &WarningRow::code}, Column{"severity", &WarningRow::severity},
               Column{"text", &WarningRow::text}, Column{"where", &WarningRow::where}};

/// Calls `use(name, cell)` for each column of a row, in order.
template <class Row, class Use>
void for_each_cell(Row const& row, Use&& use) {
    std::apply([&](auto const&... column) { (use(column.name, to_cell(row.*column.member)), ...); }, columns<Row>);
}

/// Calls `use(name)` for each column of a kind of row, in order.
template <class Row, class Use>
void for_each_name(Use&& use) {
    std::apply([&](auto const&... column) { (use(column.name), ...); }, columns<Row>);
}

}  // namespace runrate
