#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "benchmark/json_text.h"

namespace runrate {

/// Means of requests (`input_lens`, `output_lens`, `ttfts`, `itls`) where the run does not say its own; how long
/// the shortest are, where lengths are spread evenly; the log where the run says when each request began.
void take_details(Json const& run, Measurement& row);

/// A count as a whole number, 0 where it cannot be one.
inline std::int64_t whole(double count) { return count > 0 && count < 1e15 ? std::llround(count) : 0; }

inline void skip(Measurement const& row, std::string rule, Benchmarks& into) {
    into.skipped.push_back({row.where, std::move(rule), ""});
}

/// Parallelism of what a file says of each kind, first things first; nothing where it says nothing.
std::optional<Parallelism> parallelism(std::initializer_list<std::optional<double>> tensor,
                                       std::initializer_list<std::optional<double>> pipeline,
                                       std::initializer_list<std::optional<double>> data,
                                       std::initializer_list<std::optional<double>> expert);

}  // namespace runrate
