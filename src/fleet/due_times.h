#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "core/time.h"

namespace runrate {

/// When each of many is due next, and who is first: a tournament, in which one who changes plays anew against few.
class DueTimes {
public:
    static constexpr Instant never = Instant::max();

    /// Of whom there are now so many; who is new is due never.
    void resize(std::size_t n) {
        if (n <= places()) return;
        auto const before = places();
        auto times = std::move(times_);
        times_.assign(2 * std::bit_ceil(n), never);
        for (std::size_t i = 0; i < before; ++i) set(static_cast<std::uint32_t>(i), times[before + i]);
    }

    void set(std::uint32_t who, Instant at) {
        auto i = places() + who;
        times_[i] = at;
        while (i > 1) {
            i /= 2;
            auto const winner = std::min(times_[2 * i], times_[2 * i + 1]);
            if (times_[i] == winner) return;
            times_[i] = winner;
        }
    }

    /// When the first is due.
    [[nodiscard]] Instant soonest() const { return times_[1]; }

    /// Who is: of several at one instant the lowest.
    [[nodiscard]] std::uint32_t first() const {
        std::size_t i = 1;
        while (i < places()) i = 2 * i + (times_[2 * i] != times_[i] ? 1 : 0);
        return static_cast<std::uint32_t>(i - places());
    }

private:
    /// A power of two.
    [[nodiscard]] std::size_t places() const { return times_.size() / 2; }

    std::vector<Instant> times_ = std::vector<Instant>(2, never);  ///< the winner at 1; below i are 2 i and 2 i + 1
};

}  // namespace runrate
