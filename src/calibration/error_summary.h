#pragma once

#include <cstddef>

namespace runrate {

/// Absolute percentage errors of rows, as shares.
struct ErrorSummary {
    std::size_t rows = 0;
    double median = 0, p90 = 0;
};

}  // namespace runrate
