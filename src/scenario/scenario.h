#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/currency.h"
#include "core/date.h"
#include "pricing/price_book.h"
#include "scenario/belief.h"
#include "scenario/files.h"
#include "scenario/limits.h"
#include "scenario/plan.h"
#include "scenario/pool.h"
#include "serving/option.h"
#include "workload/calendar.h"
#include "workload/session.h"

namespace runrate {

enum class ScaleOf { customers, usage };

/// Multipliers of traffic: more customers, or more use by each.
struct Scales {
    ScaleOf multiply = ScaleOf::customers;
    std::vector<double> by{1, 10, 100};
};

struct Budget {
    std::string period;
    Number amount_usd;
};

/// What the vendors' dollars are worth: fixed, no belief.
struct ExchangeTerms {
    ExchangeRate rate{};
    std::string text;    ///< as stated
    Date as_of{};        ///< when the source said so
    std::string source;  ///< who quotes it
};

struct MoneyTerms {
    std::string currency = "USD";           ///< of all amounts of the scenario and its result; price books stay in USD
    std::optional<ExchangeTerms> exchange;  ///< where it is not USD
    [[nodiscard]] ExchangeRate rate() const { return exchange ? exchange->rate : ExchangeRate{}; }
    Number discount_rate{0};  ///< per year; of the cash view
    std::vector<Budget> budgets;
};

/// A cost that is paid once and spread over a life.
struct OneOff {
    std::string name;
    Number usd;
};

/// One way to serve all roles: what is compared.
struct Option {
    std::string name;
    OptionBehaviour behaviour;
    std::optional<Number> success;  ///< share of sessions; nothing: equal quality is assumed
    Number staff_fte{0};
    std::vector<OneOff> one_off;
    int spread_months = 36;
    std::vector<std::pair<std::string, std::string>> tiers;  ///< of published limits, by vendor
    OptionLimits limits;                                     ///< what these and the targets' own come to
    bool only_fallback = false;                              ///< not compared, only degraded to
    std::string overflow_to{};                               ///< option that takes what finds the pool full
    std::string text;                                        ///< the option as resolved, for its hash
};

/// What inference costs besides calls.
struct Costs {
    Number staff_usd_per_year{0};
    std::vector<std::pair<std::string, Number>> observability_usd_per_month, on_call_usd_per_month;  ///< by option
};

struct PriceTerms {
    PriceBook book;       ///< the models that options name, from every book read
    Number api_drift{0};  ///< change per year of list prices
    Number gpu_drift{0};  ///< the same of GPU-hours on demand
    double stale_after_s = 90.0 * 86400;
    bool strict = false;
};

enum class GateOf { total, unit_cost, margin };

/// A bound on a result.
struct Gate {
    GateOf of = GateOf::total;
    std::string option, period, unit, feature;  ///< empty unit: the first of the feature
    double scale = 1;
    std::optional<double> percentile;  ///< of the prediction; nothing: the mean
    bool above = false;                ///< the value must stay above the bound; else below
    double bound = 0;                  ///< dollars, or a share for a margin
};

/// Multiples of a month's traffic.
struct VolumeRange {
    double from = 0.1, to = 300;
};

/// What options are held against, and where.
struct Compare {
    std::string baseline{};                  ///< empty: the first
    std::vector<std::string> challengers{};  ///< empty: all others
    std::optional<Month> reference{};        ///< nothing: Scenario::reference_month()
    VolumeRange range{};
};

/// The whole input, read and checked: what we do not know, what customers do, and what is compared.
struct Scenario {
    std::string name;
    Calendar calendar;
    MoneyTerms money;
    Scales scales;
    std::vector<Belief> beliefs;
    std::vector<Correlation> correlations;
    std::vector<std::string> roles;   ///< by RoleId
    std::vector<Workflow> workflows;  ///< by WorkflowId
    std::vector<Feature> features;    ///< by FeatureId
    GatewaySpec gateway;
    std::vector<Pool> pools;
    std::vector<PoolPlan> pool_plans;  ///< by pool
    std::vector<TargetSpec> targets;   ///< by TargetId
    std::vector<Option> options;       ///< by OptionId; the first is the baseline
    std::vector<VendorPlan> plans;
    PriceTerms prices;
    Costs costs;
    std::vector<Gate> gates;
    std::optional<Compare> compare;
    std::vector<InputFile> inputs;
    std::vector<std::string> notes;  ///< rules that this scenario uses, for `lint --resolved`
    std::string hash;                ///< of the resolved scenario

    /// The pool that a target is; nothing for a model of a price book.
    [[nodiscard]] std::optional<std::size_t> pool_of(TargetId) const;

    [[nodiscard]] std::vector<Period> periods() const { return runrate::periods(calendar); }
    /// The month whose figures are shown where one month must stand for all: the twelfth, or the last before it.
    [[nodiscard]] int reference_month() const { return calendar.months < 12 ? calendar.months - 1 : 11; }

    /// The month in which options are held against each other, at multiples of its traffic.
    [[nodiscard]] int compared_month() const {
        bool const stated = compare && compare->reference;
        return stated ? months_between(calendar.start, *compare->reference) : reference_month();
    }
};

}  // namespace runrate
