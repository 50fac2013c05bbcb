#include "stat/sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/contract.h"

namespace runrate {
namespace {

// The exponent and the first seven digits of a double count buckets of 1/128 of an octave, all of equal width within
// it. Bucket 0 holds everything below 2^-20, zero among it.
constexpr unsigned shift = 52 - 7;
constexpr std::uint64_t first_bucket = std::bit_cast<std::uint64_t>(0x1p-20) >> shift;

std::size_t bucket(double value) {
    return value < 0x1p-20
               ? 0
               : static_cast<std::size_t>((std::bit_cast<std::uint64_t>(value) >> shift) - first_bucket + 1);
}

double lower_end(std::size_t bucket) { return std::bit_cast<double>((bucket - 1 + first_bucket) << shift); }

}  // namespace

void LogSketch::add(double value, std::uint64_t times) {
    RUNRATE_EXPECT(value >= 0 && std::isfinite(value));
    std::size_t const i = bucket(value);
    if (i >= buckets_.size()) buckets_.resize(i + 1);
    buckets_[i] += times;
    least_ = count_ == 0 ? value : std::min(least_, value);
    most_ = std::max(most_, value);
    count_ += times;
}

void LogSketch::merge(LogSketch const& other) {
    if (other.buckets_.size() > buckets_.size()) buckets_.resize(other.buckets_.size());
    for (std::size_t i = 0; i < other.buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    if (other.count_ > 0) least_ = count_ == 0 ? other.least_ : std::min(least_, other.least_);
    most_ = std::max(most_, other.most_);
    count_ += other.count_;
}

double LogSketch::quantile(double p) const {
    RUNRATE_EXPECT(count_ > 0 && 0 < p && p <= 1);
    double const rank = std::ceil(p * static_cast<double>(count_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        seen += buckets_[i];
        if (static_cast<double>(seen) < rank) continue;
        return i == 0 ? 0 : std::clamp((lower_end(i) + lower_end(i + 1)) / 2, least_, most_);
    }
    broken_contract("a rank within the count", __FILE__, __LINE__);
}

}  // namespace runrate
