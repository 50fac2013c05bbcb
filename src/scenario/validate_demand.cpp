#include <algorithm>

#include <fmt/format.h>

#include "scenario/validate.h"

namespace runrate {
namespace {

/// The place of a key path, or as far as it goes.
Cursor place(Cursor at, std::initializer_list<std::string> path) {
    for (auto const& key : path) {
        if (auto const child = at.find(key)) at = *child;
    }
    return at;
}

void check_caps(Scenario const& s, Cursor const& root) {
    std::vector<std::string> names;
    for (auto const& option : s.options) names.push_back(option.name);
    for (auto const& feature : s.features) {
        if (!feature.cap || feature.cap->degrade_to.empty()) continue;
        auto const& to = feature.cap->degrade_to;
        if (std::find(names.begin(), names.end(), to) == names.end())
            place(root, {"features", feature.name, "cap", "then"})
                .error(fmt::format("unknown option '{}'{}", to, suggestion(to, names, "known")));
    }
}

/// Someone must be compared, and who is not must serve some purpose.
void check_compared(Scenario const& s, Cursor const& root) {
    bool const any = std::any_of(s.options.begin(), s.options.end(), [](Option const& o) { return !o.only_fallback; });
    if (!any) root.find("options")->error("every option is only a fallback (leave 'role' out of one that is compared)");
    for (auto const& option : s.options) {
        bool const used = std::any_of(s.features.begin(), s.features.end(),
                                      [&](Feature const& f) { return f.cap && f.cap->degrade_to == option.name; }) ||
                          std::any_of(s.options.begin(), s.options.end(),
                                      [&](Option const& o) { return o.overflow_to == option.name; });
        if (option.only_fallback && !used)
            place(root, {"options", option.name, "role"})
                .error("no cap degrades to this option, and none overflows to it (it changes nothing)");
    }
}

/// Whether an option, or one that a cap degrades it to, asks a model.
bool asks(Scenario const& s, std::string const& option, std::string const& model) {
    return std::any_of(s.options.begin(), s.options.end(), [&](Option const& o) {
        bool const degraded = std::any_of(s.features.begin(), s.features.end(),
                                          [&](Feature const& f) { return f.cap && f.cap->degrade_to == o.name; });
        if (o.name != option && !degraded) return false;
        auto const reached = reached_targets(o.behaviour);
        return std::any_of(reached.begin(), reached.end(),
                           [&](TargetId t) { return s.targets[t.index()].name == model; });
    });
}

void check_provisioned(Scenario const& s, Cursor const& root) {
    std::vector<std::string> asked;
    for (auto const& target : s.targets) asked.push_back(target.name);
    for (auto const& plan : s.plans) {
        std::vector<std::string> seen;
        auto const at = place(root, {"plan", plan.option.empty() ? plan.vendor : plan.option, "provisioned"});
        for (auto const& spec : plan.provisioned) {
            if (std::find(asked.begin(), asked.end(), spec.model) == asked.end()) {
                at.error(fmt::format("no option asks '{}'{}", spec.model, suggestion(spec.model, asked, "asked")));
                continue;
            }
            if (std::find(seen.begin(), seen.end(), spec.model) != seen.end())
                at.error(fmt::format("'{}' is provisioned twice (state all its units at once)", spec.model));
            seen.push_back(spec.model);
            bool const outside = (spec.from && *spec.from >= s.calendar.month(s.calendar.months)) ||
                                 (spec.until && *spec.until < s.calendar.start);
            if (outside) at.error(fmt::format("'{}' is provisioned outside of the horizon only", spec.model));
            bool const served = plan.option.empty() || asks(s, plan.option, spec.model);
            if (!served) at.error(fmt::format("'{}' does not ask '{}'", plan.option, spec.model));
        }
    }
}

/// What only those who are compared have would change nothing.
void check_fallback_options(Scenario const& s, Cursor const& root) {
    for (auto const& option : s.options) {
        if (!option.only_fallback) continue;
        bool const staffed = option.staff_fte.uncertain() || option.staff_fte.value > 0;
        bool const planned =
            std::any_of(s.plans.begin(), s.plans.end(), [&](auto const& p) { return p.option == option.name; });
        auto const refuse = [&](bool stated, std::initializer_list<std::string> path, char const* what) {
            if (stated)
                place(root, path)
                    .error(fmt::format("'{}' is only a fallback: its {} would change nothing", option.name, what));
        };
        refuse(staffed, {"options", option.name, "staff"}, "staff");
        refuse(!option.one_off.empty(), {"options", option.name, "one_off"}, "one-off costs");
        refuse(!option.tiers.empty(), {"options", option.name, "limits"}, "limits");
        refuse(planned, {"plan", option.name}, "plan");
    }
    for (auto const& feature : s.features) {
        for (auto const& option : s.options) {
            if (!feature.cap || feature.cap->degrade_to != option.name || option.only_fallback) continue;
            place(root, {"features", feature.name, "cap", "then"})
                .warning(
                    fmt::format("under '{}' itself the cap changes nothing (its sessions run as before)", option.name));
        }
    }
}

/// An option's agreement with a vendor whose models it does not ask would change nothing, or bill a shortfall.
void check_vendors(Scenario const& s, Cursor const& root) {
    for (auto const& plan : s.plans) {
        for (auto const& option : s.options) {
            if (plan.option != option.name) continue;
            auto const reached = reached_targets(option.behaviour);
            bool const asked = std::any_of(reached.begin(), reached.end(), [&](TargetId t) {
                return s.targets[t.index()].name.starts_with(plan.vendor + "/");
            });
            if (!asked)
                place(root, {"plan", plan.option})
                    .error(fmt::format("'{}' asks no model of '{}' (its agreement would change nothing)", plan.option,
                                       plan.vendor));
        }
    }
}

/// A book with prices of cache reads but no terms of the cache: imported ones are such.
void warn_of_cache_terms(Scenario const& s, Cursor const& root) {
    for (auto const& target : s.targets) {
        auto const prices = s.prices.book.models.find(target.name);
        if (prices == s.prices.book.models.end() || prices->second.cache.kind != CacheTerms::Kind::none) continue;
        auto const& rows = prices->second.rows;
        bool const reads = std::any_of(rows.begin(), rows.end(),
                                       [](PriceRow const& row) { return row.standard.base.cache_read.has_value(); });
        if (reads)
            root.find("options")->warning(
                fmt::format("'{}' has a price of cache reads, but its book says nothing of its cache (taken as none; "
                            "add 'cache' to the book)",
                            target.name));
    }
}

}  // namespace

void validate_demand(Scenario const& s, Cursor const& root) {
    check_caps(s, root);
    check_compared(s, root);
    check_provisioned(s, root);
    check_vendors(s, root);
    check_fallback_options(s, root);
    warn_of_cache_terms(s, root);
}

}  // namespace runrate
