#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "scenario/reading.h"
#include "scenario/scenario.h"

namespace runrate {

// One shape per section of a scenario; each stands in a file of its own, read_<section>.cpp.

Shape<Calendar> calendar_shape(Reading&);
Shape<MoneyTerms> money_shape(Reading&);
Shape<Scales> scales_shape(Reading&);

/// Declares every belief in the reading; the correlations name them.
Shape<std::vector<Correlation>> beliefs_shape(Reading&);

Shape<Traffic> traffic_shape(Reading&);
Shape<WeekShape> week_shape(Reading&);
Shape<Growth> growth_shape(Reading&);

Shape<PriceRow> price_row_shape();

Shape<Steps> steps_shape(Reading&);
Shape<ContextSpec> context_shape(Reading&);
Shape<Variants> variants_shape(Reading&);
Shape<RetrySpec> retry_shape(Reading&);
Shape<RoleId> role_shape(Reading&);
/// A role that some workflow names already.
Shape<RoleId> declared_role_shape(Reading&);

/// Workflows by name; the reading knows their names before any is read.
Shape<std::vector<std::pair<std::string, Workflow>>> workflows_shape(Reading&);

/// A feature; a job that names its call in place yields a workflow of its own.
struct FeatureAndWorkflow {
    Feature feature;
    std::optional<Workflow> own_workflow;
};
Shape<FeatureAndWorkflow> feature_shape(Reading&);

Shape<GatewaySpec> gateway_shape(Reading&);

/// What may be asked of a target per minute.
Shape<RateLimits> rate_limits_shape();

/// What vendors publish: by vendor and tier. The tiers know their names.
using PublishedLimits = std::vector<std::pair<std::string, std::vector<std::pair<std::string, LimitTier>>>>;
Shape<PublishedLimits> published_limits_shape();

/// How targets behave, by name or `vendor/*`.
struct TargetTerms {
    std::optional<LawSpec> ttft_s, speed;
    Number errors{0}, timeouts{0};
    bool errors_billed = false, timeouts_billed = true;
    double timeout_s = 600;
    std::optional<RateLimits> limits;
};
Shape<std::vector<std::pair<std::string, TargetTerms>>> targets_shape(Reading&);

/// The terms that hold for a target: its own name's, else its vendor's, else those of `*`.
TargetTerms const* terms_of(std::vector<std::pair<std::string, TargetTerms>> const&, std::string const& target);

/// Who is asked what a model has refused or failed in all attempts: one model each, which a role of the option must
/// ask, first or as a fallback itself. \param option  at its key `fallback`
using ModelByName = std::vector<std::pair<std::string, TargetId>>;
std::vector<Fallback> fallbacks_of(Reading&, ModelByName const&, std::vector<std::optional<Route>> const&,
                                   Cursor const& option);

/// The targets that an option reaches, fallbacks included, in the order of their ids.
std::vector<TargetId> reached_targets(OptionBehaviour const&);

/// Puts together what each option may ask: what the scenario states of a target, else what its vendor's tier publishes.
/// \param options  the section, for the places of what is wrong
void resolve_limits(Scenario&, std::vector<std::pair<std::string, TargetTerms>> const&, Cursor const& options);

/// Options by name; `like` has been laid under each before.
Shape<std::vector<Option>> options_shape(Reading&);

/// What a scenario says of prices; the books are read by load().
struct NamedBook {
    std::string name;
    SourcePosition at;
    std::string path;
};
struct PriceSection {
    std::vector<NamedBook> books;
    Number api_drift{0}, gpu_drift{0};
    double stale_after_s = 0;
    bool strict = false;
    bool read = false;  ///< the section could be read
};
Shape<PriceSection> prices_shape(Reading&);

/// One price book (`runrate/prices/1`) laid over `book`: models of a later book replace those of an earlier one.
void read_price_book(std::string const& name, std::string const& text, Diagnostics&, PriceBook& book);

Shape<TokenCap> token_cap_shape(Reading&);

/// One reservation, or a list of them.
Shape<std::vector<ProvisionedSpec>> provisioned_shape(Reading&);

/// What is decided of a pool.
Shape<PoolPlan> pool_plan_shape(Reading&);

/// `plan` by option, vendor or pool; plans_of() tells the first two apart once the options are known.
using VendorParts = std::vector<VendorPlan>;
using PlanSection = std::vector<std::pair<std::string, std::variant<VendorParts, PoolPlan>>>;
Shape<PlanSection> plan_shape(Reading&);
std::vector<VendorPlan> plans_of(PlanSection const&, Scenario const&, Cursor const& plan);

/// Replicas on machines that one has bought.
Shape<OwnedReplicas> owned_shape(Reading&);

/// Those of all pools, in their order: as stated, else the defaults.
std::vector<PoolPlan> pool_plans_of(PlanSection const&, std::vector<Pool> const&, Calendar const&, Cursor const& root);

Shape<Costs> costs_shape(Reading&);
Shape<std::vector<Gate>> gates_shape(Reading&);

Shape<Compare> compare_shape();
/// Whether what is compared is there. \param root  the whole tree
void check_compare(Scenario const&, Cursor const& root);

}  // namespace runrate
