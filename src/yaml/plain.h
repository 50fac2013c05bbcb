#pragma once

#include <string_view>

namespace runrate {

/// Where a scalar stands: flow style, between brackets, needs quotes more often.
enum class Style { block, flow };

/// Whether a scalar of this text reads back as itself without quotes.
bool plain(std::string_view text, Style);

}  // namespace runrate
