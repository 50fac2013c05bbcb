#pragma once

#include <string>

#include "core/diagnostics.h"
#include "yaml/cursor.h"
#include "yaml/node.h"

namespace runrate {

/// A text read as `in.yaml`, with what was said about it.
struct Parsed {
    explicit Parsed(std::string const& text, ReadLimits const& limits = {}) {
        root = parse_yaml(log.add_source("in.yaml", text), text, log, limits);
    }

    [[nodiscard]] Cursor cursor() { return {root, "", log}; }

    Diagnostics log;
    Node root;
};

inline std::string errors_of(std::string const& text, ReadLimits const& limits = {}) {
    return Parsed{text, limits}.log.render();
}

}  // namespace runrate
