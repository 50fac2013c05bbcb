#include "stat/fast_math.h"

#include "stat/elementary.h"

namespace runrate {
namespace {

/// The quartic through the upper normal quantile at the Chebyshev-Lobatto points of [low, low + width], in
/// t = (tail - low) / width - 1/2. The ends are among them, so neighbours join.
std::array<double, 5> normal_cell(double low, double width) {
    auto const at = [&](double t) { return -real::normal_quantile(low + width * (t + 0.5)); };
    double const inner = std::sqrt(0.125), centre = at(0);
    double const even1 = (at(inner) + at(-inner)) / 2 - centre, even2 = (at(0.5) + at(-0.5)) / 2 - centre;
    double const odd1 = (at(inner) - at(-inner)) / (2 * inner), odd2 = at(0.5) - at(-0.5);
    double const c4 = 32 * (even2 - 2 * even1), c3 = 8 * (odd2 - odd1);
    return {centre, odd1 - c3 / 8, 4 * even2 - c4 / 4, c3, c4};
}

}  // namespace

FastMath::FastMath() {
    for (std::size_t i = 0; i + 1 < cells; ++i) {  // the last cell holds 1/2 alone, whose quantile is 0
        double const low = std::bit_cast<double>((first_cell + i) << 48);
        double const high = std::bit_cast<double>((first_cell + i + 1) << 48);
        normal_[i] = normal_cell(low, high - low);
    }
    for (std::size_t i = 0; i < 128; ++i) {
        power_[i] = real::exp(static_cast<double>(i) * (0x1.62e42fefa39efp-1 / 128));
        double const low = std::bit_cast<double>(log_base + (std::uint64_t{i} << 45));
        double const high = std::bit_cast<double>(log_base + (std::uint64_t{i + 1} << 45));
        // Next to 1 the reference point is 1 itself, so that ln x is exact relative to x - 1.
        double const inverse = low == 1 || high == 1 ? 1 : 2 / (low + high);
        log_[i] = {inverse, -real::log(inverse)};
    }
}

FastMath const& FastMath::tables() {
    static FastMath const built;
    return built;
}

}  // namespace runrate
