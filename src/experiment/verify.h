#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scenario/scenario.h"

namespace runrate {

/// Which days are simulated event by event, and of which options.
struct VerifySettings {
    std::vector<std::string> options{};  ///< empty: all that are compared
    std::vector<double> scales{};        ///< empty: the scenario's first
    std::vector<std::string> months{};   ///< `2026-03`; empty: the first, the middle and the last
    bool week = false;                   ///< all days of a week instead of its Monday and Sunday
    std::uint64_t seed = 1;
    unsigned threads = 0;
};

/// A figure of a day, as the projection has it and as the events made it.
struct VerifyRow {
    std::string option;
    double scale = 1;
    std::string date{};     ///< `2026-03-09`; of a flat month `2026-03`
    std::string weekday{};  ///< row of the week shape
    std::string of{};       ///< the feature, or `pool NAME`
    std::string item{}, unit{};
    std::optional<double> projected{}, simulated{};
};

/// Simulates the days in the world where every belief is at its median, at the usual traffic of such days. Asked now
/// and then, `stop` ends it. \throws std::invalid_argument for names that the scenario lacks and pools without step
/// times
std::vector<VerifyRow> verify(Scenario const&, VerifySettings const&, std::function<bool()> const& stop = {});

}  // namespace runrate
