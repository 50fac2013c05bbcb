#include "scenario/cache_notes.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/overloaded.h"

namespace runrate {
namespace {

/// How calls of a role ask for caches.
struct Asked {
    std::vector<Number> lifetimes;  ///< of the contexts that ask
    bool without = false;           ///< some context does not ask
    bool prompts = false;           ///< it has prompts at all; embeddings and summaries are never cached
};

/// Collects by role what the contexts of its calls say; agents inherit `cache`.
struct Walk {
    std::vector<Asked>& roles;

    void steps(Steps const& all, std::optional<Number> const& lifetime) const {
        for (auto const& step : all) std::visit([&](auto const& what) { look(what, lifetime); }, step.what);
    }

private:
    void look(CallStep const& c, std::optional<Number> const& lifetime) const {
        auto& asked = roles[c.role.index()];
        asked.prompts = true;
        if (lifetime)
            asked.lifetimes.push_back(*lifetime);
        else
            asked.without = true;
    }
    void look(ToolStep const&, std::optional<Number> const&) const {}
    void look(RetrieveStep const&, std::optional<Number> const&) const {}
    void look(ParallelStep const& p, std::optional<Number> const& lifetime) const {
        for (auto const& branch : p.branches) steps(branch, lifetime);
    }
    void look(RepeatStep const& r, std::optional<Number> const& lifetime) const { steps(r.body, lifetime); }
    void look(AgentStep const& a, std::optional<Number> const& lifetime) const {
        steps(a.body, a.context.cache_lifetime_s ? a.context.cache_lifetime_s : lifetime);
    }
};

std::vector<Asked> asked_by_role(Scenario const& s) {
    std::vector<Asked> roles(s.roles.size());
    for (auto const& w : s.workflows) Walk{roles}.steps(w.steps, w.context.cache_lifetime_s);
    return roles;
}

std::vector<TargetId> targets_of(Route const& route) {
    return std::visit(Overloaded{[](TargetId t) { return std::vector{t}; },
                                 [](Shares const& shares) {
                                     std::vector<TargetId> all;
                                     for (auto const& [target, share] : shares.parts) all.push_back(target);
                                     return all;
                                 },
                                 [](Cascade const& c) {
                                     return std::vector{c.first, c.then};
                                 }},
                      route);
}

std::string duration(double seconds) {
    if (seconds >= 3600) return fmt::format("{:.4g} h", seconds / 3600);
    return seconds >= 60 ? fmt::format("{:.4g} min", seconds / 60) : fmt::format("{:.4g} s", seconds);
}

std::string explicit_text(Asked const& asked) {
    if (asked.lifetimes.empty()) return "off (explicit, and no workflow asks for it: context.cache)";
    std::set<std::string> lifetimes;
    for (auto const& lifetime : asked.lifetimes) {
        lifetimes.insert((lifetime.uncertain() ? "about " : "") + duration(lifetime.value));
    }
    return fmt::format("explicit, {}{}", fmt::join(lifetimes, " and "),
                       asked.without ? "; off where the context has no `cache`" : "");
}

std::string state(CacheRule const& rule, Asked const& asked) {
    auto const from = rule.minimum.count() > 0 ? fmt::format(", from {} tokens", rule.minimum.count()) : "";
    if (!asked.prompts) return "off (its requests have no cached prompt)";
    switch (rule.kind) {
        case CacheRule::Kind::none: return "off (the price book states no cache)";
        case CacheRule::Kind::automatic: return fmt::format("automatic, {}{}", duration(rule.lifetime_s), from);
        case CacheRule::Kind::explicit_: break;
    }
    return explicit_text(asked) + (asked.lifetimes.empty() ? "" : from);
}

}  // namespace

bool any_cache(Scenario const& s) {
    auto const asked = asked_by_role(s);
    bool const explicitly =
        std::any_of(asked.begin(), asked.end(), [](Asked const& a) { return !a.lifetimes.empty(); });
    return std::any_of(s.targets.begin(), s.targets.end(), [&](TargetSpec const& t) {
        return t.cache.kind == CacheRule::Kind::automatic || (explicitly && t.cache.kind == CacheRule::Kind::explicit_);
    });
}

std::vector<std::string> cache_notes(Scenario const& s) {
    std::vector<std::string> notes;
    auto const asked = asked_by_role(s);
    for (auto const& option : s.options) {
        for (std::size_t role = 0; role < s.roles.size(); ++role) {
            auto const& route = option.behaviour.routes[role];
            if (!route) continue;
            for (auto const target : targets_of(*route)) {
                auto const& spec = s.targets[target.index()];
                notes.push_back(
                    fmt::format("{} {} {}: {}", option.name, s.roles[role], spec.name, state(spec.cache, asked[role])));
            }
        }
    }
    return notes;
}

}  // namespace runrate
