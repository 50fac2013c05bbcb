#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// The result of a run as plain rows: `runrate/result/1`, the contract of `--format json`.
///
/// Every table is a vector of flat rows; keys are unique per table and row order is defined. What does not exist is
/// empty (`null`), never 0. Only means add up.
namespace runrate {

/// Money in millionths of `Result::currency`, so that printed lines sum to printed totals exactly.
struct Amount {
    std::int64_t millionths = 0;
    friend auto operator<=>(Amount, Amount) = default;
    friend Amount operator+(Amount a, Amount b) { return {a.millionths + b.millionths}; }
};

using Text = std::optional<std::string>;
using Real = std::optional<double>;
using Dollars = std::optional<Amount>;
using Count = std::optional<std::int64_t>;
using Flag = std::optional<bool>;

enum class Status { complete, partial };

/// A file that the result depends on.
struct InputRow {
    std::string path, sha256, kind;
    Text as_of;
};

struct ScenarioRow {
    std::string name, hash, start;
    std::int64_t months = 0;
    std::string month_rule;        ///< `calendar` or `730 h`
    std::string scale_multiplies;  ///< `customers` or `usage`
    std::string reference_period;
};

struct OptionRow {
    std::string option;
    std::int64_t order = 0;
    bool baseline = false;
    std::string plan_hash;
    bool quality_stated = false;
};
struct FeatureRow {
    std::string feature, tag, value;
};

struct BeliefRow {
    std::string belief, unit, law;
    double p5 = 0, p50 = 0, p95 = 0, mean = 0;
    Text source;
    std::int64_t line = 0;
};

struct PlanRow {
    std::string option, item, value;
    Text unit, from, to;
    std::string decided_by;
};

struct CostRow {
    std::string option;
    double scale = 1;
    std::string period, period_kind;
    std::int64_t months_in = 0;
    std::string basis, view;
    Dollars mean, se, sd_worlds, sd_within, model_error, p5, p50, p95, p5_half, p95_half;
    Real p_over_budget;
    Flag feasible;
};

struct CostLineRow {
    std::string option;
    double scale = 1;
    std::string period, line, group;
    Text feature, target;
    std::string allocated;  ///< `direct`, `shared`, `idle`
    Text meter;
    Real quantity;
    Text unit;
    Dollars mean;
    Real share;
};

struct NonlinearityRow {
    std::string option;
    double scale = 1;
    std::string period, cause;
    Dollars amount;
};

struct RatioRow {
    std::string option;
    double scale = 1;
    std::string period, unit;
    Real base;  ///< the same factor under the baseline option
    std::int64_t factor = 0;
    std::string name;
    double value = 0;
};

/// The smallest plan of a pool that meets its objective; without `at_least` there is none, and the figures are those of
/// the largest that was tried.
struct CapacityRow {
    std::string option;
    double scale = 1;
    Text gpu;
    Count gpus_per_replica;
    Text precision;
    Real at_least, reserved;  ///< replicas, as the plan states them
    Real replicas_mean, replicas_peak;
    Dollars cost_mean;
    Real ttft_p95, objective_met_p;
    Text limited_by;
    Flag on_frontier;
};

struct LiabilityRow {
    std::string option, item, until;
    Dollars amount;
};

struct UsageRow {
    std::string option;
    double scale = 1;
    std::string period, feature;
    Text role, target;
    std::string meter, unit;
    Real mean, p5, p95;
};

struct TokensRow {
    std::string option, feature;
    Text role;
    std::string kind;  ///< `prompt`, `output`, `context`
    Real p50, p95, p99, cap, over_cap;
};

struct ServiceRow {
    std::string option;
    double scale = 1;
    std::string period, pool;
    Real replicas_mean, replicas_peak, paid_hours, busy, load, yield;
    Dollars idle_cost;
    Real ttft_p50, ttft_p95, tpot_p50, tpot_p95, cache_hit, late, shed, objective_met_p;
    Real overflow;  ///< share of calls that found the pool full and were answered elsewhere
};

struct LimitRow {
    std::string option;
    double scale = 1;
    std::string period, target, limit;
    Real needed_p99, allowed;
    std::string verdict;
};

struct UnitCostRow {
    std::string option;
    double scale = 1;
    std::string period;
    Text feature;
    std::string unit;
    Dollars mean, p5, p50, p95, revenue;
    Real margin;  ///< 1 - mean / revenue
};

struct BreakevenRow {
    std::string baseline, challenger, view, quality;
    Text gpu_price_basis, mix, reference;
    Real tokens_per_session, range_from, range_to;
    std::string status;
    Real safe50_sessions, safe80_sessions, safe50_tokens, safe80_tokens, world_p5, world_p50, world_p95, p_never,
        p_always;
    Text month_p50, payback_p50;
    Dollars api_price, gpu_price;
    Real fte, yield, success;
    Dollars regret_challenger, regret_baseline;
};

struct BreakevenCurveRow {
    std::string baseline, challenger, quality, mix;
    double multiplier = 1;
    Real sessions, tokens;
    Dollars cost_baseline, cost_challenger;
    Real p_cheaper, p_cheaper_se, replicas;
};

struct BreakevenIntervalRow {
    std::string baseline, challenger, quality, mix;
    Real from, to;
    std::string cheaper;
};

struct DriverRow {
    std::string option;
    double scale = 1;
    std::string period, belief;
    Real low, high;
    Dollars cost_low, cost_high;
    Real first_order, total, ci, flips_at, q2;
};

struct LeverRow {
    std::string option;
    double scale = 1;
    std::string lever;
    Dollars alone, in_order, shapley, se;
    Real claim_low, claim_high;
    Text claim_source;
};

struct ClaimRow {
    std::string source, claim, claimed, here, why;
};
struct AccuracyRow {
    std::string kind, item, metric;
    Real value;
    Count n;
    Flag held_out;
};

struct ProvenanceRow {
    std::string item, value;
    Text unit, source, as_of;
    Count age_days_at_start;
    Flag extrapolated;
};

struct GateRow {
    std::string gate;
    Real value, bound;
    std::string verdict;
};

struct WarningRow {
    std::string code, severity, text;
    Text where;
};

/// All of it, in the order of the contract.
struct Result {
    std::string command;
    std::uint64_t seed = 0;
    std::int64_t worlds = 0, price_draws = 0;
    Status status = Status::complete;
    std::string currency = "USD";
    std::vector<InputRow> inputs;
    ScenarioRow scenario;
    std::vector<OptionRow> options;
    std::vector<FeatureRow> features;
    std::vector<BeliefRow> beliefs;
    std::vector<PlanRow> plan;
    std::vector<CostRow> cost;
    std::vector<CostLineRow> cost_lines;
    std::vector<NonlinearityRow> nonlinearity;
    std::vector<RatioRow> ratios;
    std::vector<CapacityRow> capacity;
    std::vector<LiabilityRow> liabilities;
    std::vector<UsageRow> usage;
    std::vector<TokensRow> tokens;
    std::vector<ServiceRow> service;
    std::vector<LimitRow> limits;
    std::vector<UnitCostRow> unit_costs;
    std::vector<BreakevenRow> breakeven;
    std::vector<BreakevenCurveRow> breakeven_curve;
    std::vector<BreakevenIntervalRow> breakeven_intervals;
    std::vector<DriverRow> drivers;
    std::vector<LeverRow> levers;
    std::vector<ClaimRow> claims;
    std::vector<AccuracyRow> accuracy;
    std::vector<ProvenanceRow> provenance;
    std::vector<GateRow> gates;
    std::vector<WarningRow> warnings;
};

}  // namespace runrate
