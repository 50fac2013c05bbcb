#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stat/stream.h"

namespace runrate {

/// Randomised Sobol points (Joe-Kuo directions by Boost; Matousek's random linear scramble and a digital shift).
///
/// Any 2^m first points of one group are a digital net; groups are independent randomisations, so the spread of group
/// means states the error of the whole. Point i does not depend on how many are drawn.
class SobolPoints {
public:
    /// \pre dimensions <= 3667
    SobolPoints(std::size_t dimensions, std::uint64_t seed, std::uint32_t group, Purpose = Purpose::scramble);

    /// Point `index` in the open unit cube.
    [[nodiscard]] std::vector<double> point(std::uint32_t index) const;

private:
    std::size_t dimensions_;
    std::vector<std::uint64_t> directions_;  ///< scrambled; [dimension][bit of the index in Gray code]
    std::vector<std::uint64_t> shifts_;
};

}  // namespace runrate
