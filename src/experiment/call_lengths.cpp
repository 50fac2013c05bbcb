#include "experiment/call_lengths.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "hardware/memory.h"

namespace runrate {
namespace {

/// Tokens that a replica has for a call, and what bounds them.
struct Room {
    double tokens;
    std::string what;
};

Room room_of(Pool const& pool) {
    auto const& model = pool.replica.model;
    Room room{1e18, ""};
    if (model.context_limit > 0) room = {static_cast<double>(model.context_limit), "the context of " + model.name};
    if (std::holds_alternative<StatedCapacity>(pool.speed)) return room;
    auto const cached = static_cast<double>(kv_capacity_tokens(pool.replica));
    return cached < room.tokens ? Room{cached, "the KV cache of a replica"} : room;
}

double length(SampledCall const& call) { return static_cast<double>(call.prompt_tokens + call.output_tokens); }

}  // namespace

void expect_room(Pool const& pool, std::string const& feature, CallSample const& sample) {
    if (sample.calls.empty()) return;
    double shortest = length(sample.calls.front());
    for (auto const& call : sample.calls) shortest = std::min(shortest, length(call));
    auto const room = room_of(pool);
    if (shortest <= room.tokens) return;
    throw std::invalid_argument(
        fmt::format("pool '{}' takes no call of '{}': prompt and output are {:.0f} tokens at least, {} has {:.0f} "
                    "(shorten the prompts, or serve them by another pool or model)",
                    pool.name, feature, shortest, room.what, room.tokens));
}

}  // namespace runrate
