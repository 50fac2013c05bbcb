#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/diagnostics.h"
#include "yaml/node.h"

namespace runrate {

/// What a node is, to end "expected ..., found": `nothing`, `'abc'`, `the text '3'` (in quotes), `a list`, `a map`.
std::string found(Node const&);

/// A node, its path, and where to complain. Readers use it; models take plain structs and never see YAML.
class Cursor {
public:
    Cursor(Node& node, std::string path, Diagnostics& log)
        : node_{&node}, path_{std::move(path)}, name_{path_}, log_{&log} {}

    [[nodiscard]] Node& node() const { return *node_; }
    [[nodiscard]] std::string const& path() const { return path_; }
    [[nodiscard]] Diagnostics& log() const { return *log_; }

    /// The value of an entry of this map; its path is `path.key`, with keys such as `a.b` in single quotes.
    [[nodiscard]] Cursor at(Node::Entry& entry) const;
    /// The i-th item of this list; its path is `path[i]`.
    [[nodiscard]] Cursor at(std::size_t item) const;
    /// The value of a key of this map, where it is there.
    [[nodiscard]] std::optional<Cursor> find(std::string_view key) const;

    /// Reports and says no when the node is not of the kind; `wanted` completes "expected ...".
    bool expect(Node::Kind, std::string const& wanted) const;

    /// Reports each key of this map that is not in `known`: `unknown key 'sesions' (did you mean 'sessions'?)`, or
    /// where none is near `unknown key 'pools' (known here: a, b, c)`.
    void allow_only(std::span<std::string const> known) const;

    /// Reports at the place of this node.
    void error(std::string message) const;
    void warning(std::string message) const;

    /// Reports that something else stands here: `expected <wanted>, found <what>`, or for a null
    /// `'turns' has no value (expected <wanted>)`.
    void unexpected(std::string const& wanted) const;

private:
    Cursor(Node& node, std::string path, std::string name, Diagnostics& log)
        : node_{&node}, path_{std::move(path)}, name_{std::move(name)}, log_{&log} {}

    Node* node_;
    std::string path_;
    std::string name_;  ///< the last key of the path, with the items after it
    Diagnostics* log_;
};

/// Whether no error was added since there were `entries` of them: what was read may then be trusted.
[[nodiscard]] bool no_errors_since(Diagnostics const&, std::size_t entries);

/// How a message goes on that a word is not one of `known`: ` (did you mean 'full'?)`, else ` (<label>: a, b)`.
std::string suggestion(std::string_view word, std::span<std::string const> known, std::string_view label);

}  // namespace runrate
