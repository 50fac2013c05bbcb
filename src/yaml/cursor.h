#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/diagnostics.h"
#include "yaml/node.h"

namespace runrate {

/// A node, its path, and where to complain. Readers use it; models take plain structs and never see YAML.
class Cursor {
public:
    Cursor(Node& node, std::string path, Diagnostics& log) : node_{&node}, path_{std::move(path)}, log_{&log} {}

    [[nodiscard]] Node& node() const { return *node_; }
    [[nodiscard]] std::string const& path() const { return path_; }
    [[nodiscard]] Diagnostics& log() const { return *log_; }

    /// The value of an entry of this map; its path is `path.key`.
    [[nodiscard]] Cursor at(Node::Entry& entry) const;
    /// The i-th item of this list; its path is `path[i]`.
    [[nodiscard]] Cursor at(std::size_t item) const;

    /// Reports and says no when the node is not of the kind; `wanted` completes "expected ...".
    bool expect(Node::Kind, std::string const& wanted) const;

    /// Reports each key of this map that is not in `known`: `unknown key 'sessons' (did you mean 'sessions'?)`, or where
    /// none is near `unknown key 'pools' (known here: a, b, c)`.
    void allow_only(std::span<std::string const> known) const;

    void error(std::string message) const;
    void warning(std::string message) const;

private:
    Node* node_;
    std::string path_;
    Diagnostics* log_;
};

}  // namespace runrate
