#include "scenario/validate.h"

#include <algorithm>

#include <fmt/format.h>

#include "stat/copula.h"

namespace runrate {
namespace {

/// A section of the tree and its place, for rules that concern it.
struct Section {
    Node& root;
    Diagnostics& log;

    void error(std::initializer_list<std::string> path, std::string message) const {
        Node* node = &root;
        std::string text;
        for (auto const& key : path) {
            auto* child = node->kind == Node::Kind::map ? node->find(key) : nullptr;
            if (!child) break;
            node = child;
            text += (text.empty() ? "" : ".") + key;
        }
        log.error(node->at, std::move(message), text);
    }
};

std::vector<std::string> option_names(Scenario const& s) {
    std::vector<std::string> names;
    for (auto const& o : s.options) names.push_back(o.name);
    return names;
}

std::string meant(std::string const& word, std::vector<std::string> const& known) {
    auto const near = nearest(word, known);
    if (!near.empty()) return fmt::format("did you mean '{}'?", near);
    if (known.size() <= 12) return fmt::format("known: {}", fmt::join(known, ", "));
    return "check the spelling";
}

bool has(std::vector<std::string> const& names, std::string const& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

void check_periods(Scenario const& s, Section const& section) {
    auto const all = s.periods();
    for (auto const& budget : s.money.budgets) {
        auto const at = find_period(all, budget.period);
        if (!at) section.error({"money", "budget", budget.period}, fmt::format("no period '{}' in the horizon (write a month, quarter, fiscal year or 'horizon')", budget.period));
        else if (!all[*at].complete()) section.error({"money", "budget", budget.period}, fmt::format("only {} of {} months of '{}' are in the horizon (a budget needs the whole period)", all[*at].months, all[*at].whole, budget.period));
    }
    for (auto const& gate : s.gates) {
        auto const at = find_period(all, gate.period);
        if (!at) section.error({"gates"}, fmt::format("no period '{}' in the horizon (write a month, quarter, fiscal year or 'horizon')", gate.period));
        else if (!all[*at].complete()) section.error({"gates"}, fmt::format("only {} of {} months of '{}' are in the horizon (a gate needs the whole period)", all[*at].months, all[*at].whole, gate.period));
    }
}

void check_gates(Scenario const& s, Section const& section) {
    auto const options = option_names(s);
    std::vector<std::string> features;
    for (auto const& f : s.features) features.push_back(f.name);
    for (auto const& gate : s.gates) {
        if (!has(options, gate.option)) section.error({"gates"}, fmt::format("unknown option '{}' ({})", gate.option, meant(gate.option, options)));
        if (std::find(s.scales.by.begin(), s.scales.by.end(), gate.scale) == s.scales.by.end()) section.error({"gates"}, fmt::format("no scale {:g} (scales.by lists those that are simulated)", gate.scale));
        if (!gate.feature.empty() && !has(features, gate.feature)) section.error({"gates"}, fmt::format("unknown feature '{}' ({})", gate.feature, meant(gate.feature, features)));
        if (gate.of == GateOf::total) continue;
        std::vector<std::string> units{"session", "turn", "call"};
        for (auto const& f : s.features) {
            if (f.outcome.stated && (gate.feature.empty() || gate.feature == f.name)) units.push_back(f.outcome.name);
        }
        if (!has(units, gate.unit)) section.error({"gates"}, fmt::format("unknown unit '{}' ({})", gate.unit, meant(gate.unit, units)));
    }
}

void check_names(Scenario const& s, std::vector<std::pair<std::string, TargetTerms>> const& terms, Section const& section) {
    auto const options = option_names(s);
    for (auto const& [option, cost] : s.costs.observability_usd_per_month) {
        if (!has(options, option)) section.error({"costs", "observability", option}, fmt::format("unknown option '{}' ({})", option, meant(option, options)));
    }
    for (auto const& [pattern, term] : terms) {
        bool const used = std::any_of(s.targets.begin(), s.targets.end(), [&](TargetSpec const& t) {
            return pattern == "*" || pattern == t.name || pattern == t.name.substr(0, t.name.find('/')) + "/*";
        });
        std::vector<std::string> names;
        for (auto const& t : s.targets) names.push_back(t.name);
        if (!used) section.error({"targets", pattern}, fmt::format("no option uses '{}' ({})", pattern, meant(pattern, names)));
    }
}

void check_correlations(Scenario const& s, Section const& section) {
    auto const n = s.beliefs.size();
    std::vector<double> matrix(n * n, 0);
    for (std::size_t i = 0; i < n; ++i) matrix[i * n + i] = 1;
    for (auto const& c : s.correlations) {
        matrix[c.a.index() * n + c.b.index()] = c.value;
        matrix[c.b.index() * n + c.a.index()] = c.value;
    }
    if (n > 0 && !GaussianCopula::from(matrix, n)) section.error({"beliefs", "correlation"}, "these correlations contradict each other (the matrix is not positive definite; bring them nearer to 0)");
}

/// A lifetime must have a price with every explicit vendor that is asked to cache.
void check_cache_prices(Scenario const& s, Section const& section) {
    for (auto const& workflow : s.workflows) {
        if (!workflow.context.cache_lifetime_s) continue;
        double const lifetime = workflow.context.cache_lifetime_s->value;
        for (auto const& target : s.targets) {
            auto const prices = s.prices.book.models.find(target.name);
            if (prices == s.prices.book.models.end() || target.cache.kind != CacheRule::Kind::explicit_) continue;
            if (lifetime >= 3600 && !prices->second.rows.back().cache_write_1h) {
                section.error({"workflows", workflow.name, "context", "cache"}, fmt::format("'{}' has no price for a cache of an hour (use lifetime: 5 min)", target.name));
            }
        }
    }
}

}  // namespace

std::vector<std::vector<double>> belief_extremes(Scenario const& s) {
    std::vector<std::vector<double>> all;
    for (double p : {0.5, 0x1p-53, 1 - 0x1p-53}) {
        std::vector<double> draws;
        for (auto const& b : s.beliefs) draws.push_back(quantile(b.law, p));
        all.push_back(std::move(draws));
    }
    return all;
}

void validate(Scenario const& s, std::vector<std::pair<std::string, TargetTerms>> const& terms, Reading& reading, Node& root) {
    Section const section{root, reading.log};
    check_periods(s, section);
    check_gates(s, section);
    check_names(s, terms, section);
    check_correlations(s, section);
    check_cache_prices(s, section);
    for (auto const& check : reading.later) check(s);
}

}  // namespace runrate
