#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/lane.h"
#include "core/money.h"
#include "core/quantity.h"
#include "rows/csv.h"

namespace runrate {

/// When a request came: since 1970, or since the zero of its trace (Trace::relative()).
using TraceTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// What became of a request.
enum class Fate : std::uint8_t {
    served,
    failed,        ///< the log says that it failed: nothing is billed
    from_gateway,  ///< answered by the gateway's own cache: no vendor was asked
};

/// One request of a recorded trace. Tokens are within [0, most_tokens]; the parts of a prompt and of an output are no
/// more than the whole.
struct TraceRequest {
    std::int64_t line = 0;                           ///< of the file, where its row begins
    std::optional<TraceTime> time;                   ///< nothing: the log has none
    Tokens prompt;                                   ///< the whole prompt, cached tokens included
    Tokens cache_read, cache_write, cache_write_1h;  ///< parts of the prompt, as logged
    Tokens output;                                   ///< generated, reasoning included
    Tokens reasoning;                                ///< part of the output
    std::int64_t searches = 0;                       ///< rerank calls
    std::string model, vendor;                       ///< as logged; may be empty
    std::optional<Lane> lane;                        ///< as logged
    std::optional<Money> spend;                      ///< what the log says that it cost
    Fate fate = Fate::served;
    std::vector<std::uint64_t> blocks;  ///< chained ids of the prompt's blocks, in order; empty: not logged
};

/// The largest token count of one request that is believed: a thousand times what models read in 2026.
inline constexpr std::int64_t most_tokens = 1'000'000'000;

/// What has been read of a trace.
enum class RowRead : std::uint8_t { row, fault, end };

}  // namespace runrate
