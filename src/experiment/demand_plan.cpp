#include "experiment/demand_plan.h"

#include <algorithm>

namespace runrate {
namespace {

double& at(Gauge& gauge, Meter meter) { return gauge.weights[static_cast<std::size_t>(meter)]; }

/// Prompt tokens as a vendor counts them.
void weigh_prompts(Gauge& gauge, bool reads) {
    for (auto meter : {Meter::input, Meter::cache_write_5m, Meter::cache_write_1h}) at(gauge, meter) = 1;
    if (reads) at(gauge, Meter::cache_read) = 1;
}

void weigh_answers(Gauge& gauge, double weight) {
    for (auto meter : {Meter::output, Meter::reasoning}) at(gauge, meter) = weight;
}

void add_limits(TargetLimits const& group, std::size_t index, DemandPlan& plan) {
    auto const add = [&](char const* name, std::optional<double> allowed, auto const& weigh) {
        if (!allowed) return;
        Gauge gauge{group.targets, {}};
        weigh(gauge);
        plan.limits.push_back({index, name, plan.gauges.size(), *allowed});
        plan.gauges.push_back(std::move(gauge));
    };
    auto const& limits = group.per_minute;
    add("rpm", limits.requests, [](Gauge& g) { at(g, Meter::requests) = at(g, Meter::failed) = 1; });
    add("itpm", limits.input, [&](Gauge& g) { weigh_prompts(g, limits.counts_reads); });
    add("tpm", limits.tokens, [&](Gauge& g) {
        weigh_prompts(g, limits.counts_reads);
        weigh_answers(g, 1);
    });
    add("otpm", limits.output, [](Gauge& g) { weigh_answers(g, 1); });
}

void add_reservation(Scenario const& s, ProvisionedSpec const& spec, DemandPlan& plan) {
    auto const target =
        std::find_if(s.targets.begin(), s.targets.end(), [&](TargetSpec const& t) { return t.name == spec.model; });
    if (target == s.targets.end()) return;  // another option's
    TargetId const id{static_cast<std::size_t>(target - s.targets.begin())};
    Gauge gauge{{id}, {}};
    weigh_prompts(gauge, spec.counts_reads);
    weigh_answers(gauge, spec.output_weight);
    plan.reservations.push_back({spec, id, plan.gauges.size()});
    plan.gauges.push_back(std::move(gauge));
}

}  // namespace

DemandPlan plan_demand(Scenario const& s, Option const& option, std::vector<VendorPlan> const& agreements) {
    DemandPlan plan;
    plan.degraded.resize(s.features.size());
    for (std::size_t i = 0; i < option.limits.targets.size(); ++i) add_limits(option.limits.targets[i], i, plan);
    for (auto const& agreement : agreements) {
        for (auto const& spec : agreement.provisioned) add_reservation(s, spec, plan);
    }
    return plan;
}

}  // namespace runrate
