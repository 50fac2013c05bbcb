#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "scenario/overflow.h"
#include "scenario/sections.h"

namespace runrate {
namespace {

/// A model of a price book, `vendor/model`, or replicas of one's own, `pool NAME`.
void check_target(Reading& reading, std::string const& name, std::function<void(std::string)> const& error) {
    if (name.starts_with(pool_prefix)) {
        auto const pool = name.substr(pool_prefix.size());
        if (std::find(reading.pools.begin(), reading.pools.end(), pool) == reading.pools.end())
            error(fmt::format("unknown pool '{}'{}", pool, suggestion(pool, reading.pools, "pools of the scenario")));
    } else if (name.find('/') == std::string::npos) {
        error(fmt::format("'{}' is no model (write vendor/model, or pool NAME)", name));
    }
}

/// Such a name, interned.
Shape<TargetId> target_shape(Reading& reading) {
    return converted<TargetId, std::string>(
        text("a model such as openai/gpt-5-mini"), [&reading](std::string const& name, Cursor const& at) {
            check_target(reading, name, [&](std::string message) { at.error(std::move(message)); });
            reading.target_places.emplace(name, Place{at.node().at, at.path()});
            return reading.targets.intern(name);
        });
}

/// The role of an entry of a map by role, `serve.answerer`; reports one that no workflow has, at its key.
std::optional<RoleId> known_role(Reading& reading, Cursor const& option, std::string const& section,
                                 std::string const& name) {
    if (auto const id = reading.roles.find(name)) return id;
    auto const map = option.find(section);
    for (auto& entry : map->node().entries) {
        if (entry.key != name || !reading.roles_known) continue;
        auto const hint = suggestion(name, reading.roles.all(), "roles of the workflows");
        reading.log.error(entry.key_at, fmt::format("undeclared role '{}'{}", name, hint), map->at(entry).path());
    }
    return std::nullopt;
}

using Serve = ModelByName;

Shape<Shares> shares_shape(Reading& reading) {
    auto const read = [&reading](Cursor const& at) {
        Shares shares;
        if (!at.expect(Node::Kind::map, "{vendor/a: 70%, vendor/b: 30%}")) return shares;
        for (auto& entry : at.node().entries) {
            if (entry.key == "sticky") {
                shares.sticky = one_word_of<bool>({{"session", true}, {"call", false}}).read(at.at(entry));
                continue;
            }
            check_target(reading, entry.key,
                         [&](std::string message) { at.log().error(entry.key_at, std::move(message), at.path()); });
            reading.target_places.emplace(entry.key, Place{entry.key_at, at.at(entry).path()});
            shares.parts.emplace_back(reading.targets.intern(entry.key),
                                      number(reading, dimension::share).read(at.at(entry)));
        }
        double sum = 0;
        bool known = true;
        for (auto const& [target, share] : shares.parts) {
            sum += share.value;
            known = known && !share.uncertain();
        }
        if (shares.parts.size() < 2)
            at.error("shares need at least two models");
        else if (known && std::abs(sum - 1) > 1e-9)
            at.error(fmt::format("the shares add up to {:g}% (must be 100%)", 100 * sum));
        return shares;
    };
    auto const schema = [](SchemaBuilder&) {
        return Json{{"type", "object"},
                    {"properties", {{"sticky", {{"enum", {"session", "call"}}}}}},
                    {"additionalProperties", {{"type", Json::array({"string", "object"})}}}};
    };
    return {"{vendor/a: 70%, vendor/b: 30%}", read, schema};
}

Shape<Cascade> cascade_shape(Reading& reading) {
    return Table<Cascade>("{first, keep, then}")
        .required("first", &Cascade::first, target_shape(reading), "who is asked first")
        .required("keep", &Cascade::keep, number(reading, dimension::share), "share of its answers that are kept")
        .required("then", &Cascade::then, target_shape(reading), "who is asked for the others")
        .shape();
}

Shape<RoleAdjustment> adjustment_shape(Reading& reading) {
    return Table<RoleAdjustment>("{output, steps, tokenizer}")
        .defaulted("output", &RoleAdjustment::output, number(reading, dimension::positive_factor), "1x",
                   "factor on what it writes")
        .defaulted("steps", &RoleAdjustment::steps, number(reading, dimension::positive_factor), "1x",
                   "factor on how often its loops run")
        .defaulted("tokenizer", &RoleAdjustment::tokenizer, number(reading, dimension::positive_factor), "1x",
                   "factor on all its tokens")
        .shape();
}

struct OneOffText {
    std::vector<OneOff> items;
    int spread_months = 36;
};

Shape<OneOffText> one_off_shape(Reading& reading) {
    auto const read = [&reading](Cursor const& at) {
        OneOffText result;
        if (!at.expect(Node::Kind::map, "{set-up: $40k, spread: 36 months}")) return result;
        for (auto& entry : at.node().entries) {
            if (entry.key == "spread")
                result.spread_months = static_cast<int>(known_number(dimension::spread_months).read(at.at(entry)));
            else
                result.items.push_back({entry.key, number(reading, dimension::money, Reach::price).read(at.at(entry))});
        }
        return result;
    };
    auto const schema = [](SchemaBuilder&) {
        return Json{{"type", "object"}, {"additionalProperties", {{"type", Json::array({"string", "object"})}}}};
    };
    return {"costs paid once and their `spread`", read, schema};
}

struct OptionText {
    Serve serve;
    std::vector<std::pair<std::string, Shares>> shares;
    std::vector<std::pair<std::string, Cascade>> cascade;
    Serve fallback;
    std::optional<OverflowText> overflow;
    std::vector<std::pair<std::string, std::string>> limits;
    bool only_fallback = false;
    std::vector<std::pair<std::string, RoleAdjustment>> adjust;
    std::optional<Number> success;
    Number staff{0};
    OneOffText one_off;
    std::optional<std::string> like;
};

Shape<OptionText> option_text(Reading& reading) {
    return Table<OptionText>("one way to serve all roles")
        .optional("like", &OptionText::like, text("the name of another option"), "option that this one is laid over")
        .required("serve", &OptionText::serve, map_of(target_shape(reading), 1),
                  "model by role; `default` for the others")
        .defaulted("shares", &OptionText::shares, map_of(shares_shape(reading)), "{}",
                   "roles divided among models by chance")
        .defaulted("cascade", &OptionText::cascade, map_of(cascade_shape(reading)), "{}",
                   "roles whose first answer is kept or asked again elsewhere")
        .defaulted("fallback", &OptionText::fallback, map_of(target_shape(reading)), "{}",
                   "who is asked what a model has refused or failed in all attempts, by model")
        .optional("overflow", &OptionText::overflow, overflow_shape(), "where calls go that find the pool full")
        .defaulted("limits", &OptionText::limits, map_of(text("a tier such as tier 4")), "{}",
                   "tier of each vendor's published limits")
        .defaulted("role", &OptionText::only_fallback, one_word_of<bool>({{"compared", false}, {"fallback", true}}),
                   "compared", "whether it is compared, or only degraded to")
        .defaulted("adjust", &OptionText::adjust, map_of(adjustment_shape(reading)), "{}",
                   "how models differ from the workflow as written, by role")
        .optional("success", &OptionText::success, number(reading, dimension::share),
                  "share of sessions that succeed; equal quality is assumed without it")
        .defaulted("staff", &OptionText::staff, number(reading, dimension::fte, Reach::price), "0 FTE",
                   "people who run it")
        .defaulted("one_off", &OptionText::one_off, one_off_shape(reading), "{}",
                   "costs paid once, and the months they are spread over")
        .shape();
}

/// The routes by role: shares and cascades go before `serve`, a named role before `default`.
std::vector<std::optional<Route>> routes_of(Reading& reading, OptionText const& t, Cursor const& at) {
    std::vector<std::optional<Route>> routes(reading.roles.all().size());
    for (auto const& [name, target] : t.serve) {
        if (name == "default") routes.assign(routes.size(), Route{target});
    }
    for (auto const& [name, target] : t.serve) {
        if (name == "default") continue;
        if (auto const role = known_role(reading, at, "serve", name)) routes[role->index()] = target;
    }
    for (auto const& [name, shares] : t.shares) {
        if (auto const role = known_role(reading, at, "shares", name)) routes[role->index()] = shares;
    }
    for (auto const& [name, cascade] : t.cascade) {
        auto const role = known_role(reading, at, "cascade", name);
        if (!role) continue;
        auto& route = routes[role->index()];
        if (route && std::holds_alternative<Shares>(*route)) {
            at.find("cascade")->error(fmt::format("role '{}' has 'shares' too (a role has either)", name));
        }
        route = cascade;
    }
    for (std::size_t r = 0; r < routes.size(); ++r) {
        if (!routes[r])
            at.find("serve")->error(
                fmt::format("role '{}' has no target (name it, or 'default', under 'serve')", reading.roles.all()[r]));
    }
    return routes;
}

Option option_of(Reading& reading, std::string const& name, OptionText const& t, Cursor const& at) {
    Option option;
    option.name = name;
    option.behaviour.routes = routes_of(reading, t, at);
    option.behaviour.fallbacks = fallbacks_of(reading, t.fallback, option.behaviour.routes, at);
    if (t.overflow) {
        option.behaviour.overflow = Overflow{t.overflow->above};
        option.overflow_to = t.overflow->to;
    }
    option.behaviour.adjustments.resize(reading.roles.all().size());
    for (auto const& [role_name, adjustment] : t.adjust) {
        if (auto const role = known_role(reading, at, "adjust", role_name))
            option.behaviour.adjustments[role->index()] = adjustment;
    }
    option.tiers = t.limits;
    option.only_fallback = t.only_fallback;
    option.success = t.success;
    option.staff_fte = t.staff;
    option.one_off = t.one_off.items;
    option.spread_months = t.one_off.spread_months;
    option.text = emit_yaml(at.node());
    return option;
}

}  // namespace

Shape<std::vector<Option>> options_shape(Reading& reading) {
    auto const read = [&reading](Cursor const& at) {
        std::vector<Option> options;
        if (!at.expect(Node::Kind::map, "options by name")) return options;
        auto const shape = option_text(reading);
        for (auto& entry : at.node().entries) {
            Cursor const place = at.at(entry);
            auto const before = at.log().entries().size();
            if (!shape_detail::expect_name(at, entry)) continue;
            auto const option = shape.read(place);
            if (no_errors_since(at.log(), before)) options.push_back(option_of(reading, entry.key, option, place));
        }
        if (at.node().entries.empty()) at.error("at least one option is needed");
        resolve_overflows(reading, options, at);
        return options;
    };
    auto const schema = [&reading](SchemaBuilder& b) {
        Json option = option_text(reading).schema(b);
        option.erase("required");  // an option that is like another has what the other serves
        option["anyOf"] = Json::array({Json{{"required", {"serve"}}}, Json{{"required", {"like"}}}});
        return Json{{"type", "object"}, {"minProperties", 1}, {"additionalProperties", option}};
    };
    return {"options by name", read, schema};
}

}  // namespace runrate
