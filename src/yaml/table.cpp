#include <fmt/format.h>

#include "yaml/shape.h"

namespace runrate::shape_detail {
namespace {

/// A default stands where the map does that lacks it.
void mark_as_default(Node& node, SourcePosition at) {
    node.from_default = true;
    node.at = at;
    for (auto& item : node.items) mark_as_default(item, at);
    for (auto& entry : node.entries) {
        entry.key_at = at;
        mark_as_default(entry.value, at);
    }
}

}  // namespace

Node parse_default(std::string const& yaml) {
    Diagnostics log;
    auto const source = log.add_source("default", yaml);
    auto value = parse_yaml(source, yaml, log);
    RUNRATE_EXPECT(!log.has_errors());
    return value;
}

void complete_map(Cursor const& map, std::vector<FieldDescription> const& fields) {
    std::vector<std::string> keys;
    for (auto const& field : fields) keys.push_back(field.key);
    map.allow_only(keys);
    auto& node = map.node();
    for (auto const& field : fields) {
        if (node.find(field.key) != nullptr) continue;
        if (field.required) map.error(fmt::format("missing '{}' ({})", field.key, field.wanted));
        if (!field.default_value) continue;
        Node value = *field.default_value;
        mark_as_default(value, node.at);
        node.add(field.key, std::move(value));
    }
}

}  // namespace runrate::shape_detail
