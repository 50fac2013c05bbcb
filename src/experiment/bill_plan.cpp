#include "experiment/bill_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "cost/meter_price.h"
#include "experiment/contracts.h"
#include "experiment/event_day.h"
#include "experiment/pool_cost.h"

namespace runrate {
namespace {

/// Whether the meter is ever charged for by a model; token meters without a price of their own fall back to input.
bool ever_charged(Meter meter, ModelPrices const& prices, RequestClass const& of) {
    return std::any_of(prices.rows.begin(), prices.rows.end(),
                       [&](PriceRow const& row) { return price_of(meter, row, of) > TokenPrice{0}; });
}

/// The agreement with a target's vendor.
std::optional<std::size_t> agreement_with(std::vector<VendorPlan> const& agreements, std::string const& target) {
    for (std::size_t a = 0; a < agreements.size(); ++a) {
        if (target.starts_with(agreements[a].vendor + "/")) return a;
    }
    return std::nullopt;
}

/// The reservation of a target's throughput.
std::optional<std::size_t> reservation_of(DemandPlan const& demand, TargetId target) {
    for (std::size_t r = 0; r < demand.reservations.size(); ++r) {
        if (demand.reservations[r].target == target) return r;
    }
    return std::nullopt;
}

std::optional<std::size_t> ceiling_of(std::vector<SpendCeiling> const& ceilings, std::string const& target) {
    for (std::size_t c = 0; c < ceilings.size(); ++c) {
        if (target.starts_with(ceilings[c].vendor + "/")) return c;
    }
    return std::nullopt;
}

std::string tier_text(std::vector<Tokens> const& bounds, std::size_t tier) {
    return tier == 0 ? "" : fmt::format(", prompts above {}", bounds[tier - 1].count());
}

void add_feature_lines(Scenario const& s, FeatureId feature, FeatureProgram const& program, BillPlan& plan) {
    auto const& keys = usage_keys(program);
    for (std::size_t k = 0; k < keys.size(); ++k) {
        auto const& target = s.targets[keys[k].target.index()];
        if (target.pool) continue;  // paid by the hour of its replicas
        auto const& prices = s.prices.book.models.at(target.name);
        auto const of = request_class(s, feature, keys[k]);
        for (std::size_t m = 0; m < meter_count; ++m) {
            auto const meter = static_cast<Meter>(m);
            if (!billable(meter) || !ever_charged(meter, prices, of)) continue;
            auto const* group = unit_of(meter) == "tokens" ? "API tokens" : "API fees";
            auto const agreement = agreement_with(plan.agreements, target.name);
            BillLine line{.line = fmt::format("{} {}{}", s.roles[keys[k].role.index()], meter_names[m],
                                              tier_text(target.tiers, keys[k].tier)),
                          .group = group,
                          .feature = feature,
                          .target = keys[k].target,
                          .meter = meter,
                          .key = k,
                          .of = of,
                          .region = agreement ? plan.agreements[*agreement].region : "",
                          .agreement = agreement};
            if (of.lane != Lane::batch && counts_tokens(meter))
                line.reservation = reservation_of(plan.demand, keys[k].target);
            line.ceiling = ceiling_of(s.options[plan.option.index()].limits.spend, target.name);
            plan.lines.push_back(std::move(line));
        }
    }
}

void add_fixed_lines(Scenario const& s, Option const& option, std::vector<BillLine>& lines) {
    auto const fixed = [&](std::string line, std::string group) {
        lines.push_back({.line = std::move(line), .group = std::move(group), .feature = {}, .target = {}, .meter = {}});
    };
    bool const staffed = option.staff_fte.uncertain() || option.staff_fte.value > 0;
    if (staffed) fixed("staff", "staff");
    for (auto const& [name, cost] : s.costs.observability_usd_per_month) {
        if (name == option.name) fixed("observability", "observability");
    }
    for (auto const& [name, cost] : s.costs.on_call_usd_per_month) {
        if (name == option.name) fixed("on call", "staff");
    }
}

/// The feature's program, and that of its sessions beyond a cap: one set of usage keys serves both.
void add_programs(Scenario const& s, OptionId id, std::size_t f, BillPlan& plan) {
    auto const& feature = s.features[f];
    auto const& workflow = s.workflows[feature.session.workflow.index()];
    auto const program = [&](OptionId option, std::vector<UsageKey> const& keys) {
        return lower(feature.session, workflow, s.options[option.index()].behaviour, s.gateway, s.targets, s.roles,
                     keys);
    };
    auto own = program(id, {});
    if (feature.cap && feature.cap->degrade_to != s.options[id.index()].name) {
        Degraded degraded;
        for (std::size_t o = 0; o < s.options.size(); ++o) {
            if (s.options[o].name == feature.cap->degrade_to) degraded.option = OptionId{o};
        }
        if (degraded.option) {
            degraded.program = program(*degraded.option, usage_keys(*own));
            own = program(id, usage_keys(*degraded.program));
        }
        plan.demand.degraded[f] = degraded;
    }
    plan.programs.push_back(std::move(own));
}

}  // namespace

RequestClass request_class(Scenario const& s, FeatureId feature, UsageKey const& key) {
    auto const& bounds = s.targets[key.target.index()].tiers;
    return {s.features[feature.index()].session.lane,
            key.tier > 0 ? Tokens{bounds[key.tier - 1].count() + 1} : Tokens{0}};
}

BillPlan plan_bill(Scenario const& s, OptionId id) {
    auto const& option = s.options[id.index()];
    BillPlan plan{.option = id, .programs = {}, .lines = {}, .agreements = agreements_of(s, option), .demand = {}};
    plan.demand = plan_demand(s, option, plan.agreements);
    for (std::size_t f = 0; f < s.features.size(); ++f) {
        add_programs(s, id, f, plan);
        add_feature_lines(s, FeatureId{f}, *plan.programs.back(), plan);
    }
    plan.direct_lines = plan.lines.size();
    add_fixed_lines(s, option, plan.lines);
    for (auto const& reservation : plan.demand.reservations)
        plan.lines.push_back({.line = reservation.spec.model + " provisioned",
                              .group = provisioned_group,
                              .feature = {},
                              .target = reservation.target,
                              .meter = {}});
    plan.one_off_line = plan.lines.size();
    for (auto const& item : option.one_off)
        plan.lines.push_back({.line = item.name, .group = "one-off", .feature = {}, .target = {}, .meter = {}});
    plan.agreement_line = plan.lines.size();
    for (std::size_t a = 0; a < plan.agreements.size(); ++a) {
        for (auto const* item : {"discount", "credits", "shortfall"})
            plan.lines.push_back({.line = fmt::format("{} {}", plan.agreements[a].vendor, item),
                                  .group = "contracts",
                                  .feature = {},
                                  .target = {},
                                  .meter = {},
                                  .agreement = a});
    }
    plan.pool_line = plan.lines.size();
    add_pools(s, pools_of(s, plan), plan);
    return plan;
}

}  // namespace runrate
