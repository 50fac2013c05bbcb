#include "experiment/bill_plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "cost/meter_price.h"
#include "experiment/contracts.h"

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

std::string tier_text(std::vector<Tokens> const& bounds, std::size_t tier) {
    return tier == 0 ? "" : fmt::format(", prompts above {}", bounds[tier - 1].count());
}

void add_feature_lines(Scenario const& s, FeatureId feature, FeatureProgram const& program, BillPlan& plan) {
    auto const& keys = usage_keys(program);
    for (std::size_t k = 0; k < keys.size(); ++k) {
        auto const& target = s.targets[keys[k].target.index()];
        auto const& prices = s.prices.book.models.at(target.name);
        auto const of = request_class(s, feature, keys[k]);
        for (std::size_t m = 0; m < meter_count; ++m) {
            auto const meter = static_cast<Meter>(m);
            if (!billable(meter) || !ever_charged(meter, prices, of)) continue;
            auto const* group = unit_of(meter) == "tokens" ? "API tokens" : "API fees";
            auto const agreement = agreement_with(plan.agreements, target.name);
            plan.lines.push_back({fmt::format("{} {}{}", s.roles[keys[k].role.index()], meter_names[m],
                                              tier_text(target.tiers, keys[k].tier)),
                                  group, feature, keys[k].target, meter, k, of,
                                  agreement ? plan.agreements[*agreement].region : "", agreement});
        }
    }
}

void add_fixed_lines(Scenario const& s, Option const& option, std::vector<BillLine>& lines) {
    auto const fixed = [&](std::string line, std::string group) {
        lines.push_back({std::move(line), std::move(group), {}, {}, {}, 0, {}, {}, {}});
    };
    bool const staffed = option.staff_fte.uncertain() || option.staff_fte.value > 0;
    if (staffed) fixed("staff", "staff");
    for (auto const& [name, cost] : s.costs.observability_usd_per_month) {
        if (name == option.name) fixed("observability", "observability");
    }
}

}  // namespace

RequestClass request_class(Scenario const& s, FeatureId feature, UsageKey const& key) {
    auto const& bounds = s.targets[key.target.index()].tiers;
    return {s.features[feature.index()].session.lane,
            key.tier > 0 ? Tokens{bounds[key.tier - 1].count() + 1} : Tokens{0}};
}

BillPlan plan_bill(Scenario const& s, OptionId id) {
    auto const& option = s.options[id.index()];
    BillPlan plan{.option = id, .programs = {}, .lines = {}, .agreements = agreements_of(s, option)};
    for (std::size_t f = 0; f < s.features.size(); ++f) {
        auto const& session = s.features[f].session;
        plan.programs.push_back(
            lower(session, s.workflows[session.workflow.index()], option.behaviour, s.gateway, s.targets, s.roles));
        add_feature_lines(s, FeatureId{f}, *plan.programs.back(), plan);
    }
    plan.direct_lines = plan.lines.size();
    add_fixed_lines(s, option, plan.lines);
    plan.one_off_line = plan.lines.size();
    for (auto const& item : option.one_off) plan.lines.push_back({item.name, "one-off", {}, {}, {}, 0, {}, {}, {}});
    plan.agreement_line = plan.lines.size();
    for (std::size_t a = 0; a < plan.agreements.size(); ++a) {
        for (auto const* item : {"discount", "credits", "shortfall"})
            plan.lines.push_back(
                {fmt::format("{} {}", plan.agreements[a].vendor, item), "contracts", {}, {}, {}, 0, {}, {}, a});
    }
    return plan;
}

}  // namespace runrate
