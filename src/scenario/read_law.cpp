#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "scenario/corners.h"
#include "scenario/reading.h"
#include "scenario/scenario.h"

namespace runrate {
namespace {

struct Word {
    std::string_view text;
    Family family;
};
constexpr std::array families{
    Word{"normal", Family::normal},   Word{"lognormal", Family::lognormal},     Word{"gamma", Family::gamma},
    Word{"weibull", Family::weibull}, Word{"exponential", Family::exponential}, Word{"geometric", Family::geometric},
    Word{"pareto", Family::pareto},   Word{"uniform", Family::uniform},         Word{"triangular", Family::triangular},
    Word{"pert", Family::pert},       Word{"samples", Family::empirical},       Word{"quantiles", Family::empirical},
    Word{"mixture", Family::mixture},
};

constexpr std::array parameters{Parameter::mean, Parameter::cv,   Parameter::sd,      Parameter::median,
                                Parameter::p5,   Parameter::p95,  Parameter::minimum, Parameter::shape,
                                Parameter::low,  Parameter::mode, Parameter::high};

std::optional<Parameter> parameter(std::string_view text) {
    auto const at = std::find_if(parameters.begin(), parameters.end(), [&](Parameter p) { return name(p) == text; });
    return at == parameters.end() ? std::nullopt : std::optional{*at};
}

std::optional<Family> family(std::string_view text) {
    auto const at = std::find_if(families.begin(), families.end(), [&](Word const& w) { return w.text == text; });
    if (at == families.end()) return std::nullopt;
    return at->family;
}

/// `{mean, cv} or {median, p95}`.
std::string accepted_text(Family f) {
    std::string text;
    auto const& sets = accepted(f);
    for (std::size_t i = 0; i < sets.size(); ++i) {
        if (i > 0) text += i + 1 == sets.size() ? " or " : ", ";
        text += "{";
        for (std::size_t j = 0; j < sets[i].size(); ++j)
            text += fmt::format("{}{}", j > 0 ? ", " : "", name(sets[i][j]));
        text += "}";
    }
    return text;
}

/// Every parameter that some way to state the family takes.
std::vector<std::string> parameter_names(Family f) {
    std::vector<std::string> names;
    for (auto const& set : accepted(f)) {
        for (auto p : set) names.emplace_back(name(p));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

/// Shapes and relative spreads have no unit of the law's own.
Dimension const& dimension_of(Parameter p, Dimension const& law) {
    if (p == Parameter::cv) return dimension::spread;
    if (p == Parameter::shape) return dimension::positive;
    return law;
}

bool has_parameter(Node const& node) {
    return std::any_of(node.entries.begin(), node.entries.end(),
                       [](Node::Entry const& e) { return parameter(e.key).has_value(); });
}

/// Reads laws whose numbers come from `number`: uncertain ones in workflows, known ones in beliefs.
struct LawReader {
    Dimension const& dimension;
    int geometric_from;
    std::function<Number(Cursor const&, Dimension const&)> number;
    std::vector<std::string> beside;  ///< keys that may stand beside the law's

    LawSpec read(Cursor const& at) const {
        auto& node = at.node();
        if (node.kind == Node::Kind::scalar) return LawSpec::constant(number(at, dimension));
        if (!at.expect(Node::Kind::map, wanted())) return fallback();
        LawSpec law = fallback();
        bool found = false;
        std::vector<std::string> known = beside;
        for (auto& entry : node.entries) {
            auto const f = family(entry.key);
            if (!f) continue;
            known.push_back(entry.key);
            if (found) {
                at.log().error(
                    entry.key_at,
                    fmt::format("a second family '{}' in one law (write a mixture to combine several)", entry.key),
                    at.at(entry).path());
                continue;
            }
            law = read_family(*f, at.at(entry), entry.key);
            found = true;
        }
        if (!found && has_parameter(node)) {  // {mean, cv} and its like without a family
            law = read_parameters(Family::lognormal, at);
            for (auto p : parameters) known.emplace_back(name(p));
        } else if (!found) {
            for (auto p : parameters) known.emplace_back(name(p));
            for (auto const& w : families) known.emplace_back(w.text);
        }
        at.allow_only(known);
        if (auto* low = node.find("at_least")) law.at_least = number(child(at, *low, "at_least"), dimension);
        if (auto* high = node.find("at_most")) law.at_most = number(child(at, *high, "at_most"), dimension);
        if (!found && law.parameters.empty()) at.error(fmt::format("expected {}", wanted()));
        return law;
    }

private:
    static LawSpec fallback() { return LawSpec::constant(Number{1}); }

    static Cursor child(Cursor const& at, Node& node, std::string const& key) {
        return Cursor{node, at.path() + "." + key, at.log()};
    }

    [[nodiscard]] std::string wanted() const {
        return fmt::format("{}, or a law such as {{lognormal: {{median: ..., p95: ...}}}}", dimension.wanted);
    }

    LawSpec read_family(Family f, Cursor const& at, std::string const& key) const {
        if (key == "samples") return read_samples(at);
        if (key == "quantiles") return read_quantiles(at);
        if (f == Family::mixture) return read_mixture(at);
        if (!at.expect(Node::Kind::map, accepted_text(f))) return fallback();
        auto const before = at.log().entries().size();
        at.allow_only(parameter_names(f));
        return no_errors_since(at.log(), before) ? read_parameters(f, at) : fallback();
    }

    LawSpec read_parameters(Family f, Cursor const& at) const {
        LawSpec law{.family = f, .from = geometric_from};
        for (auto& entry : at.node().entries) {
            auto const p = parameter(entry.key);
            if (p) law.parameters.emplace_back(*p, number(at.at(entry), dimension_of(*p, dimension)));
        }
        std::vector<Parameter> stated;
        for (auto const& p : law.parameters) stated.push_back(p.first);
        auto const wrong = fault(f, stated);
        if (!wrong) return law;
        at.error(*wrong);
        return fallback();
    }

    LawSpec read_samples(Cursor const& at) const {
        if (!at.expect(Node::Kind::list, "a list of numbers")) return fallback();
        std::vector<Number> values;
        for (std::size_t i = 0; i < at.node().items.size(); ++i) values.push_back(number(at.at(i), dimension));
        if (values.size() < 2) return at.error("samples need at least 2 values"), fallback();
        std::sort(values.begin(), values.end(), [](Number a, Number b) { return a.value < b.value; });
        LawSpec law{.family = Family::empirical};
        for (std::size_t i = 0; i < values.size(); ++i) {
            law.quantiles.emplace_back(static_cast<double>(i) / static_cast<double>(values.size() - 1), values[i]);
        }
        return law;
    }

    LawSpec read_quantiles(Cursor const& at) const {
        if (!at.expect(Node::Kind::map, "shares and values, {0%: ..., 50%: ..., 100%: ...}")) return fallback();
        LawSpec law{.family = Family::empirical};
        auto const before = at.log().entries().size();
        for (auto& entry : at.node().entries) {
            auto const p = parse_value(entry.key);
            auto const* value = std::get_if<Value>(&p);
            bool const share = value && value->unit == Unit::percent && value->number >= 0 && value->number <= 1;
            if (!share)
                at.log().error(entry.key_at, fmt::format("'{}' is not a share from 0% to 100%", entry.key), at.path());
            law.quantiles.emplace_back(share ? value->number : 0.5, number(at.at(entry), dimension));
        }
        if (!no_errors_since(at.log(), before)) return fallback();
        auto const& q = law.quantiles;
        bool const rising =
            std::is_sorted(q.begin(), q.end(), [](auto const& a, auto const& b) { return a.first <= b.first; });
        if (q.size() < 2 || q.front().first != 0 || q.back().first != 1 || !rising) {
            at.error("quantiles must rise from 0% to 100% (state both ends)");
            return fallback();
        }
        return law;
    }

    LawSpec read_mixture(Cursor const& at) const {
        if (!at.expect(Node::Kind::list, "a list of {weight, law}")) return fallback();
        LawSpec law{.family = Family::mixture};
        auto const before = at.log().entries().size();
        for (std::size_t i = 0; i < at.node().items.size(); ++i) {
            Cursor const part = at.at(i);
            if (!part.expect(Node::Kind::map, "{weight, law}")) continue;
            std::vector<std::string> const known{"weight", "law"};
            part.allow_only(known);
            if (!no_errors_since(at.log(), before)) continue;
            auto* weight = part.node().find("weight");
            auto* inner = part.node().find("law");
            if (!weight || !inner) {
                part.error("a part of a mixture needs 'weight' and 'law'");
                continue;
            }
            law.parts.push_back(
                {number(child(part, *weight, "weight"), dimension::share), read(child(part, *inner, "law"))});
        }
        if (!no_errors_since(at.log(), before)) return fallback();
        if (law.parts.empty()) return at.error("a mixture needs at least one part"), fallback();
        return law;
    }
};

/// Tries the law at the ends of every belief, since a law must exist for every drawable value.
void check_exists(LawSpec const& law, Scenario const& scenario, Cursor const& at) {
    for (auto const& draws : belief_corners(scenario, beliefs_of(law))) {
        auto const found = resolve(law, draws);
        if (auto const* fault = std::get_if<std::string>(&found))
            return at.error(blame(scenario, beliefs_of(law)) + *fault);
    }
}

/// What stands behind the name of a family, its parameters being laws or numbers again.
Json family_schema(Word const& word, Json const& value) {
    if (word.text == "samples") return Json{{"type", "array"}, {"items", value}, {"minItems", 2}};
    if (word.text == "quantiles")
        return Json{{"type", "object"}, {"additionalProperties", value}, {"minProperties", 2}};
    Json properties = Json::object();
    if (word.family == Family::mixture) {
        properties = Json{{"weight", value}, {"law", value}};
        Json const part{{"type", "object"},
                        {"properties", properties},
                        {"required", {"weight", "law"}},
                        {"additionalProperties", false}};
        return Json{{"type", "array"}, {"items", part}, {"minItems", 1}};
    }
    for (auto const& key : parameter_names(word.family)) properties[key] = value;
    return Json{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
}

}  // namespace

bool looks_like_law(Node const& node) {
    return has_parameter(node) || std::any_of(node.entries.begin(), node.entries.end(),
                                              [](Node::Entry const& e) { return family(e.key).has_value(); });
}

Json known_law_definition(SchemaBuilder& builder) {
    Json const value = builder.reference("law", law_definition);
    Json properties = Json::object();
    for (auto const& w : families) properties[std::string{w.text}] = family_schema(w, value);
    for (auto p : parameters) properties[std::string{name(p)}] = value;
    return Json{{"type", Json::array({"string", "number", "object"})},
                {"properties", properties},
                {"additionalProperties", false}};
}

Json law_definition(SchemaBuilder& builder) {
    Json law = known_law_definition(builder);
    law["properties"]["at_least"] = law["properties"]["at_most"] = builder.reference("law", law_definition);
    return law;
}

Json law_schema(std::string const& wanted, SchemaBuilder& builder) {
    return Json{{"allOf", Json::array({builder.reference("law", law_definition)})}, {"description", wanted}};
}

Shape<LawSpec> law(Reading& reading, Dimension const& dimension, int geometric_from) {
    auto const read = [&reading, &dimension, geometric_from](Cursor const& at) {
        auto const uncertain = [&reading](Cursor const& place, Dimension const& d) {
            return number(reading, d).read(place);
        };
        LawSpec const result = LawReader{dimension, geometric_from, uncertain, {"at_least", "at_most"}}.read(at);
        reading.later.emplace_back([result, at](Scenario const& s) { check_exists(result, s, at); });
        return result;
    };
    return {fmt::format("{}, or a law", dimension.wanted), read,
            [&dimension](SchemaBuilder& builder) { return law_schema(std::string{dimension.wanted}, builder); }};
}

std::optional<KnownLaw> read_known_law(Reading const& reading, Cursor const& at,
                                       std::vector<std::string> const& beside) {
    std::optional<Unit> unit;
    bool mixed = false;
    auto const known = [&](Cursor const& place, Dimension const& d) {
        if (!place.expect(Node::Kind::scalar, "a known number")) return Number{1};
        auto const value = parse_value(place.node().text);
        if (auto const* fault = std::get_if<std::string>(&value))
            return place.error(*fault + " (the parameters of a belief are known numbers)"), Number{1};
        auto const converted = in_currency(std::get<Value>(value), place.node().text, reading.exchange);
        if (auto const* fault = std::get_if<std::string>(&converted)) return place.error(*fault), Number{1};
        auto const& v = std::get<Value>(converted);
        bool const own_unit = &d == &dimension::plain;
        if (own_unit && !unit) unit = v.unit;
        mixed = mixed || (own_unit && *unit != v.unit);
        return Number{v.number};
    };
    auto const before = at.log().entries().size();
    LawSpec const spec = LawReader{dimension::plain, 0, known, beside}.read(at);
    if (!no_errors_since(at.log(), before)) return std::nullopt;
    if (mixed) return at.error("the parameters of a law must have one unit (the same for all)"), std::nullopt;
    auto found = resolve(spec, {});
    if (auto const* fault = std::get_if<std::string>(&found)) return at.error(*fault), std::nullopt;
    return KnownLaw{std::get<Distribution>(std::move(found)), unit.value_or(Unit::none)};
}

}  // namespace runrate
