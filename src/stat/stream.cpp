#include "stat/stream.h"

#include <Random123/philox.h>

namespace runrate {
namespace {

std::uint64_t joined(std::uint32_t high, std::uint32_t low) { return std::uint64_t{high} << 32 | low; }

}  // namespace

Stream::Stream(Address const& at) { restart(at); }

void Stream::restart(Address const& at) {
    key_[0] = at.seed;
    key_[1] = joined(at.world, static_cast<std::uint32_t>(at.purpose));
    counter_[0] = joined(at.occurrence, 0);
    counter_[1] = joined(at.turn, at.step);
    counter_[2] = at.item;
    counter_[3] = at.entity;
    used_ = 4;
}

void Stream::refill() {
    r123array4x64 const counter{{counter_[0], counter_[1], counter_[2], counter_[3]}};
    r123array2x64 const key{{key_[0], key_[1]}};
    auto const block = philox4x64_R(10, counter, key);
    for (std::size_t i = 0; i < 4; ++i) block_[i] = block.v[i];
    ++counter_[0];
    used_ = 0;
}

}  // namespace runrate
