#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "scenario/sections.h"
#include "units/dates.h"

namespace runrate {

namespace {

Shape<ReservedReplicas> reserve_shape(Reading& reading) {
    using R = ReservedReplicas;
    auto const months = converted<int, double>(known_number(dimension::spread_months),
                                               [](double n, Cursor const&) { return static_cast<int>(n); });
    return Table<R>("{replicas: 2, from: 2026-03, term: 12 months, rate: $2.35/GPU-h}")
        .required("replicas", &R::replicas, whole_number(1, 10'000), "that are paid for whether they are needed or not")
        .optional("from", &R::from, month_shape(), "first month; the scenario's without it")
        .optional("term", &R::months, months, "for how long; to the end of the horizon without it")
        .required("rate", &R::usd, number(reading, dimension::gpu_price, Reach::price), "of one GPU")
        .defaulted("upfront", &R::upfront, number(reading, dimension::share, Reach::price), "0%",
                   "share of all of the term that is paid in its first month, in the cash view")
        .check([](R& r, Cursor const& at) {
            if (r.upfront.stated() && !r.months) at.find("upfront")->error("upfront of how much? (state the term)");
        })
        .shape();
}

Shape<SpotTerms> spot_shape(Reading& reading) {
    using S = SpotTerms;
    return Table<S>("{share: 50%, rate: $1.20/GPU-h, every: 20 h, lost: 10 min}")
        .required("share", &S::share, known_number(dimension::share),
                  "of the hours that replicas serve beyond the base")
        .required("rate", &S::usd, number(reading, dimension::gpu_price, Reach::price),
                  "of one GPU, at the scenario's start")
        .required("every", &S::every_s, number(reading, dimension::age, Reach::price),
                  "mean time of a replica between interruptions")
        .required("lost", &S::lost_s, number(reading, dimension::duration, Reach::price),
                  "what each of them takes, paid again on demand: work done again, and a cold start")
        .check([](S& s, Cursor const& at) {
            if (!s.every_s.uncertain() && s.every_s.value < 60)
                at.find("every")->error("a replica that is interrupted every minute serves nobody");
            else if (!s.every_s.uncertain() && !s.lost_s.uncertain() && s.lost_s.value >= s.every_s.value)
                at.find("lost")->error("a replica that loses more time than it serves is no use (less than 'every')");
        })
        .shape();
}

using Complain = std::function<void(std::string)>;

/// What is paid for serves in some month, and there is room for it. \param most  that the autoscaler allows
void check_base(PoolPlan const& plan, std::optional<int> most, Calendar const& calendar, Complain const& error) {
    auto const check = [&](auto const& replicas, char const* how) {
        bool inside = false;
        for (int m = 0; m < calendar.months; ++m) inside |= replicas.in_force(calendar.month(m), calendar.start);
        if (!inside) error(fmt::format("{} replicas are {} outside of the horizon only", replicas.replicas, how));
    };
    for (auto const& r : plan.reserve) check(r, "reserved");
    for (auto const& o : plan.own) check(o, "owned");
    int base = 0;
    for (int m = 0; m < calendar.months; ++m) base = std::max(base, plan.base_in(calendar.month(m), calendar.start));
    double const paid = plan.paid(most.value_or(plan.at_least));
    if (base > paid)
        error(fmt::format("{} replicas are {}, but never more than {:.4g} {} ({})", base,
                          plan.own.empty()       ? "reserved"
                          : plan.reserve.empty() ? "owned"
                                                 : "reserved or owned",
                          paid, plan.spare > 0 || plan.deploy_headroom > 0 ? "serve or stand by" : "serve",
                          most ? "raise 'most' of 'autoscale'" : "raise at_least, or state autoscale"));
}

}  // namespace

Shape<PoolPlan> pool_plan_shape(Reading& reading) {
    auto const rest =
        Table<RentTerms>("{on_demand: $2.95/GPU-h}")
            .required("on_demand", &RentTerms::on_demand_usd, number(reading, dimension::gpu_price, Reach::price),
                      "of one GPU, at the scenario's start")
            .optional("spot", &RentTerms::spot, spot_shape(reading), "the part of it that is cheaper and interrupted")
            .shape();
    return Table<PoolPlan>("what is decided of a pool")
        .defaulted("at_least", &PoolPlan::at_least, whole_number(0, 10'000), "1",
                   "replicas that serve in each region whatever is asked; all that there are without 'autoscale'")
        .defaulted("regions", &PoolPlan::regions, whole_number(1, 100), "1",
                   "in which the least serves; traffic is spread over all replicas as if they stood in one")
        .defaulted("spare", &PoolPlan::spare, whole_number(0, 10'000), "0",
                   "replicas in each region that are paid beyond what serves: N+1 is 1")
        .defaulted("deploy_headroom", &PoolPlan::deploy_headroom, known_number(dimension::share), "0%",
                   "share of what serves that is paid beyond it, for replicas that deployments replace")
        .defaulted("reserve", &PoolPlan::reserve, one_or_list(reserve_shape(reading)), "[]",
                   "replicas at an agreed rate")
        .defaulted("own", &PoolPlan::own, one_or_list(owned_shape(reading)), "[]",
                   "replicas on machines that one has bought")
        .optional("rest", &PoolPlan::rest, rest, "what replicas cost that are neither reserved nor owned")
        .defaulted("host", &PoolPlan::host_usd, number(reading, dimension::gpu_price, Reach::price), "$0/GPU-h",
                   "what the machine around a rented GPU costs where its price leaves that out")
        .defaulted("storage", &PoolPlan::storage_usd, number(reading, dimension::money_per_month, Reach::price),
                   "$0 per month", "weights, images and logs of the pool")
        .defaulted("network", &PoolPlan::network_usd, number(reading, dimension::traffic_price, Reach::price), "$0/GB",
                   "of prompts and answers on their way to and from the pool, at 4 bytes a token")
        .check([](PoolPlan& plan, Cursor const&) { plan.at_least *= plan.regions; })
        .shape();
}

std::vector<PoolPlan> pool_plans_of(PlanSection const& section, std::vector<Pool> const& pools,
                                    Calendar const& calendar, Cursor const& root) {
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
        if (autoscale && plan.at_least == 0 && pool.fleet.admission.queue == 0)
            error("no replica is ever added, because no call may wait for one (state at_least: 1, or a queue)");
        check_base(plan, autoscale ? std::optional{autoscale->most} : std::nullopt, calendar, error);
        plans.push_back(plan);
    }
    return plans;
}

}  // namespace runrate
