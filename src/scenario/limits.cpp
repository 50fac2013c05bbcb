#include "scenario/limits.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/cache_notes.h"
#include "scenario/sections.h"

namespace runrate {
namespace {

std::string vendor_of(std::string const& target) { return target.substr(0, target.find('/')); }

/// One option while its limits are put together.
struct Resolving {
    Scenario const& scenario;
    std::vector<std::pair<std::string, TargetTerms>> const& terms;
    Option& option;
    Cursor const& at;  ///< of the option

    [[nodiscard]] std::string const& name_of(TargetId target) const { return scenario.targets[target.index()].name; }
};

/// What the scenario states for a target goes before its tier's, and is the target's own.
std::vector<TargetId> take_stated(Resolving const& r) {
    std::vector<TargetId> others;
    for (auto const target : reached_targets(r.option.behaviour)) {
        if (r.scenario.targets[target.index()].pool) continue;  // whatever '*' says of others
        auto const* terms = terms_of(r.terms, r.name_of(target));
        if (terms && terms->limits)
            r.option.limits.targets.push_back({r.name_of(target), {target}, *terms->limits, {}, {}});
        else
            others.push_back(target);
    }
    return others;
}

LimitTier const* tier_named(Resolving const& r, std::string const& vendor, std::string const& name) {
    auto const& published = r.scenario.prices.book.limits;
    auto const of_vendor = published.find(vendor);
    auto const place = r.at.find("limits")->find(vendor);
    if (of_vendor == published.end()) {
        place->error(fmt::format("no price book has limits of '{}' (state them under targets.{}/*)", vendor, vendor));
        return nullptr;
    }
    std::vector<std::string> names;
    for (auto const& tier : of_vendor->second) {
        if (tier.name == name) return &tier;
        names.push_back(tier.name);
    }
    place->error(fmt::format("'{}' publishes no '{}'{}", vendor, name, suggestion(name, names, "published")));
    return nullptr;
}

/// Takes from a tier what the option's targets share.
void take_tier(Resolving const& r, LimitTier const& tier, std::string const& vendor,
               std::vector<TargetId> const& targets) {
    std::vector<TargetId> unlimited = targets;
    for (auto const& shared : tier.limits) {
        std::vector<TargetId> sharing;
        for (auto const target : targets) {
            if (std::find(shared.models.begin(), shared.models.end(), r.name_of(target)) == shared.models.end())
                continue;
            sharing.push_back(target);
            std::erase(unlimited, target);
        }
        if (sharing.empty()) continue;
        auto name = r.name_of(sharing.front());
        if (sharing.size() > 1) name += fmt::format(" and {} more", sharing.size() - 1);
        r.option.limits.targets.push_back({name, sharing, shared.per_minute, tier.source, tier.as_of});
    }
    for (auto const target : unlimited) r.option.limits.unlimited.push_back(r.name_of(target));
    if (tier.spend)
        r.option.limits.spend.push_back(
            {vendor, tier.name, to_dollars(exchanged(*tier.spend, r.scenario.money.rate()))});
}

/// One vendor's tier, as far as the option asks its models.
void take_vendor(Resolving const& r, std::vector<TargetId> const& others, std::string const& vendor,
                 std::string const& name) {
    auto const is_its = [&](std::string const& target) { return vendor_of(target) == vendor; };
    std::vector<TargetId> targets;
    for (auto const target : others) {
        if (is_its(r.name_of(target))) targets.push_back(target);
    }
    auto const& stated = r.option.limits.targets;
    bool const asked =
        !targets.empty() || std::any_of(stated.begin(), stated.end(), [&](auto const& l) { return is_its(l.name); });
    auto const place = *r.at.find("limits")->find(vendor);
    if (!asked && !place.node().inherited)
        place.error(fmt::format("this option asks no model of '{}' (its limits would change nothing)", vendor));
    if (!asked) return;
    if (auto const* tier = tier_named(r, vendor, name)) take_tier(r, *tier, vendor, targets);
}

}  // namespace

std::vector<TargetId> reached_targets(OptionBehaviour const& option) {
    std::vector<TargetId> targets;
    for (auto const& route : option.routes) {
        if (!route) continue;
        for (auto target : targets_of(*route)) targets.push_back(target);
    }
    for (auto const& taker : option.overflow ? option.overflow->to : std::vector<std::optional<TargetId>>{})
        if (taker) targets.push_back(*taker);
    for (std::size_t i = 0; i < targets.size(); ++i) {
        if (auto const next = fallback_of(option.fallbacks, targets[i])) targets.push_back(*next);
    }
    std::sort(targets.begin(), targets.end());
    targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
    return targets;
}

void resolve_limits(Scenario& scenario, std::vector<std::pair<std::string, TargetTerms>> const& terms,
                    Cursor const& options) {
    for (auto& option : scenario.options) {
        auto const at = *options.find(option.name);
        Resolving const r{scenario, terms, option, at};
        auto const others = take_stated(r);
        for (auto const& tier : option.tiers) take_vendor(r, others, tier.first, tier.second);
    }
}

}  // namespace runrate
