#include <fmt/format.h>

#include "scenario/sections.h"

namespace runrate {
namespace {

struct Stated {
    BeliefTable::Stated what;
    Unit unit;
};

std::optional<Stated> read_text(Cursor const& at) {
    auto const& written = at.node().text;
    if (!looks_like_range(written)) {
        auto const value = parse_value(written);
        if (auto const* fault = std::get_if<std::string>(&value)) return at.error(*fault), std::nullopt;
        auto const& v = std::get<Value>(value);
        return Stated{Range{v, v}, v.unit};
    }
    auto const range = parse_range(written);
    if (auto const* fault = std::get_if<std::string>(&range)) return at.error(*fault), std::nullopt;
    return Stated{std::get<Range>(range), std::get<Range>(range).low.unit};
}

std::optional<Stated> read_law(Cursor const& at) {
    auto found = read_known_law(at);
    if (!found) return std::nullopt;
    return Stated{std::move(found->law), found->unit};
}

/// `{range: 60% to 90%, share: yes, source: "..."}`, or a law with the same keys beside it.
void declare_with_terms(Reading& reading, std::string const& name, Cursor const& at) {
    std::vector<std::string> known{"range", "share", "source"};
    std::optional<Stated> stated;
    auto const before = at.log().entries().size();
    for (auto& entry : at.node().entries) {
        bool const is_law = names_law_family(entry.key);
        if (is_law) known.push_back(entry.key);
        if (entry.key == "range" && at.at(entry).expect(Node::Kind::scalar, "a range such as 300 to 600")) {
            stated = read_text(at.at(entry));
        }
        if (is_law) {
            Node alone;
            alone.kind = Node::Kind::map;
            alone.at = entry.value.at;
            alone.add(entry.key, entry.value);
            stated = read_law(Cursor{alone, at.path(), at.log()});
        }
    }
    if (known.size() == 3 && !at.node().find("range")) {
        for (auto const law : law_families()) known.emplace_back(law);
    }
    at.allow_only(known);
    auto* share = at.node().find("share");
    auto* source = at.node().find("source");
    bool const is_share = share && yes_or_no().read(Cursor{*share, at.path() + ".share", at.log()});
    std::optional<std::string> from;
    if (source) from = text().read(Cursor{*source, at.path() + ".source", at.log()});
    if (stated) return reading.beliefs.declare(name, stated->what, stated->unit, at, is_share, from);
    reading.beliefs.declare_broken(name);
    if (no_errors_since(at.log(), before))
        at.error("a belief needs 'range' or a law such as {normal: {mean: ..., sd: ...}}");
}

void declare(Reading& reading, std::string const& name, Cursor const& at) {
    if (at.node().kind == Node::Kind::map) return declare_with_terms(reading, name, at);
    bool const scalar = at.expect(Node::Kind::scalar, "a range such as 300 to 600, or a law");
    auto const stated = scalar ? read_text(at) : std::nullopt;
    if (!stated) return reading.beliefs.declare_broken(name);
    reading.beliefs.declare(name, stated->what, stated->unit, at, false, {});
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

Json beliefs_schema(SchemaBuilder&) {
    Json const belief{{"type", Json::array({"string", "number", "object"})},
                      {"description", "a range (5th to 95th percentile) or a law; named as =belief elsewhere"}};
    Json const pair{{"type", "array"}, {"minItems", 3}, {"maxItems", 3}};
    return Json{{"type", "object"},
                {"properties", {{"correlation", {{"type", "array"}, {"items", pair}}}}},
                {"additionalProperties", belief}};
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
