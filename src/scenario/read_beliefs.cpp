#include <fmt/format.h>

#include "scenario/sections.h"

namespace runrate {
namespace {

struct Stated {
    BeliefTable::Stated what;
    Unit unit;
};

/// Both ends in the scenario's currency.
std::optional<Stated> stated(Reading const& reading, Range const& range, Cursor const& at) {
    auto const low = in_currency(range.low, at.node().text, reading.exchange);
    auto const high = in_currency(range.high, at.node().text, reading.exchange);
    if (auto const* fault = std::get_if<std::string>(&low)) return at.error(*fault), std::nullopt;
    return Stated{Range{std::get<Value>(low), std::get<Value>(high)}, range.low.unit};
}

std::optional<Stated> read_text(Reading const& reading, Cursor const& at) {
    auto const& written = at.node().text;
    if (!looks_like_range(written)) {
        auto const value = parse_value(written);
        if (auto const* fault = std::get_if<std::string>(&value)) return at.error(*fault), std::nullopt;
        auto const& v = std::get<Value>(value);
        return stated(reading, {v, v}, at);
    }
    auto const range = parse_range(written);
    if (auto const* fault = std::get_if<std::string>(&range)) return at.error(*fault), std::nullopt;
    return stated(reading, std::get<Range>(range), at);
}

std::vector<std::string> const terms{"range", "share", "source"};

std::optional<Stated> read_law(Reading const& reading, Cursor const& at) {
    auto found = read_known_law(reading, at, terms);
    if (!found) return std::nullopt;
    return Stated{std::move(found->law), found->unit};
}

std::optional<Stated> read_range(Reading const& reading, Cursor const& at, Node& range) {
    at.allow_only(terms);
    Cursor const place{range, at.path() + ".range", at.log()};
    return place.expect(Node::Kind::scalar, "a range such as 300 to 600") ? read_text(reading, place) : std::nullopt;
}

/// `{range: 60% to 90%, share: yes, source: "..."}`, or a law with the same keys beside it.
void declare_with_terms(Reading& reading, std::string const& name, Cursor const& at) {
    auto& node = at.node();
    auto* range = node.find("range");
    auto* share = node.find("share");
    auto* source = node.find("source");
    bool const is_share = share && yes_or_no().read(Cursor{*share, at.path() + ".share", at.log()});
    std::optional<std::string> from;
    if (source) from = text().read(Cursor{*source, at.path() + ".source", at.log()});
    bool const has_law = node.entries.size() > std::size_t{share != nullptr} + std::size_t{source != nullptr};
    if (!has_law) at.error("a belief needs 'range' or a law such as {normal: {mean: ..., sd: ...}}");
    auto const what = range ? read_range(reading, at, *range) : has_law ? read_law(reading, at) : std::nullopt;
    if (!what) return reading.beliefs.declare_broken(name);
    reading.beliefs.declare(name, what->what, what->unit, at, is_share, from);
}

void declare(Reading& reading, std::string const& name, Cursor const& at) {
    if (at.node().kind == Node::Kind::map) return declare_with_terms(reading, name, at);
    bool const scalar = at.expect(Node::Kind::scalar, "a range such as 300 to 600, or a law");
    auto const what = scalar ? read_text(reading, at) : std::nullopt;
    if (!what) return reading.beliefs.declare_broken(name);
    reading.beliefs.declare(name, what->what, what->unit, at, false, {});
}

std::optional<BeliefId> named(Reading& reading, Cursor const& at) {
    if (!at.expect(Node::Kind::scalar, "the name of a belief")) return std::nullopt;
    auto const id = reading.beliefs.find(at.node().text);
    if (!id && !reading.beliefs.broken(at.node().text))
        at.error(fmt::format("unknown belief '{}'{}", at.node().text,
                             suggestion(at.node().text, reading.beliefs.names(), "known")));
    return id;
}

std::vector<Correlation> read_correlations(Reading& reading, Cursor const& at) {
    std::vector<Correlation> result;
    if (!at.expect(Node::Kind::list, "a list of [belief, belief, correlation]")) return result;
    for (std::size_t i = 0; i < at.node().items.size(); ++i) {
        Cursor const row = at.at(i);
        if (!row.expect(Node::Kind::list, "[belief, belief, correlation]")) continue;
        if (row.node().items.size() != 3) {
            row.error("expected [belief, belief, correlation]");
            continue;
        }
        auto const a = named(reading, row.at(std::size_t{0}));
        auto const b = named(reading, row.at(std::size_t{1}));
        double const value = known_number(dimension::plain).read(row.at(std::size_t{2}));
        if (!(value > -1 && value < 1))
            row.at(std::size_t{2}).error("a correlation must lie strictly between -1 and 1");
        if (a && b && a == b) row.error("a belief is not correlated with itself (name two beliefs)");
        if (a && b && a != b) result.push_back({*a, *b, value});
    }
    return result;
}

/// A range, a law, or either with its terms.
Json belief_schema(SchemaBuilder& builder) {
    Json const value{{"type", Json::array({"string", "number"})}};
    Json belief = known_law_definition(builder);
    belief["description"] = "a range (5th to 95th percentile) or a law; named as =belief elsewhere";
    belief["properties"]["range"] = value;
    belief["properties"]["share"] = Json{{"type", "boolean"}};
    belief["properties"]["source"] = Json{{"type", "string"}};
    return belief;
}

Json beliefs_schema(SchemaBuilder& builder) {
    Json const name{{"type", "string"}};
    Json const correlation{{"type", Json::array({"string", "number"})}};
    Json const pair{
        {"type", "array"}, {"items", Json::array({name, name, correlation})}, {"minItems", 3}, {"maxItems", 3}};
    return Json{{"type", "object"},
                {"properties", {{"correlation", {{"type", "array"}, {"items", pair}}}}},
                {"additionalProperties", builder.reference("belief", belief_schema)}};
}

}  // namespace

Shape<std::vector<Correlation>> beliefs_shape(Reading& reading) {
    auto const read = [&reading](Cursor const& at) {
        std::vector<Correlation> correlations;
        if (!at.expect(Node::Kind::map, "beliefs by name")) return correlations;
        for (auto& entry : at.node().entries) {
            if (entry.key != "correlation") declare(reading, entry.key, at.at(entry));
        }
        for (auto& entry : at.node().entries) {
            if (entry.key == "correlation") correlations = read_correlations(reading, at.at(entry));
        }
        return correlations;
    };
    return {"beliefs by name", read, beliefs_schema};
}

}  // namespace runrate
