#include <algorithm>

#include <fmt/format.h>

#include "scenario/cache_notes.h"
#include "scenario/sections.h"

namespace runrate {
namespace {

/// Follows the chain from a model; reports one that does not end, once for all models of a cycle.
void check_chain(Reading& reading, std::vector<Fallback> const& all, TargetId from, std::vector<TargetId>& cyclic,
                 Cursor const& at) {
    std::vector<TargetId> chain{from};
    std::vector<std::string> names{reading.targets.all()[from.index()]};
    auto const in = [](std::vector<TargetId> const& targets, TargetId t) {
        return std::find(targets.begin(), targets.end(), t) != targets.end();
    };
    for (auto next = fallback_of(all, from); next; next = fallback_of(all, *next)) {
        if (in(cyclic, *next)) return;
        names.push_back(reading.targets.all()[next->index()]);
        if (in(chain, *next)) {
            cyclic.insert(cyclic.end(), chain.begin(), chain.end());
            return at.error(fmt::format("a fallback comes back to '{}' ({})", names.back(), fmt::join(names, " -> ")));
        }
        chain.push_back(*next);
    }
    if (chain.size() > longest_fallback + 1)
        at.error(fmt::format("more than {} fallbacks follow each other", longest_fallback));
}

std::vector<std::string> names_of(Reading& reading, std::vector<TargetId> const& targets) {
    std::vector<std::string> names;
    for (auto const target : targets) {
        auto const& name = reading.targets.all()[target.index()];
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
}

}  // namespace

std::vector<Fallback> fallbacks_of(Reading& reading, ModelByName const& stated,
                                   std::vector<std::optional<Route>> const& routes, Cursor const& option) {
    std::vector<TargetId> asked;
    for (auto const& route : routes) {
        if (!route) continue;
        for (auto const target : targets_of(*route)) asked.push_back(target);
    }
    for (auto const& fallback : stated) asked.push_back(fallback.second);
    auto const map = *option.find("fallback");
    std::vector<Fallback> all;
    for (auto const& [name, to] : stated) {
        auto const of = reading.targets.find(name);
        if (of && std::find(asked.begin(), asked.end(), *of) != asked.end()) {
            all.push_back({*of, to});
            continue;
        }
        auto const at = *map.find(name);
        if (!at.node().inherited)
            at.error(fmt::format("no role of this option asks '{}'{}", name,
                                 suggestion(name, names_of(reading, asked), "asked")));
    }
    std::erase_if(map.node().entries, [&](Node::Entry const& e) {
        auto const of = reading.targets.find(e.key);
        return e.value.inherited && !(of && fallback_of(all, *of));
    });
    std::vector<TargetId> cyclic;
    for (auto const& fallback : all)
        check_chain(reading, all, fallback.of, cyclic, *map.find(reading.targets.all()[fallback.of.index()]));
    return all;
}

}  // namespace runrate
