#pragma once

#include <cstddef>
#include <list>
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
    bool quoted = false;        ///< a scalar in quotes, or one that needs them: text, never a number
    bool from_default = false;  ///< filled in by the reader, not written by the user
    bool inherited = false;     ///< written elsewhere, and laid here where it may not apply
    SourcePosition at;
    std::vector<Node> items;   ///< of a list
    std::list<Entry> entries;  ///< of a map, in written order; a list keeps references valid while defaults are added

    /// The value of a key of this map, nullptr where it is missing (or this is no map).
    [[nodiscard]] Node* find(std::string_view key);
    [[nodiscard]] Node const* find(std::string_view key) const;

    /// Appends an entry to this map, whose key stands where the value does.
    ///
    /// \pre this is a map without that key
    Node& add(std::string key, Node value);

    /// Equal kinds, texts, quoting, and children in order; places, `from_default` and `inherited` do not
    /// count.
    friend bool operator==(Node const&, Node const&);
};
struct Node::Entry {
    std::string key;
    SourcePosition key_at;
    Node value;

    friend bool operator==(Entry const& a, Entry const& b) { return a.key == b.key && a.value == b.value; }
};

/// What reading may cost at most; beyond it is an error in its place.
struct ReadLimits {
    std::size_t bytes = 4 << 20;  ///< of the text, and of all scalars once aliases are copied
    std::size_t nodes = 200'000;  ///< keys and values; what an alias stands for counts each time
    int depth = 64;               ///< lists and maps inside each other
};

/// Parses the one document of a registered source. Reports syntax errors, duplicate keys, `<<` merge keys (use
/// `extends`), tags, complex keys, an empty document, more than one document, text that is not clean UTF-8, and broken
/// limits; what could be read is returned. Columns count bytes.
Node parse_yaml(SourceId, std::string const& text, Diagnostics&, ReadLimits const& = {});

/// Parses one value given outside of a file (`--set`); unlike parse_yaml it takes `~`.
Node parse_value(std::string const& yaml_text, SourceId, Diagnostics&);

/// Lays `over` on `base`: maps merge key by key, anything else replaces. Places of `over` win where it speaks.
void overlay(Node& base, Node const& over);

/// YAML text of a tree, block style down to `flow_below` levels, then flow style. Parsing it yields an equal tree.
/// Values filled in from defaults carry a `# default` comment where they end a line.
std::string emit_yaml(Node const&, int flow_below = 4);

}  // namespace runrate
