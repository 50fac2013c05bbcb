#include "scenario/overflow.h"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/cache_notes.h"
#include "scenario/pools.h"
#include "scenario/sections.h"

namespace runrate {
namespace {

/// One option that overflows, while it is put together.
struct Overflowing {
    Reading& reading;
    Option& option;
    Option const& to;
    Cursor at;  ///< `overflow`

    [[nodiscard]] bool is_pool(TargetId t) const { return reading.targets.all()[t.index()].starts_with(pool_prefix); }

    /// Whom the calls of a role turn to; nothing, with an error, where no one model takes them.
    [[nodiscard]] std::optional<TargetId> taker(std::size_t role) const {
        auto const fault = [&](char const* why) {
            at.find("to")->error(fmt::format("'{}' {} role '{}' (overflow goes to one model of an API)", to.name, why,
                                             reading.roles.all()[role]));
            return std::nullopt;
        };
        auto const* target = std::get_if<TargetId>(&*to.behaviour.routes[role]);
        if (!target) return fault("divides");
        if (is_pool(*target)) return fault("has a pool for");
        return *target;
    }

    /// Who answers for whoever takes a call, and so on, as in the option that it is of. Whether one brings it back.
    [[nodiscard]] bool comes_back(TargetId taker) const {
        auto& own = option.behaviour.fallbacks;
        for (std::size_t followed = 0; followed <= longest_fallback; ++followed) {
            auto next = fallback_of(own, taker);
            if (!next && (next = fallback_of(to.behaviour.fallbacks, taker))) own.push_back({taker, *next});
            if (!next) return false;
            if (is_pool(*next)) return true;
            taker = *next;
        }
        return false;
    }

    void resolve() const {
        auto& overflow = *option.behaviour.overflow;
        overflow.to.resize(option.behaviour.routes.size());
        std::vector<TargetId> pools;
        for (auto const target : reached_targets(option.behaviour))
            if (is_pool(target)) pools.push_back(target);
        if (pools.size() != 1) return refuse_pools(pools.size());
        for (std::size_t r = 0; r < overflow.to.size(); ++r) {
            auto const targets = targets_of(*option.behaviour.routes[r]);
            if (std::none_of(targets.begin(), targets.end(), [&](TargetId t) { return is_pool(t); })) continue;
            overflow.to[r] = taker(r);
            if (overflow.to[r] && comes_back(*overflow.to[r]))
                return at.error(fmt::format("a fallback of '{}' leads back to the pool that overflows to it",
                                            reading.targets.all()[overflow.to[r]->index()]));
        }
    }

private:
    void refuse_pools(std::size_t pools) const {
        if (pools == 0 && at.node().inherited) return option.behaviour.overflow.reset();
        at.error(pools == 0
                     ? fmt::format("'{}' asks no pool (its overflow would change nothing)", option.name)
                     : fmt::format("'{}' asks {} pools (an option that overflows asks one)", option.name, pools));
    }
};

/// An autoscaler that sees too few calls in flight would never add a replica.
void check_autoscaler(Scenario const& s, std::string const& name, Cursor const& at) {
    auto const option = std::find_if(s.options.begin(), s.options.end(), [&](auto const& o) { return o.name == name; });
    if (option == s.options.end() || !option->behaviour.overflow) return;
    for (auto const target : reached_targets(option->behaviour)) {
        auto const pool = s.pool_of(target);
        if (!pool) continue;
        auto const& terms = s.pools[*pool];
        auto const& autoscale = terms.fleet.autoscale;
        if (autoscale && option->behaviour.overflow->above <= autoscale->aim())
            at.find("above")->error(
                fmt::format("pool '{}' is full with {:g} in flight per replica before it aims at more replicas "
                            "(above the autoscaler's {:g})",
                            terms.name, option->behaviour.overflow->above, autoscale->aim()));
        if (s.pool_plans[*pool].at_least == 0)
            at.error(
                fmt::format("pool '{}' begins without replicas: all calls would overflow, and none would start one "
                            "(plan.{}.at_least: 1)",
                            terms.name, terms.name));
    }
}

}  // namespace

Shape<OverflowText> overflow_shape() {
    return Table<OverflowText>("{above: 16 in flight per replica, to: api}")
        .required("above", &OverflowText::above, per_replica_shape(), "with so many requests in flight a pool is full")
        .required("to", &OverflowText::to, text("the name of another option"),
                  "option whose models then answer calls of the same roles")
        .shape();
}

void resolve_overflows(Reading& reading, std::vector<Option>& options, Cursor const& section) {
    for (auto& option : options) {
        if (!option.behaviour.overflow) continue;
        auto const at = *section.find(option.name)->find("overflow");
        std::vector<std::string> known;
        Option const* to = nullptr;
        for (auto const& other : options) {
            if (&other == &option) continue;
            known.push_back(other.name);
            if (other.name == option.overflow_to) to = &other;
        }
        if (!to && option.overflow_to == option.name)
            at.find("to")->error("an option overflows to another one");
        else if (!to)
            at.find("to")->error(fmt::format("unknown option '{}'{}", option.overflow_to,
                                             suggestion(option.overflow_to, known, "options")));
        else
            Overflowing{reading, option, *to, at}.resolve();
        reading.later.emplace_back([name = option.name, at](Scenario const& s) { check_autoscaler(s, name, at); });
    }
}

}  // namespace runrate
