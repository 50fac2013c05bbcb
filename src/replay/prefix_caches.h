#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "replay/block_cache.h"
#include "serving/option.h"
#include "serving/usage.h"

namespace runrate {

/// How a prompt is divided by the meters that bill it.
struct PromptSplit {
    Tokens input{}, cache_read{}, cache_write{}, cache_write_1h{};
};

/// How blocks of a trace are cached for one model.
struct PrefixRule {
    bool on = false;         ///< off: nothing is read and nothing written
    bool explicit_ = false;  ///< the vendor caches on request only
    Tokens minimum{0}, step{1};
    std::optional<std::chrono::nanoseconds> lifetime;  ///< nothing: as long as there is room
    Meter rest = Meter::input;                         ///< where what is not read is billed
};

/// The rule of a vendor, whose cache on request is taken as asked for at every prompt.
/// \param lifetime  in place of the vendor's; an inner nothing is no lifetime
PrefixRule prefix_rule(CacheRule const&, std::optional<std::optional<std::chrono::nanoseconds>> lifetime);

/// What one vendor's cache did in a replay.
struct PrefixCounts {
    std::int64_t blocks = 0, hit_blocks = 0;
    std::int64_t tokens = 0, hit_tokens = 0;  ///< of prompts and their hits, before minimum and step of the vendor
    std::int64_t pushed_out = 0;              ///< blocks that others pushed out before their lifetime ended
};

/// The prefix caches of the options of a replay; options with equal lifetimes and minimums share one.
class PrefixCaches {
public:
    PrefixCaches(std::size_t most_blocks, Tokens block) : most_blocks_{most_blocks}, block_{block} {}

    /// Adds an option and returns its place.
    std::size_t add(PrefixRule const&);

    /// Looks a prompt up in every cache, once each.
    void use(TraceRequest const&);

    /// What the last prompt costs the option in that place.
    [[nodiscard]] PromptSplit split(std::size_t option, Tokens prompt) const;
    [[nodiscard]] std::optional<PrefixCounts> counts(std::size_t option) const;

private:
    struct Store {
        std::optional<std::chrono::nanoseconds> lifetime;
        Tokens minimum;
        BlockCache cache;
        PrefixCounts counts;
        Tokens hit;  ///< of the last prompt
    };
    struct Use {
        PrefixRule rule;
        std::size_t store = 0;
    };

    std::size_t most_blocks_;
    Tokens block_;
    std::deque<Store> stores_;
    std::vector<Use> uses_;
};

}  // namespace runrate
