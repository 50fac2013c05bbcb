#pragma once

#include <string>
#include <string_view>

#include "core/diagnostics.h"
#include "yaml/node.h"

namespace runrate {

/// `parent.key`; a key that is not made of letters, digits, - _ / and * stands in single quotes: `models.'gpt-5.1'`.
std::string child_path(std::string const& parent, std::string_view key);

/// `parent[item]`.
std::string child_path(std::string const& parent, std::size_t item);

/// Puts a value at a path such as `features.chat.steps[2].call` or `serve.'gpt-5.1'`. Missing maps on the way are
/// created at `at`; list items must be there. Reports and says no, leaving the tree as it was, where that cannot be.
bool set_path(Node& root, std::string_view dotted_path, Node value, Diagnostics&, SourcePosition at);

}  // namespace runrate
