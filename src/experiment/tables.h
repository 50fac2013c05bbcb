#pragma once

#include <string>
#include <vector>

#include "experiment/audit.h"
#include "experiment/line_amounts.h"
#include "experiment/totals.h"
#include "runrate/result.h"

namespace runrate {

/// What the tables of a result are made from.
struct Findings {
    Totals const& totals;
    std::vector<Period> periods;
    std::vector<LineAmounts> amounts;              ///< by option
    std::vector<std::vector<PoolAudit>> audits{};  ///< by option and pool
    unsigned threads = 0;

    [[nodiscard]] Experiment const& experiment() const { return *totals.experiment; }
    [[nodiscard]] Scenario const& scenario() const { return *totals.experiment->scenario; }
    [[nodiscard]] Layout const& layout() const { return totals.layout(); }
    [[nodiscard]] Option const& option(std::size_t o) const {
        return scenario().options[experiment().plans[o].option.index()];
    }
    [[nodiscard]] Period const& reference() const {
        return periods[static_cast<std::size_t>(scenario().reference_month())];
    }
};

/// The nearest whole millionths. \throws std::overflow_error beyond 9.2e12 dollars
Amount amount_of(double usd);
/// Whether amount_of() can hold it.
bool is_amount(double usd);
Dollars dollars_of(std::optional<double> usd);
std::string kind_of(PeriodKind);

std::vector<CostRow> cost_table(Findings const&);
std::vector<CostLineRow> cost_lines_table(Findings const&);
std::vector<NonlinearityRow> nonlinearity_table(Findings const&);
std::vector<RatioRow> ratios_table(Findings const&);
std::vector<UsageRow> usage_table(Findings const&);
/// What pools paid and how they served: hours of replicas and idle dollars in the mean of all worlds, loads, yields and
/// latencies in the median, months weighted by the calls in flight in each.
///
/// `yield` is what replicas do over what as many saturated ones would do with the same mix. `idle_cost` is (1 - busy
/// hours / paid hours) of what the pool's machines cost: busy hours are those that its calls would take if replicas
/// were as full as they shall be (at the autoscaler's number in flight, else at the fullest level that meets the
/// objective); paid are those on demand, those that stand by and all of what is reserved or owned.
std::vector<ServiceRow> service_table(Findings const&);
std::vector<TokensRow> tokens_table(Findings const&);
std::vector<UnitCostRow> unit_costs_table(Findings const&);
/// The sources' figures that this scenario touches, against the baseline option in the reference month.
/// \param result  whose breakeven is filled
std::vector<ClaimRow> claims_table(Findings const&, Result const&);
std::vector<ProvenanceRow> provenance_table(Findings const&);
std::vector<GateRow> gates_table(Findings const&, Result const&);
std::vector<WarningRow> warnings_table(Findings const&, Result const&);
/// From which volume of the breakeven on a pool is too small: the comparison ends there.
void warn_of_volumes(Findings const&, std::size_t option, std::size_t pool, std::vector<WarningRow>&);
/// Where the scenario's `compare` is not done, or not all of it, because options are not run.
void warn_of_comparison(Findings const&, std::vector<WarningRow>&);

/// What each limit must allow, month by month and scale by scale, against what is allowed.
///
/// `needed_p99` is what no more than 1 % of the month's minutes exceed (of spend: the month's bill), in 19 of 20
/// worlds. Verdict: `within`; `needs a negotiated limit`; `infeasible` where more is asked on average than is allowed,
/// in most worlds, so that no retry helps; of provisioned throughput, in weighted tokens, `within` or `spills over`.
std::vector<LimitRow> limits_table(Findings const&);

/// What the horizon leaves over, mean of all worlds: of commitments, at the first scale (one without an end is owed to
/// the end of its period); of reserved GPUs the rates of the real hours that are left of their term; of owned machines
/// what is not written off yet.
std::vector<LiabilityRow> liabilities_table(Findings const&);
/// A number as the plan shows it: `=growth` of a belief.
std::string text_of(Number const&, Scenario const&);

/// What is agreed with vendors, as rows of the plan.
void add_agreements(Findings const&, std::vector<PlanRow>&);

/// From which volume on each challenger is cheaper than the baseline, in the month in which they are compared: as
/// bought, and with what failed sessions cost. Nothing where no options are compared. What a plan costs that does not
/// serve a volume says nothing: a comparison ends below the first volume at which a pool of either option is too small.
void add_breakeven(Findings const&, Result&);

/// Gives rows of the reference's mix the status `depends` where the safe breakeven of another mix is more than a
/// quarter away, or there is none.
void mark_dependent(Result&);

/// How far off step times of pools are, and their projection by the audit.
std::vector<AccuracyRow> accuracy_table(Findings const&);
/// What is decided of the pools that are used, as rows of the plan.
void add_pool_plans(Findings const&, std::vector<PlanRow>&);

/// Models of price books that the compared options can reach, in the order of their ids.
std::vector<std::size_t> priced_targets(Findings const&);

/// Days from when the source stated a price to the scenario's start; negative where it is newer.
std::int64_t price_age_days(Findings const&, PriceRow const&);

/// The same of the exchange rate. \pre the scenario has one
std::int64_t exchange_age_days(Findings const&);

/// Scenario, options, features, beliefs, inputs: what the result is of.
void describe(Findings const&, Result&);

}  // namespace runrate
