#include <algorithm>

#include <fmt/format.h>

#include "scenario/sections.h"
#include "units/dates.h"

namespace runrate {
namespace {

/// Where colocation is stated it includes electricity, unless that has a price beside it: keys about it would be
/// ignored. Their defaults leave the tree, so that the resolved scenario can be read again.
void refuse_electricity(OwnedReplicas& o, Cursor const& at) {
    o.energy_usd = Number{0};
    for (char const* key : {"idle_power", "pue"}) {
        auto const child = at.find(key);
        if (child && !child->node().from_default)
            child->error("electricity is part of 'colo' (leave it out, or state 'energy' where it is billed beside)");
    }
    std::erase_if(at.node().entries, [](Node::Entry const& e) {
        return e.value.from_default && (e.key == "energy" || e.key == "idle_power" || e.key == "pue");
    });
}

/// At least 1, as are 95 % of the draws of a belief; those that are less count as 1.
Shape<Number> pue_shape(Reading& reading) {
    return converted<Number, Number>(
        number(reading, dimension::positive, Reach::price), [&reading](Number const& pue, Cursor const& at) {
            if (!pue.uncertain() && pue.value < 1) at.error("a PUE is at least 1");
            if (!pue.uncertain()) return pue;
            reading.later.emplace_back([pue, at](Scenario const& s) {
                constexpr double rounding = 1e-9;
                double const low = quantile(s.beliefs[pue.belief->index()].law, 0.05);
                if (low < 1 - rounding)
                    at.error(fmt::format("a PUE is at least 1 (5 % of these draws are below {:.3g})", low));
            });
            return pue;
        });
}

}  // namespace

Shape<OwnedReplicas> owned_shape(Reading& reading) {
    using O = OwnedReplicas;
    auto const priced = [&](Dimension const& d) { return number(reading, d, Reach::price); };
    auto const months = converted<int, double>(known_number(dimension::spread_months),
                                               [](double n, Cursor const&) { return static_cast<int>(n); });
    return Table<O>("{replicas: 4, capex: $345k, power: 10.2 kW}")
        .required("replicas", &O::replicas, whole_number(1, 10'000), "that the machines carry together")
        .optional("from", &O::from, month_shape(),
                  "first month of their life, also one before the scenario; the scenario's without it")
        .required("capex", &O::capex_usd, priced(dimension::money),
                  "price of all of them together, network included (that is 10 to 15 % of the nodes)")
        .defaulted("life", &O::life_months, months, "36 months",
                   "over which they are written off in equal parts; then they are sold and serve no more")
        .defaulted("residual", &O::residual, priced(dimension::share), "0%",
                   "share of capex that they fetch then (25 to 35 % after 36 months, GPU TCO Analysis)")
        .defaulted("maintenance", &O::maintenance, priced(dimension::share_per_year), "4% per year",
                   "share of capex for spares and repair (3 to 6 %, GPU TCO Analysis)")
        .required("power", &O::power_w, priced(dimension::site_power),
                  "of all of them together at full load (10.2 kW for eight H100)")
        .defaulted("idle_power", &O::idle_power, priced(dimension::share), "40%",
                   "share of it with nothing to do (assumption)")
        .defaulted("pue", &O::pue, pue_shape(reading), "1.3",
                   "what the site draws over what the machines draw (1.2 to 1.3 typical, lynx-cortex)")
        .defaulted("energy", &O::energy_usd, priced(dimension::energy_price), "$0.10/kWh",
                   "price of electricity (0.08 to 0.12, aiinframap)")
        .optional("colo", &O::colocation_usd, priced(dimension::power_price),
                  "price of a site by the power at full load, electricity included unless 'energy' is stated (150 to "
                  "250, GPU TCO Analysis)")
        .check([](O& o, Cursor const& at) {
            if (o.colocation_usd && at.find("energy")->node().from_default) refuse_electricity(o, at);
        })
        .shape();
}

}  // namespace runrate
