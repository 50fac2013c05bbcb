#include <fmt/format.h>

#include "experiment/tables.h"

namespace runrate {
namespace {

/// The rows of one agreement; what is not stated has none.
void add_agreement(Scenario const& s, std::string const& option, VendorPlan const& plan, std::vector<PlanRow>& rows) {
    auto const from =
        plan.contract && plan.contract->from ? to_string(*plan.contract->from) : to_string(s.calendar.start);
    auto const& currency = s.money.currency;
    auto const money = currency == "USD" ? "$" : currency;
    auto const start = to_string(s.calendar.start);
    auto const add = [&](std::string const& item, std::string value, std::string const& unit,
                         std::optional<Month> until) {
        bool const of_contract = item != "region" && item != "credits";
        rows.push_back({option, plan.vendor + " " + item, std::move(value), Text{unit}, of_contract ? from : start,
                        until ? Text{to_string(*until)} : Text{}, "given"});
    };
    if (!plan.region.empty()) add("region", plan.region, "", {});
    if (plan.credit) add("credits", text_of(plan.credit->usd, s), money, plan.credit->until);
    for (auto const& p : plan.provisioned) {
        auto const first = to_string(p.from.value_or(s.calendar.start));
        auto const last = p.until ? Text{to_string(*p.until)} : Text{};
        rows.push_back(
            {option, p.model + " provisioned", fmt::format("{:.10g}", p.units), "units", first, last, "given"});
        rows.push_back({option, p.model + " price of a unit", text_of(p.usd, s),
                        money + (p.per_hour ? " per unit-h" : " per unit and month"), first, last, "given"});
    }
    if (!plan.contract) return;
    for (auto const& tier : plan.contract->tiers) {
        bool const flat = !tier.above.belief && tier.above.value == 0;
        add(flat ? "discount"
                 : fmt::format("discount above {}{} per month", currency == "USD" ? "$" : currency + " ",
                               text_of(tier.above, s)),
            text_of(tier.discount, s), "share", plan.contract->until);
    }
    bool const commits = plan.contract->commitment_usd.belief || plan.contract->commitment_usd.value > 0;
    auto const period = plan.contract->commitment_months == 12 ? " per year" : " per month";
    if (commits) add("commitment", text_of(plan.contract->commitment_usd, s), money + period, plan.contract->until);
}

}  // namespace

std::string text_of(Number const& n, Scenario const& s) {
    return n.belief ? fmt::format("={}", s.beliefs[n.belief->index()].name) : fmt::format("{:.10g}", n.value);
}

void add_agreements(Findings const& f, std::vector<PlanRow>& rows) {
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        for (auto const& plan : f.experiment().plans[o].agreements)
            add_agreement(f.scenario(), f.option(o).name, plan, rows);
    }
}

}  // namespace runrate
