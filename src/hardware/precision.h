#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "runrate/replica.h"

namespace runrate {

/// Precisions by the names that files and messages use.
inline constexpr std::array<std::pair<std::string_view, Precision>, 6> precision_names{{{"bf16", Precision::bf16},
                                                                                        {"fp8", Precision::fp8},
                                                                                        {"fp4", Precision::fp4},
                                                                                        {"mxfp4", Precision::mxfp4},
                                                                                        {"int8", Precision::int8},
                                                                                        {"int4", Precision::int4}}};

constexpr std::string_view name_of(Precision precision) {
    for (auto const& [name, known] : precision_names)
        if (known == precision) return name;
    return "";
}

}  // namespace runrate
