#include "scenario/fee_check.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "scenario/cache_notes.h"
#include "workload/walk.h"

namespace runrate {
namespace {

/// Roles that are asked without tokens.
struct Used {
    std::set<RoleId> tools, queries, rerankers;
};

Used used_roles(Scenario const& s) {
    Used used;
    auto const add = [](std::optional<RoleId> const& role, std::set<RoleId>& to) {
        if (role) to.insert(*role);
    };
    for (auto const& workflow : s.workflows) {
        for_each_step(workflow.steps, Overloaded{[&](ToolStep const& t) { add(t.ask, used.tools); },
                                                 [&](RetrieveStep const& r) {
                                                     add(r.query, used.queries);
                                                     add(r.rerank, used.rerankers);
                                                 },
                                                 [](auto const&) {}});
    }
    return used;
}

template <class HasFee>
bool any_row(ModelPrices const& prices, HasFee const& has_fee) {
    return std::any_of(prices.rows.begin(), prices.rows.end(), has_fee);
}

bool by_request(PriceRow const& row) { return row.per_request.has_value(); }
bool by_use(PriceRow const& row) { return row.per_request || row.per_search; }

}  // namespace

void check_fees(Scenario const& s, Reading& reading) {
    auto const used = used_roles(s);
    std::set<std::pair<RoleId, TargetId>> seen;
    for (auto const& option : s.options) {
        for (std::size_t r = 0; r < s.roles.size(); ++r) {
            RoleId const role{r};
            bool const tool = used.tools.contains(role);
            bool const request = tool || used.queries.contains(role);
            if (!option.behaviour.routes[r] || (!request && !used.rerankers.contains(role))) continue;
            for (auto const target : targets_of(*option.behaviour.routes[r])) {
                auto const& name = s.targets[target.index()].name;
                bool const pool = s.targets[target.index()].pool;
                bool const has = !pool && any_row(s.prices.book.models.at(name), request ? by_request : by_use);
                if (has || !seen.emplace(role, target).second) continue;
                auto const& [at, path] = reading.target_places.at(name);
                reading.log.error(at,
                                  fmt::format("'{}' has no fee per {} ('{}' is asked by a {}: serve it by a model "
                                              "whose price has '{}')",
                                              name, request ? "request" : "search", s.roles[r],
                                              tool      ? "tool"
                                              : request ? "query"
                                                        : "rerank",
                                              request ? "request" : "search"),
                                  path);
            }
        }
    }
}

}  // namespace runrate
