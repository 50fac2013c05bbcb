#pragma once

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "experiment/pool_scenario.h"
#include "runrate/study.h"

namespace runrate {

/// A run of the option that a pool serves, at 1x and 20x.
/// \param pool  keys of the pool \param plan  what is decided of it \param rest  further sections
inline Result run_pool(std::string const& pool, std::string const& plan, std::string const& rest = "",
                       std::string const& calendar = "{start: 2026-01, months: 3}") {
    StudySettings settings;
    settings.worlds = 64;
    settings.options = {"self-host"};
    settings.scales = {1, 20};
    auto const text = pool_scenario(pool, calendar) + "plan: {own: " + plan + "}\n" + rest;
    return run(*load_text(text).scenario, settings).result;
}

/// Dollars and pieces of a line in a period, over all features.
struct Line {
    double usd = 0, quantity = 0;
    std::string group{}, unit{};
};

inline Line line_of(Result const& r, std::string const& line, std::string const& period = "2026-02", double scale = 1) {
    Line sum;
    for (auto const& row : r.cost_lines) {
        if (row.line != line || row.period != period || row.scale != scale) continue;
        sum.usd += static_cast<double>(row.mean->millionths) * 1e-6;
        sum.quantity += row.quantity.value_or(0);
        sum.group = row.group;
        sum.unit = row.unit.value_or("");
    }
    return sum;
}

inline constexpr double february_h = 28 * 24;

}  // namespace runrate
