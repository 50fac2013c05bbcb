#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "stat/elementary.h"

namespace runrate {

/// Twins of real::exp, log and normal_quantile for the hot path: a table, a short polynomial and the four operations,
/// so they too have the same bits everywhere.
class FastMath {
public:
    /// The tables, built at the first call. Keep the reference: fetching it takes a guard.
    static FastMath const& tables();

    /// |z| up to which normal() reads its table.
    static constexpr double normal_range = 6.23;

    /// The standard normal quantile to 1e-9 absolute; beyond normal_range as exact as real::normal_quantile.
    /// \pre 0 < u < 1
    [[nodiscard]] double normal(double u) const {
        double const tail = u < 1 - u ? u : 1 - u;
        auto const bits = std::bit_cast<std::uint64_t>(tail);
        std::uint64_t const cell = (bits >> 48) - first_cell;
        if (cell >= cells) return real::normal_quantile(u);
        // The 48 bits within the cell as a number of [-1/2, 1/2).
        double const t = std::bit_cast<double>((bits << 4 & fraction) | one) - 1.5;
        auto const& c = normal_[cell];
        double const t2 = t * t;
        double const z = (c[0] + c[1] * t) + t2 * ((c[2] + c[3] * t) + t2 * c[4]);
        return std::copysign(z, u - 0.5);
    }

    /// e^x within 4e-16 of itself.
    [[nodiscard]] double exp(double x) const {
        if (!(x > -700 && x < 700)) return real::exp(x);
        double const shifted = x * (128 / 0x1.62e42fefa39efp-1) + 0x1.8p52;  // rounds to a whole number
        auto const k = std::bit_cast<std::uint64_t>(shifted);
        double const n = shifted - 0x1.8p52;
        double const r = (x - n * 0x1.62e42fefa0000p-8) - n * 0x1.cf79abc9e3b39p-47;  // ln 2 / 128 in two parts
        double const scale =
            std::bit_cast<double>(std::bit_cast<std::uint64_t>(power_[k & 127]) + ((k & ~127ULL) << 45));
        double const r2 = r * r;
        double const p = r + r2 * ((0.5 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120)));
        return scale + scale * p;
    }

    /// ln x within 2e-13 of itself, and within 3e-16 + 5e-16 |ln x|. \pre x normal and positive
    [[nodiscard]] double log(double x) const {
        auto const bits = std::bit_cast<std::uint64_t>(x);
        std::uint64_t const from_base = bits - log_base;
        auto const& [inverse, logarithm] = log_[from_base >> 45 & 127];
        auto const k = static_cast<double>(static_cast<std::int64_t>(from_base) >> 52);
        double const r = std::bit_cast<double>(bits - (from_base & 0xfffULL << 52)) * inverse - 1;
        double const r2 = r * r;
        double const p = (-0.5 + r * (1.0 / 3)) + r2 * ((-0.25 + r * 0.2) - r2 * (1.0 / 6));
        return (k * 0x1.62e42fefa39efp-1 + logarithm) + (r + r2 * p);
    }

private:
    FastMath();

    static constexpr std::uint64_t one = 0x3ff0000000000000, fraction = 0x000fffffffffffff;
    static constexpr std::uint64_t first_cell = (1023 - 31) << 4;  ///< 16 cells to an octave of the tail, from 2^-31
    static constexpr std::size_t cells = 30 * 16 + 1;              ///< up to 1/2, which has a cell of its own
    static constexpr std::uint64_t log_base = 0x3fe6000000000000;  ///< mantissas are taken from [0.6875, 1.375)

    struct LogCell {
        double inverse, logarithm;
    };

    std::array<std::array<double, 5>, cells> normal_{};
    std::array<double, 128> power_{};
    std::array<LogCell, 128> log_{};
};

}  // namespace runrate
