#pragma once

#include <bit>
#include <cstdint>

#include "core/contract.h"

namespace runrate {

/// The tokens of a block. Blocks are powers of two in practice, and divisions are most of what a step would cost.
class BlockSize {
public:
    explicit BlockSize(std::int64_t tokens) : tokens_{tokens} {
        RUNRATE_EXPECT(tokens > 0);
        if (std::has_single_bit(static_cast<std::uint64_t>(tokens)))
            shift_ = std::countr_zero(static_cast<std::uint64_t>(tokens));
    }

    [[nodiscard]] std::int64_t tokens() const { return tokens_; }
    /// How many whole blocks of as many tokens. \pre tokens >= 0
    [[nodiscard]] std::int64_t whole(std::int64_t tokens) const {
        return shift_ >= 0 ? tokens >> shift_ : tokens / tokens_;
    }
    /// The tokens after the last whole block; of a negative number too.
    [[nodiscard]] std::int64_t rest(std::int64_t tokens) const {
        if (shift_ >= 0) return tokens & (tokens_ - 1);
        auto const r = tokens % tokens_;
        return r < 0 ? r + tokens_ : r;
    }

private:
    std::int64_t tokens_;
    int shift_ = -1;
};

}  // namespace runrate
