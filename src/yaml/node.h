#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostics.h"

namespace runrate {

/// A YAML document as our own tree: every node knows its place, keys are unique, aliases are copied within a bound.
struct Node {
    enum class Kind { null, scalar, list, map };
    struct Entry;

    Kind kind = Kind::null;
    std::string text;           ///< of a scalar
    bool quoted = false;        ///< a scalar in quotes: text, never a number
    bool from_default = false;  ///< filled in by the reader, not written by the user
    SourcePosition at;
    std::deque<Node> items;     ///< of a list; a deque keeps references valid while defaults are added
    std::deque<Entry> entries;  ///< of a map, in written order

    [[nodiscard]] Node* find(std::string_view key);
    [[nodiscard]] Node const* find(std::string_view key) const;
    Node& add(std::string key, Node value);
};
struct Node::Entry {
    std::string key;
    SourcePosition key_at;
    Node value;
};

/// What reading may cost at most; beyond it is an error in its place.
struct ReadLimits {
    std::size_t bytes = 4 << 20;
    std::size_t nodes = 200'000;  ///< aliases count each time they are used
    int depth = 64;
};

/// Parses the one document of a registered source. Reports syntax errors, duplicate keys, `<<` merge keys (use
/// `extends`), tags, complex keys, more than one document, and broken limits; what could be read is returned.
Node parse_yaml(SourceId, std::string const& text, Diagnostics&, ReadLimits const& = {});

/// Lays `over` on `base`: maps merge key by key, anything else replaces. Places of `over` win where it speaks.
void overlay(Node& base, Node const& over);

/// YAML text of a tree, block style down to `flow_below` levels, then flow style. Parsing it yields an equal tree.
/// Values filled in from defaults carry a `# default` comment.
std::string emit_yaml(Node const&, int flow_below = 4);

}  // namespace runrate
