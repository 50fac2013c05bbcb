#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "runrate/result.h"

namespace runrate {

struct ScreenSettings {
    std::size_t width = 100;              ///< terminal columns; fewer than 60 are taken as 60
    bool color = false;                   ///< ANSI colours
    std::optional<std::string> by_tag{};  ///< also divide the bill by the values of this tag
    std::optional<std::string>
        period{};  ///< show this period instead of the reference month, its quarter and the years
};

/// The terminal screen of `runrate run`: what it costs and how sure that is, what it consists of, what a unit costs,
/// and last how far to trust it. \pre `period` is one of period_names()
std::string to_screen(Result const&, ScreenSettings const& = {});

}  // namespace runrate
