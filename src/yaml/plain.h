#pragma once

#include <string>
#include <string_view>

namespace runrate {

/// Where a scalar stands: flow style, between brackets, needs quotes more often.
enum class Style { block, flow };

/// Whether a scalar of this text reads back as itself without quotes.
bool plain(std::string_view text, Style);

/// The text in double quotes, escaped.
std::string in_quotes(std::string_view text);

}  // namespace runrate
