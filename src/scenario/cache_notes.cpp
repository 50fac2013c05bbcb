#include "scenario/cache_notes.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/overloaded.h"

namespace runrate {
namespace {

/// A context that asks for a cache; the agent is empty for the workflow's own.
struct Request {
    std::string workflow, agent;
    double lifetime_s = 0;
};

/// How calls of a role ask for caches.
struct Asked {
    std::vector<Request> requests;
    bool without = false;  ///< some context does not ask
    bool prompts = false;  ///< it has prompts at all; embeddings and summaries are never cached
};

/// Collects by role what the contexts of its calls say; agents inherit `cache`.
struct Walk {
    std::vector<Asked>& roles;
    std::string const& workflow;
    using Asks = std::optional<Request>;

    void steps(Steps const& all, Asks const& asks) const {
        for (auto const& step : all) std::visit([&](auto const& what) { look(what, asks); }, step.what);
    }

    [[nodiscard]] Asks asks(ContextSpec const& context, std::string const& agent) const {
        if (!context.cache_lifetime_s) return std::nullopt;
        return Request{workflow, agent, *context.cache_lifetime_s};
    }

private:
    void look(CallStep const& c, Asks const& asks) const {
        auto& asked = roles[c.role.index()];
        asked.prompts = true;
        if (asks)
            asked.requests.push_back(*asks);
        else
            asked.without = true;
    }
    void look(ToolStep const&, Asks const&) const {}
    void look(RetrieveStep const&, Asks const&) const {}
    void look(ParallelStep const& p, Asks const& outer) const {
        for (auto const& branch : p.branches) steps(branch, outer);
    }
    void look(RepeatStep const& r, Asks const& outer) const { steps(r.body, outer); }
    void look(AgentStep const& a, Asks const& outer) const {
        auto const own = asks(a.context, a.name);
        steps(a.body, own ? own : outer);
    }
};

std::vector<Asked> asked_by_role(Scenario const& s) {
    std::vector<Asked> roles(s.roles.size());
    for (auto const& w : s.workflows) {
        Walk const walk{roles, w.name};
        walk.steps(w.steps, walk.asks(w.context, ""));
    }
    return roles;
}

std::string duration(double seconds) {
    if (seconds >= 3600) return fmt::format("{:.4g} h", seconds / 3600);
    return seconds >= 60 ? fmt::format("{:.4g} min", seconds / 60) : fmt::format("{:.4g} s", seconds);
}

std::string explicit_text(Asked const& asked) {
    if (asked.requests.empty()) return "off (explicit, and no workflow asks for it: context.cache)";
    std::set<std::string> lifetimes;
    for (auto const& request : asked.requests) lifetimes.insert(duration(request.lifetime_s));
    return fmt::format("explicit, {}{}", fmt::join(lifetimes, " and "),
                       asked.without ? "; off where the context has no `cache`" : "");
}

/// Of a vendor that sells storage: what contexts ask for, and what holds for others.
std::string stored_text(CacheRule const& rule, Asked const& asked) {
    std::set<std::string> lifetimes;
    for (auto const& request : asked.requests) lifetimes.insert(duration(request.lifetime_s));
    auto const* other = rule.kind == CacheRule::Kind::automatic ? "automatic" : "off";
    return fmt::format("on request with storage, {}{}", fmt::join(lifetimes, " and "),
                       asked.without ? fmt::format("; {} where the context has no `cache`", other) : "");
}

std::string state(CacheRule const& rule, Asked const& asked) {
    auto const from = rule.minimum.count() > 0 ? fmt::format(", from {} tokens", rule.minimum.count()) : "";
    if (!asked.prompts) return "off (its requests have no cached prompt)";
    if (rule.sells_storage && !asked.requests.empty()) return stored_text(rule, asked) + from;
    switch (rule.kind) {
        case CacheRule::Kind::none: return "off (the price book states no cache)";
        case CacheRule::Kind::automatic: return fmt::format("automatic, {}{}", duration(rule.lifetime_s), from);
        case CacheRule::Kind::explicit_: break;
    }
    return explicit_text(asked) + (asked.requests.empty() ? "" : from);
}

/// Visits every option, role and target that answers it.
template <class Visit>
void for_each_route(Scenario const& s, Visit const& visit) {
    for (auto const& option : s.options) {
        for (std::size_t role = 0; role < s.roles.size(); ++role) {
            auto const& route = option.behaviour.routes[role];
            if (!route) continue;
            for (auto const target : targets_of(*route)) visit(option, role, target);
        }
    }
}

/// Whether an explicit vendor sells caches of a lifetime. Others are asked for nothing.
bool sells(Scenario const& s, TargetId target, double lifetime_s) {
    auto const& spec = s.targets[target.index()];
    auto const prices = s.prices.book.models.find(spec.name);
    if (prices == s.prices.book.models.end() || spec.cache.kind != CacheRule::Kind::explicit_) return true;
    if (spec.cache.sells_storage) return true;
    return lifetime_s == spec.cache.lifetime_s ||
           (lifetime_s == 3600 && prices->second.rows.back().standard.base.cache_write_1h);
}

}  // namespace

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

bool any_cache(Scenario const& s) {
    auto const asked = asked_by_role(s);
    bool const explicitly = std::any_of(asked.begin(), asked.end(), [](Asked const& a) { return !a.requests.empty(); });
    return std::any_of(s.targets.begin(), s.targets.end(), [&](TargetSpec const& t) {
        bool const on_request = t.cache.kind == CacheRule::Kind::explicit_ || t.cache.sells_storage;
        return t.cache.kind == CacheRule::Kind::automatic || (explicitly && on_request);
    });
}

std::vector<std::string> cache_notes(Scenario const& s) {
    std::vector<std::string> notes;
    auto const asked = asked_by_role(s);
    for_each_route(s, [&](Option const& option, std::size_t role, TargetId target) {
        auto const& spec = s.targets[target.index()];
        notes.push_back(
            fmt::format("{} {} {}: {}", option.name, s.roles[role], spec.name, state(spec.cache, asked[role])));
    });
    return notes;
}

std::vector<UnsoldLifetime> unsold_lifetimes(Scenario const& s) {
    std::set<UnsoldLifetime> unsold;
    auto const asked = asked_by_role(s);
    for_each_route(s, [&](Option const&, std::size_t role, TargetId target) {
        for (auto const& request : asked[role].requests) {
            if (!sells(s, target, request.lifetime_s)) unsold.insert({request.workflow, request.agent, target});
        }
    });
    return {unsold.begin(), unsold.end()};
}

}  // namespace runrate
