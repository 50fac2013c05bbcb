#pragma once

#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "experiment/tables.h"
#include "montecarlo/parallel.h"

namespace runrate {

/// The rows of a table made for each option and scale on its own, in that order.
template <class Row, class Make>
std::vector<Row> rows_by_option_and_scale(Findings const& f, Make const& make) {
    auto const scales = f.layout().scales;
    std::vector<std::vector<Row>> parts(f.experiment().plans.size() * scales);
    for_each_index(static_cast<std::uint32_t>(parts.size()), f.threads,
                   [&](std::uint32_t i) { parts[i] = make(i / scales, i % scales); });
    std::vector<Row> rows;
    for (auto& part : parts)
        rows.insert(rows.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
    return rows;
}

}  // namespace runrate
