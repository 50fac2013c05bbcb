#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "replay/request.h"

namespace runrate {

/// Blocks of prompts that a vendor holds: the N last used, each for a lifetime since its last use.
///
/// A prompt is a list of chained block ids: an id says all that stands before it too, so a prefix is present when its
/// leading ids are. Memory grows to N blocks of about 50 bytes.
class BlockCache {
public:
    /// \param lifetime  nothing: as long as there is room \pre 0 < most < 2^31
    BlockCache(std::size_t most, std::optional<std::chrono::nanoseconds> lifetime);

    /// How many leading blocks are present; then touches or inserts all of them, in order. \pre times do not go back
    std::size_t use(std::span<std::uint64_t const> blocks, TraceTime);

    [[nodiscard]] std::size_t size() const { return used_; }
    /// Blocks that were pushed out by others before their lifetime ended.
    [[nodiscard]] std::int64_t pushed_out() const { return pushed_out_; }

private:
    using Index = std::uint32_t;
    static constexpr Index none = UINT32_MAX;
    struct Node {
        std::uint64_t id = 0;
        TraceTime used{};
        Index newer = none, older = none;
    };

    struct Slot {
        Index index = none;
        std::uint32_t hash = 0;  ///< so that blocks that only share a slot need not be looked at
    };

    [[nodiscard]] std::size_t slot_of(std::uint64_t id) const;
    [[nodiscard]] bool alive(Node const&, TraceTime now) const;
    void touch(std::uint64_t id, TraceTime now);
    void insert(std::uint64_t id, TraceTime now);
    void unlink(Index);
    void put_first(Index);
    void forget(Index);
    void grow();

    std::size_t most_;
    std::optional<std::chrono::nanoseconds> lifetime_;
    std::vector<Node> nodes_;
    std::vector<Slot> slots_;  ///< open addressing: a power of two, at most half full
    std::vector<Index> free_;
    Index newest_ = none, oldest_ = none;
    std::size_t used_ = 0;
    std::int64_t pushed_out_ = 0;
};

}  // namespace runrate
