#pragma once

#include <cstdint>
#include <vector>

namespace runrate {

/// Counts of non-negative values in buckets of equal ratio: quantiles within 0.4 %, in any order of merging the same.
///
/// Buckets are linear within each power of two (128 to an octave), so adding takes bit operations only.
class LogSketch {
public:
    void add(double value, std::uint64_t times = 1);
    void merge(LogSketch const&);

    [[nodiscard]] std::uint64_t count() const { return count_; }

    /// The middle of the bucket that holds rank ceil(p * count), within the least and the greatest value. \pre count()
    /// > 0, 0 < p <= 1
    [[nodiscard]] double quantile(double p) const;

private:
    std::vector<std::uint64_t> buckets_;
    std::uint64_t count_ = 0;
    double least_ = 0, most_ = 0;  ///< of the values, so that a constant is exact
};

}  // namespace runrate
