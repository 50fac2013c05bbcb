#pragma once

#include <cstdint>
#include <vector>

#include "core/time.h"
#include "engine/prefix_cache.h"

namespace runrate {

/// A request on its way through an engine.
struct Sequence {
    enum class State : std::uint8_t { waiting, prefilling, decoding };

    std::uint64_t request = 0;
    Instant arrival{}, admitted{}, first_token{};
    std::int64_t prompt = 0, output = 0;
    std::int64_t target = 0;     ///< tokens to compute before it decodes: the prompt, and after a preemption its output
    std::int64_t computed = 0;   ///< of them
    std::int64_t generated = 0;  ///< output tokens before it decoded
    std::int64_t entered = 0;    ///< iteration in which it began to decode
    std::int64_t growth = 0;     ///< parts of a token (Run::token) by which an iteration of decoding grows its context
    std::int64_t own_blocks = 0;  ///< of the KV cache, when it began to decode
    std::int64_t promised_blocks = 0;
    std::int64_t cached = 0;  ///< tokens found at first admission
    int preemptions = 0;
    std::uint32_t admission = 0;  ///< number of its last admission
    State state = State::waiting;
    std::int64_t extent_tokens = 0;  ///< of the prompt that the extents name
};

/// What of a request's prompt others may share. Kept apart from the sequence, for engines with a prefix cache alone.
struct SharedPrompt {
    std::vector<Extent> extents;
    PrefixCache::Path path;  ///< while it runs
};

}  // namespace runrate
