#include "scenario/validate.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/cache_notes.h"
#include "scenario/fee_check.h"
#include "stat/copula.h"
#include "workload/units.h"

namespace runrate {
namespace {

/// The tree, for the places of rules that concern several sections.
struct Section {
    Node& root;
    Diagnostics& log;

    [[nodiscard]] Cursor at(std::initializer_list<std::string> path) const {
        Cursor at{root, "", log};
        for (auto const& key : path) {
            if (auto const child = at.find(key)) at = *child;
        }
        return at;
    }
    void error(std::initializer_list<std::string> path, std::string message) const {
        at(path).error(std::move(message));
    }

    /// At a key of the figure of the i-th gate.
    void gate_error(std::size_t i, std::string const& key, std::string message) const {
        Cursor at = Cursor{root, "", log}.find("gates")->at(i);
        for (std::string const& step : {std::string{"total"}, std::string{"unit_cost"}, std::string{"margin"}, key}) {
            if (auto const child = at.find(step)) at = *child;
        }
        at.error(std::move(message));
    }
};

std::vector<std::string> option_names(Scenario const& s) {
    std::vector<std::string> names;
    for (auto const& o : s.options) names.push_back(o.name);
    return names;
}

bool has(std::vector<std::string> const& names, std::string const& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Why a period cannot be compared with anything, or nothing. \param who  what needs it: `a budget`
std::optional<std::string> period_fault(Scenario const& s, std::string const& name, char const* who) {
    auto const all = s.periods();
    auto const at = find_period(all, name);
    if (!at)
        return fmt::format("no period '{}' in the horizon (write a month 2026-12, 2026-Q4, FY2026 or horizon)", name);
    if (all[*at].complete()) return std::nullopt;
    return fmt::format("only {} of {} months of '{}' are in the horizon ({} needs the whole period)", all[*at].months,
                       all[*at].whole, name, who);
}

void check_periods(Scenario const& s, Section const& section) {
    for (auto const& budget : s.money.budgets) {
        if (auto const fault = period_fault(s, budget.period, "a budget"))
            section.error({"money", "budget", budget.period}, *fault);
    }
    for (std::size_t i = 0; i < s.gates.size(); ++i) {
        if (auto const fault = period_fault(s, s.gates[i].period, "a gate")) section.gate_error(i, "period", *fault);
    }
}

/// Which of the gate's features have its unit, and which units there are.
struct UnitSearch {
    std::vector<std::string> features, units;
};

UnitSearch search_unit(Scenario const& s, Gate const& gate) {
    UnitSearch found;
    for (auto const& feature : s.features) {
        if (!gate.feature.empty() && gate.feature != feature.name) continue;
        bool has_it = gate.unit.empty();
        for (auto const& unit : cost_units(feature)) {
            if (!has(found.units, unit.name)) found.units.push_back(unit.name);
            has_it |= unit.name == gate.unit;
        }
        if (has_it) found.features.push_back(feature.name);
    }
    return found;
}

/// A unit must be of one feature: costs per session of two products are different figures.
void check_unit(Scenario const& s, std::size_t i, Section const& section) {
    auto const& gate = s.gates[i];
    auto const found = search_unit(s, gate);
    if (found.features.empty() && !found.units.empty())
        section.gate_error(i, "unit",
                           fmt::format("unknown unit '{}'{}", gate.unit, suggestion(gate.unit, found.units, "known")));
    for (auto const& feature : s.features) {
        auto const& revenue = feature.outcome.revenue_usd;
        bool const earns = revenue.uncertain() || revenue.value > 0;
        if (gate.of == GateOf::margin && found.features == std::vector{feature.name} && !earns)
            section.gate_error(
                i, "option",
                fmt::format("'{}' earns nothing (a margin needs its 'outcome' with 'revenue')", feature.name));
    }
    if (found.features.size() > 1)
        section.gate_error(i, gate.unit.empty() ? "option" : "unit",
                           fmt::format("{} features have this unit (add 'feature': {})", found.features.size(),
                                       fmt::join(found.features, ", ")));
}

void check_gates(Scenario const& s, Section const& section) {
    auto const options = option_names(s);
    std::vector<std::string> features;
    for (auto const& f : s.features) features.push_back(f.name);
    for (std::size_t i = 0; i < s.gates.size(); ++i) {
        auto const& gate = s.gates[i];
        auto const expect = [&](char const* what, std::string const& name, std::vector<std::string> const& known) {
            if (!has(known, name))
                section.gate_error(i, what,
                                   fmt::format("unknown {} '{}'{}", what, name, suggestion(name, known, "known")));
        };
        expect("option", gate.option, options);
        if (!gate.feature.empty()) expect("feature", gate.feature, features);
        if (gate.of != GateOf::total) check_unit(s, i, section);
        bool const simulated = std::find(s.scales.by.begin(), s.scales.by.end(), gate.scale) != s.scales.by.end();
        if (!simulated)
            section.gate_error(i, "scale",
                               fmt::format("no scale {:g} (scales.by lists those that are simulated: {:g})", gate.scale,
                                           fmt::join(s.scales.by, ", ")));
    }
}

void check_names(Scenario const& s, std::vector<std::pair<std::string, TargetTerms>> const& terms,
                 Section const& section) {
    auto const options = option_names(s);
    auto const check_costs = [&](char const* key, std::vector<std::pair<std::string, Number>> const& costs) {
        for (auto const& [option, cost] : costs) {
            if (!has(options, option))
                section.error({"costs", key, option},
                              fmt::format("unknown option '{}'{}", option, suggestion(option, options, "known")));
        }
    };
    check_costs("observability", s.costs.observability_usd_per_month);
    check_costs("on_call", s.costs.on_call_usd_per_month);
    for (auto const& entry : terms) {
        auto const& pattern = entry.first;
        bool const used = std::any_of(s.targets.begin(), s.targets.end(), [&](TargetSpec const& t) {
            return !t.pool &&
                   (pattern == "*" || pattern == t.name || pattern == t.name.substr(0, t.name.find('/')) + "/*");
        });
        std::vector<std::string> names;
        for (auto const& t : s.targets)
            if (!t.pool) names.push_back(t.name);
        if (pattern.starts_with(pool_prefix))
            section.error({"targets", pattern}, "what a pool does is stated under 'pools'");
        else if (!used)
            section.error({"targets", pattern},
                          fmt::format("no option uses '{}'{}", pattern, suggestion(pattern, names, "used")));
    }
}

void warn_of_unused_workflows(Scenario const& s, Section const& section) {
    for (std::size_t w = 0; w < s.workflows.size(); ++w) {
        bool const used = std::any_of(s.features.begin(), s.features.end(),
                                      [&](Feature const& f) { return f.session.workflow == WorkflowId{w}; });
        auto const& name = s.workflows[w].name;
        if (!used)
            section.at({"workflows", name})
                .warning(fmt::format("no feature uses the workflow '{}' (it changes nothing)", name));
    }
}

void check_correlations(Scenario const& s, Section const& section) {
    auto const n = s.beliefs.size();
    constexpr std::size_t most = 1000;  // points in as many dimensions are drawn
    if (n > most) return section.error({"beliefs"}, fmt::format("{} beliefs (at most {} uncertain numbers)", n, most));
    if (s.correlations.empty()) return;
    std::vector<double> matrix(n * n, 0);
    for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] = 1;
    for (auto const& c : s.correlations) {
        matrix[c.a.index() * n + c.b.index()] = c.value;
        matrix[c.b.index() * n + c.a.index()] = c.value;
    }
    if (n > 0 && !GaussianCopula::from(matrix, n))
        section.error(
            {"beliefs", "correlation"},
            "these correlations contradict each other (the matrix is not positive definite; bring them nearer to 0)");
}

/// A lifetime must be sold by every explicit vendor that is asked to cache.
void check_cache_lifetimes(Scenario const& s, Section const& section) {
    for (auto const& [workflow, agent, target] : unsold_lifetimes(s)) {
        auto const& spec = s.targets[target.index()];
        bool const hour = s.prices.book.models.at(spec.name).rows.back().standard.base.cache_write_1h.has_value();
        auto const text =
            fmt::format("'{}' sells no cache of {} (use lifetime: {:g} min{})", spec.name,
                        agent.empty() ? "that lifetime" : fmt::format("the lifetime that agent '{}' asks for", agent),
                        spec.cache.lifetime_s / 60, hour ? " or 60 min" : "");
        if (agent.empty())
            section.error({"workflows", workflow, "context", "cache"}, text);
        else
            section.error({"workflows", workflow, "steps"}, text);
    }
}

/// A region must be sold by every model of the vendor, whenever it is asked.
void check_regions(Scenario const& s, VendorPlan const& plan, Section const& section) {
    for (auto const& target : s.targets) {
        auto const prices = s.prices.book.models.find(target.name);
        if (!target.name.starts_with(plan.vendor + "/") || prices == s.prices.book.models.end()) continue;
        for (auto const& row : prices->second.rows) {
            bool const holds = row.from < s.calendar.end() &&
                               (&row == &prices->second.rows.back() || (&row + 1)->from > s.calendar.first());
            if (!holds || row.regions.contains(plan.region)) continue;
            std::vector<std::string> known;
            for (auto const& [name, factor] : row.regions) known.push_back(name);
            section.error({"plan", plan.option.empty() ? plan.vendor : plan.option, "region"},
                          fmt::format("'{}' has no price in the region '{}'{}", target.name, plan.region,
                                      known.empty() ? " (its price rows state no 'regions')"
                                                    : suggestion(plan.region, known, "known")));
            break;
        }
    }
}

void check_plans(Scenario const& s, Section const& section) {
    for (auto const& plan : s.plans) {
        if (!plan.region.empty()) check_regions(s, plan, section);
        bool const yearly = plan.contract && plan.contract->commitment_months > 1;
        if (yearly && plan.contract->from && *plan.contract->from < s.calendar.start)
            section.error({"plan", plan.option.empty() ? plan.vendor : plan.option, "contract"},
                          "a yearly commitment begins with the scenario or later (what was spent before is not known)");
    }
}

/// `strict: yes`: nothing may be charged at a price from before its first date.
void check_strict_prices(Scenario const& s, Reading const& reading) {
    if (!s.prices.strict) return;
    for (auto const& target : s.targets) {
        auto const prices = s.prices.book.models.find(target.name);
        if (prices == s.prices.book.models.end() || !price_at(prices->second, s.calendar.first()).backdated) continue;
        auto const& [at, path] = reading.target_places.at(target.name);
        auto const from = to_string(prices->second.rows.front().from);
        reading.log.error(at,
                          fmt::format("the first price of '{}' holds from {}, after the scenario starts "
                                      "(prices.strict: start later, or add the earlier price to a book)",
                                      target.name, from),
                          path);
    }
}

}  // namespace

void validate(Scenario const& s, std::vector<std::pair<std::string, TargetTerms>> const& terms, Reading& reading,
              Node& root) {
    Section const section{root, reading.log};
    check_periods(s, section);
    check_gates(s, section);
    check_names(s, terms, section);
    warn_of_unused_workflows(s, section);
    check_correlations(s, section);
    check_cache_lifetimes(s, section);
    check_fees(s, reading);
    check_plans(s, section);
    check_strict_prices(s, reading);
    validate_demand(s, Cursor{root, "", reading.log});
    check_compare(s, Cursor{root, "", reading.log});
    for (auto const& check : reading.later) check(s);
}

}  // namespace runrate
