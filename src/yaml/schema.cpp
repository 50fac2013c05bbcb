#include <algorithm>
#include <charconv>
#include <cmath>

#include "yaml/shape.h"

namespace runrate {

Json SchemaBuilder::reference(std::string const& name, std::function<Json(SchemaBuilder&)> const& describe) {
    if (!definitions_.contains(name)) {
        definitions_[name] = true;  // known from here on, for a definition that refers to itself
        Json described = describe(*this);
        definitions_[name] = std::move(described);
    }
    return Json{{"$ref", "#/definitions/" + name}};
}

namespace shape_detail {
namespace {

/// How other readers of YAML understand a scalar.
Json to_json(Node const& scalar) {
    auto const& text = scalar.text;
    if (scalar.quoted) return text;
    if (text == "true" || text == "yes") return true;
    if (text == "false" || text == "no") return false;
    auto const read = [&]<class Number>(Number value) -> Json {
        auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        bool const whole = error == std::errc{} && stop == text.data() + text.size();
        return whole && std::isfinite(static_cast<double>(value)) ? Json(value) : Json();
    };
    if (auto integer = read(0LL); !integer.is_null()) return integer;
    if (auto number = read(0.0); !number.is_null()) return number;
    return text;
}

Json property(FieldDescription const& field, SchemaBuilder& builder) {
    Json schema = field.schema(builder);
    // Draft 7 ignores what stands beside a $ref.
    if (schema.contains("$ref")) schema = Json{{"allOf", Json::array({schema})}};
    if (!field.doc.empty()) schema["description"] = field.doc;
    auto const& value = field.default_value;
    if (value && value->kind == Node::Kind::scalar) schema["default"] = to_json(*value);
    return schema;
}

}  // namespace

Json words_schema(std::vector<std::string> const& words) {
    Json known = Json::array();
    for (auto const& word : words) {
        known.push_back(word);
        // Readers of YAML 1.1 take these for truth values.
        if (word == "yes" || word == "on" || word == "true") known.push_back(true);
        if (word == "no" || word == "off" || word == "false") known.push_back(false);
    }
    return Json{{"enum", known}};
}

Json list_schema(Json item, std::size_t at_least) {
    Json schema{{"type", "array"}, {"items", std::move(item)}};
    if (at_least > 0) schema["minItems"] = at_least;
    return schema;
}

Json map_schema(Json value, std::size_t at_least) {
    Json schema{{"type", "object"}, {"additionalProperties", std::move(value)}};
    if (at_least > 0) schema["minProperties"] = at_least;
    return schema;
}

Json any_of_schema(std::vector<Json> alternatives) {
    Json flat = Json::array();
    auto const take = [&](Json const& schema) {
        if (std::find(flat.begin(), flat.end(), schema) == flat.end()) flat.push_back(schema);
    };
    for (auto const& schema : alternatives) {
        bool const nested = schema.size() == 1 && schema.contains("anyOf");
        for (auto const& inner : nested ? schema["anyOf"] : Json::array({schema})) take(inner);
    }
    return flat.size() == 1 ? flat[0] : Json{{"anyOf", flat}};
}

Json object_schema(std::vector<FieldDescription> const& fields, SchemaBuilder& builder) {
    Json properties = Json::object();
    Json required = Json::array();
    for (auto const& field : fields) {
        properties[field.key] = property(field, builder);
        if (field.required) required.push_back(field.key);
    }
    Json schema{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
    if (!required.empty()) schema["required"] = std::move(required);
    return schema;
}

}  // namespace shape_detail
}  // namespace runrate
