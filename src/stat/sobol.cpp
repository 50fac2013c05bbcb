#include "stat/sobol.h"

#include <boost/random/sobol.hpp>

#include <bit>

#include "core/contract.h"

namespace runrate {
namespace {

constexpr std::size_t index_bits = 32;
constexpr unsigned digits = 52;  // of a coordinate

/// Boost's direction numbers, the first digit in the highest of 32 bits; [dimension][bit].
std::vector<std::uint32_t> joe_kuo(std::size_t dimensions) {
    boost::random::sobol_engine<std::uint32_t, index_bits> engine{dimensions};
    std::vector<std::uint32_t> directions(dimensions * index_bits);
    for (std::size_t bit = 0; bit < index_bits; ++bit) {
        // Seeded with n the engine yields the directions on the bits of the Gray code of n + 1: here of one bit.
        engine.seed(static_cast<std::uint32_t>((std::uint64_t{2} << bit) - 2));
        for (std::size_t d = 0; d < dimensions; ++d) directions[d * index_bits + bit] = engine();
    }
    return directions;
}

}  // namespace

SobolPoints::SobolPoints(std::size_t dimensions, std::uint64_t seed, std::uint32_t group, Purpose purpose)
    : dimensions_{dimensions}, directions_(dimensions * index_bits), shifts_(dimensions) {
    RUNRATE_EXPECT(dimensions <= 3667);
    if (dimensions == 0) return;
    auto const plain = joe_kuo(dimensions);
    for (std::size_t d = 0; d < dimensions; ++d) {
        Stream stream{{.seed = seed, .world = group, .purpose = purpose, .entity = d}};
        shifts_[d] = stream.bits() >> (64 - digits);
        // Digit i of a scrambled direction is the parity of a random choice of its first i digits, the i-th included.
        for (unsigned i = 0; i < digits; ++i) {
            std::uint64_t const earlier = i < 32 ? ~std::uint64_t{0} << (32 - i) & 0xffffffff : 0xffffffff;
            std::uint64_t const row = (stream.bits() & earlier) | (i < 32 ? std::uint64_t{1} << (31 - i) : 0);
            for (std::size_t bit = 0; bit < index_bits; ++bit) {
                std::uint64_t const digit = std::popcount(row & plain[d * index_bits + bit]) & 1;
                directions_[d * index_bits + bit] |= digit << (digits - 1 - i);
            }
        }
    }
}

std::vector<double> SobolPoints::point(std::uint32_t index) const {
    std::vector<double> coordinates(dimensions_);
    std::uint32_t const gray = index ^ index >> 1;
    for (std::size_t d = 0; d < dimensions_; ++d) {
        std::uint64_t digits_of_point = shifts_[d];
        for (std::size_t bit = 0; bit < index_bits; ++bit) {
            if (gray >> bit & 1) digits_of_point ^= directions_[d * index_bits + bit];
        }
        coordinates[d] = (static_cast<double>(digits_of_point) + 0.5) * 0x1p-52;
    }
    return coordinates;
}

}  // namespace runrate
