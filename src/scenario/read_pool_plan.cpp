#include <algorithm>

#include <fmt/format.h>

#include "scenario/sections.h"

namespace runrate {

Shape<PoolPlan> pool_plan_shape(Reading&) {
    return Table<PoolPlan>("what is decided of a pool")
        .defaulted("at_least", &PoolPlan::at_least, whole_number(0, 10'000), "1",
                   "replicas that serve whatever is asked; all that there are without 'autoscale'")
        .shape();
}

std::vector<PoolPlan> pool_plans_of(PlanSection const& section, std::vector<Pool> const& pools, Cursor const& root) {
    std::vector<PoolPlan> plans;
    std::vector<std::string> names;
    for (auto const& pool : pools) names.push_back(pool.name);
    for (auto const& [name, entry] : section) {
        bool const known = std::find(names.begin(), names.end(), name) != names.end();
        if (std::holds_alternative<PoolPlan>(entry) && !known)
            root.find("plan")->find(name)->error(
                fmt::format("unknown pool '{}'{}", name, suggestion(name, names, "pools of the scenario")));
    }
    for (auto const& pool : pools) {
        PoolPlan plan;
        for (auto const& [name, entry] : section)
            if (auto const* stated = std::get_if<PoolPlan>(&entry); stated && name == pool.name) plan = *stated;
        plan.pool = pool.name;
        auto const error = [&](std::string message) {
            auto const at = root.find("plan")->find(pool.name);
            (at ? *at : *root.find("pools")->find(pool.name)).error(std::move(message));
        };
        auto const& autoscale = pool.fleet.autoscale;
        if (autoscale && plan.at_least > autoscale->most)
            error(fmt::format("at least {} replicas are more than the most that 'autoscale' allows ({})", plan.at_least,
                              autoscale->most));
        if (!autoscale && plan.at_least == 0)
            error("no replica serves, and none is ever added (state 'autoscale', or at_least: 1)");
        plans.push_back(plan);
    }
    return plans;
}

}  // namespace runrate
