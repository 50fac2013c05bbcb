#include "projection/miss_curve.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "projection/day_factor.h"
#include "stat/fast_math.h"

namespace runrate {
namespace {

constexpr double least = 0x1p-12;
constexpr std::uint64_t base = 0x3f30000000000000;  ///< the bits of `least`
constexpr int cell_shift = 49;                      ///< three bits of the mantissa number the cells of an octave

struct ValueAndSlope {
    double value = 0, slope = 0;
};

ValueAndSlope exact(std::array<double, 7> const& factors, double x, FastMath const& math) {
    ValueAndSlope f;
    for (std::size_t i = 0; i < factors.size(); ++i) {
        double const part = normal_weights[i] * math.exp(-x * factors[i]);
        f.value += part;
        f.slope -= factors[i] * part;
    }
    return f;
}

}  // namespace

MissCurve::MissCurve(double cv) {
    auto const& math = FastMath::tables();
    double const variance = real::log1p(cv * cv);
    double const sigma = std::sqrt(variance);
    std::array<double, 7> factors;
    for (std::size_t i = 0; i < factors.size(); ++i) factors[i] = math.exp(sigma * normal_nodes[i] + variance / 2);
    auto left = exact(factors, least, math);
    slope_ = (left.value - 1) / least;
    for (std::size_t c = 0; c < cells_.size(); ++c) {
        double const x = std::bit_cast<double>(base + (std::uint64_t{c} << cell_shift));
        double const next = std::bit_cast<double>(base + (std::uint64_t{c + 1} << cell_shift));
        auto const right = exact(factors, next, math);
        double const width = next - x;
        double const rise = right.value - left.value;
        cells_[c] = {left.value, width * left.slope, 3 * rise - width * (2 * left.slope + right.slope),
                     width * (left.slope + right.slope) - 2 * rise};
        left = right;
    }
}

double MissCurve::operator()(double x) const {
    if (x < least) return 1 + slope_ * x;
    auto const bits = std::bit_cast<std::uint64_t>(x) - base;
    std::uint64_t const cell = bits >> cell_shift;
    if (cell >= cells_.size()) return 0;
    double const t = static_cast<double>(bits & ((std::uint64_t{1} << cell_shift) - 1)) * 0x1p-49;
    auto const& c = cells_[cell];
    return std::max(0.0, c[0] + t * (c[1] + t * (c[2] + t * c[3])));
}

}  // namespace runrate
