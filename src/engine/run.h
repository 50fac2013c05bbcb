#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/time.h"
#include "engine/step_clock.h"

namespace runrate {

/// A stretch of equal iterations that was begun. Context is counted in parts of a token: under speculation a sequence
/// grows by a broken number of tokens, and what it added has to go with it to the last part.
struct Run {
    static constexpr int part_bits = 20;
    static constexpr std::int64_t token = std::int64_t{1} << part_bits;

    Iteration what{};
    std::int64_t iterations = 0;
    std::int64_t fixed = 0;          ///< ticks of one iteration without its context
    std::int64_t context = 0;        ///< parts read in the first
    std::int64_t growth = 0;         ///< more in every further one
    std::int64_t context_ticks = 0;  ///< of a token
    Instant begin{}, end{};
    bool open = false;  ///< an arrival may cut it short

    /// Makes it an empty one from `instant` on. Field by field: a whole new Run would be copied through the stack, and
    /// wide reads of what was just written narrowly stall.
    void clear(Instant instant) {
        what = {};
        context = growth = 0;
        begin = instant;
        open = false;
    }

    /// How long its first n iterations take, an arithmetic series; as far as the clock goes.
    [[nodiscard]] Duration length(std::int64_t n) const {
        auto const tokens = static_cast<std::int64_t>((Wide{n} * (2 * context + growth * (n - 1))) >> (part_bits + 1));
        auto const ticks = Wide{n} * fixed + Wide{context_ticks} * tokens;
        auto const left = (Instant::max() - begin).count() - 1;
        return Duration{ticks < left ? static_cast<std::int64_t>(ticks) : left};
    }

    /// Tokens read in all its iterations.
    [[nodiscard]] double tokens_read() const {
        auto const n = static_cast<double>(iterations);
        return n * static_cast<double>(2 * context + growth * (iterations - 1)) * (0.5 / token);
    }

    /// Ends with the iteration that `instant` falls into. \pre begin < instant < end
    void cut(Instant instant) {
        // length(n) = x is a quadratic in n; its root is off by what rounding took.
        auto const x = static_cast<double>((instant - begin).count());
        auto const part_ticks = static_cast<double>(context_ticks) / token;
        double const bend = static_cast<double>(growth) * part_ticks;
        double const slope = static_cast<double>(fixed) + static_cast<double>(context) * part_ticks - bend / 2;
        auto n = static_cast<std::int64_t>(2 * x / (slope + std::sqrt(slope * slope + 2 * bend * x)));
        n = std::clamp<std::int64_t>(n, 1, iterations);
        while (n > 1 && begin + length(n - 1) >= instant) --n;
        while (n < iterations && begin + length(n) < instant) ++n;
        iterations = n;
        end = begin + length(n);
        open = false;
    }

private:
    __extension__ using Wide = __int128;
};

}  // namespace runrate
