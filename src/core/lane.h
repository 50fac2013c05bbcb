#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace runrate {

/// How urgently a request is served.
enum class Lane : std::uint8_t { standard, batch, flex, priority };
inline constexpr std::array<std::string_view, 4> lane_names{"standard", "batch", "flex", "priority"};

}  // namespace runrate
