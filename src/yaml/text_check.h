#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/diagnostics.h"
#include "yaml/node.h"

namespace runrate {

/// What stands in a text that no scenario holds, and where.
struct TextFlaw {
    std::optional<std::size_t> offset;  ///< none: the text as a whole
    std::string message;
};

/// The first reason not to hand a text to the parser: too large, not UTF-8, control characters, or so many brackets
/// that the parser, which keeps a flow collection in memory until it is closed, would need many times the text's size.
std::optional<TextFlaw> find_flaw(std::string_view text, ReadLimits const&);

/// Line and column (in bytes) of an offset.
SourcePosition place_of(SourceId, std::string_view text, std::size_t offset);

/// Where a quote that the end of the text leaves open probably starts: on the first line with an odd number of double
/// quotes, else of single ones; the text as a whole where there is no such line.
SourcePosition place_of_open_quote(SourceId, std::string_view text);

}  // namespace runrate
