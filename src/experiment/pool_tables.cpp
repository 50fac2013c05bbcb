#include <algorithm>

#include <fmt/format.h>

#include "experiment/tables.h"
#include "stat/elementary.h"

namespace runrate {
namespace {

/// How far off 8 of 10 engines are at most, as a share, for a scale of Student's t.
double within(double log_sd) {
    constexpr int degrees = 4;
    return real::exp(real::student_quantile(0.9, degrees) * log_sd) - 1;
}

void add_pool(Scenario const& s, std::string const& option, PoolPlan const& plan, std::vector<PlanRow>& rows) {
    auto const start = to_string(s.calendar.start);
    auto const money = s.money.currency == "USD" ? std::string{"$"} : s.money.currency;
    auto const add = [&](char const* item, std::string value, std::string unit, Text from, Text to) {
        rows.push_back({option, plan.pool + " " + item, std::move(value), Text{std::move(unit)}, std::move(from),
                        std::move(to), "given"});
    };
    add("at least", fmt::format("{}", plan.at_least), "replicas", start, {});
    if (plan.regions > 1) add("regions", fmt::format("{}", plan.regions), "", start, {});
    if (plan.spare > 0) add("spare", fmt::format("{}", plan.spares()), "replicas", start, {});
    if (plan.deploy_headroom > 0)
        add("deploy headroom", fmt::format("{:.10g}", plan.deploy_headroom), "share", start, {});
    for (auto const& r : plan.reserve) {
        auto const first = r.from.value_or(s.calendar.start);
        auto const last = r.months ? Text{to_string(first + std::chrono::months{*r.months - 1})} : Text{};
        add("reserved", fmt::format("{}", r.replicas), "replicas", to_string(first), last);
        add("reserved at", text_of(r.usd, s), money + " per GPU-h", to_string(first), last);
        if (r.upfront.stated()) add("reserved upfront", text_of(r.upfront, s), "share", to_string(first), last);
    }
    for (auto const& o : plan.own) {
        auto const first = o.first(s.calendar.start);
        auto const own = [&](char const* item, std::string value, std::string unit) {
            add(item, std::move(value), std::move(unit), to_string(first),
                to_string(first + std::chrono::months{o.life_months - 1}));
        };
        own("owned", fmt::format("{}", o.replicas), "replicas");
        own("capex of owned", text_of(o.capex_usd, s), money);
        own("residual value of owned", text_of(o.residual, s), "share");
        own("maintenance of owned", text_of(o.maintenance, s), "share per year");
        own("power of owned", text_of(o.power_w, s), "W");
        if (o.colocation_usd) own("colocation of owned", text_of(*o.colocation_usd, s), money + " per kW and month");
        if (!o.pays_energy()) continue;
        own("energy of owned", text_of(o.energy_usd, s), money + " per kWh");
        own("idle power of owned", text_of(o.idle_power, s), "share");
        own("PUE of owned", text_of(o.pue, s), "");
    }
    if (plan.rest) add("on demand at", text_of(plan.rest->on_demand_usd, s), money + " per GPU-h", start, {});
    if (plan.rest && plan.rest->spot) {
        auto const& spot = *plan.rest->spot;
        add("spot", fmt::format("{:.10g}", spot.share), "share", start, {});
        add("spot at", text_of(spot.usd, s), money + " per GPU-h", start, {});
        add("spot interrupted every", text_of(spot.every_s, s), "s", start, {});
        add("spot loses", text_of(spot.lost_s, s), "s", start, {});
    }
    auto const price = [&](char const* item, Number const& n, char const* per) {
        if (n.stated()) add(item, text_of(n, s), money + per, start, {});
    };
    price("host at", plan.host_usd, " per GPU-h");
    price("storage at", plan.storage_usd, " per month");
    price("network at", plan.network_usd, " per byte");
}

/// What days of events say of a pool's latency, and of calls that it turns away.
void add_service(PoolAudit const& audit, std::string const& item, std::vector<AccuracyRow>& rows) {
    auto const days = static_cast<std::int64_t>(audit.days.size());
    rows.push_back({"projection", item, "TTFT p95, events over fluid", audit.ttft, days, {}});
    bool const refuses = std::any_of(audit.days.begin(), audit.days.end(), [](AuditedDay const& d) {
        return d.simulated_refused > 0 || d.projected_refused > 0;
    });
    if (refuses) rows.push_back({"projection", item, "share turned away, events less fluid", audit.refused, days, {}});
}

}  // namespace

void add_pool_plans(Findings const& f, std::vector<PlanRow>& rows) {
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o)
        for (auto const& lines : f.experiment().plans[o].pools)
            add_pool(f.scenario(), f.option(o).name, f.scenario().pool_plans[lines.pool], rows);
}

std::vector<AccuracyRow> accuracy_table(Findings const& f) {
    std::vector<AccuracyRow> rows;
    std::vector<std::size_t> said;
    for (std::size_t o = 0; o < f.experiment().plans.size(); ++o) {
        auto const& plan = f.experiment().plans[o];
        for (std::size_t p = 0; p < plan.pools.size(); ++p) {
            auto const& pool = f.scenario().pools[plan.pools[p].pool];
            auto const* calibrated = std::get_if<CalibratedSpeed>(&pool.speed);
            auto const item = fmt::format("pool {}", pool.name);
            if (calibrated && std::find(said.begin(), said.end(), plan.pools[p].pool) == said.end()) {
                auto const& speed = calibrated->speed;
                rows.push_back({"calibration", item, "TPOT, 8 of 10 within", within(speed.speed_log_sd), {}, true});
                rows.push_back(
                    {"calibration", item, "front end of TTFT, 8 of 10 within", within(speed.front_log_sd), {}, true});
                said.push_back(plan.pools[p].pool);
            }
            auto const& audit = f.audits[o][p];
            if (audit.days.empty()) continue;
            auto const days = static_cast<std::int64_t>(audit.days.size());
            rows.push_back({"projection",
                            fmt::format("{} of {}", item, f.option(o).name),
                            "hours beyond the least, events over fluid",
                            audit.factor,
                            days,
                            {}});
            rows.push_back({"projection",
                            fmt::format("{} of {}", item, f.option(o).name),
                            "the same, log spread of a day",
                            audit.log_sd,
                            days,
                            {}});
            add_service(audit, fmt::format("{} of {}", item, f.option(o).name), rows);
        }
    }
    return rows;
}

}  // namespace runrate
