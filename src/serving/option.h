#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/id.h"
#include "core/quantity.h"
#include "stat/law.h"
#include "workload/workflow.h"

namespace runrate {

/// Traffic of a role divided among targets by chance.
struct Shares {
    std::vector<std::pair<TargetId, Number>> parts;  ///< weights, normalised in each world
    bool sticky = false;                             ///< a session keeps its first draw
};

/// The first target answers; its answer is kept with probability `keep`, else `then` is asked too.
struct Cascade {
    TargetId first;
    Number keep;
    TargetId then;
};

using Route = std::variant<TargetId, Shares, Cascade>;

/// How an option differs from the workflow as written, for calls of one role.
struct RoleAdjustment {
    Number output{1};     ///< factor on visible output and reasoning
    Number steps{1};      ///< factor on the `times` laws of loops and agents whose first call is of this role
    Number tokenizer{1};  ///< factor on every token of its prompts and outputs
};

/// An answer from a store of earlier answers, in place of a call.
struct SemanticCacheSpec {
    std::vector<RoleId> roles;
    Number hit{0}, false_hit{0};   ///< shares; a false hit is a hit that fails its conversation (share of the hits)
    std::optional<RoleId> lookup;  ///< embeds the user text of the turn for each look-up
};

struct GatewaySpec {
    RetrySpec retry;
    std::optional<SemanticCacheSpec> semantic_cache;
};

/// Which prefixes a vendor caches, and which of it it bills.
struct CacheRule {
    enum class Kind : std::uint8_t { none, automatic, explicit_ };
    Kind kind = Kind::none;
    Tokens minimum{0};            ///< shorter prompts and prefixes are not cached
    Tokens step{1};               ///< reads are whole multiples of it
    double lifetime_s = 300;      ///< of automatic caches, since the last use
    bool charges_writes = false;  ///< what is not read is billed as a cache write
    bool sells_storage = false;   ///< a workflow that asks gets a cache of any lifetime, billed by token-hours
};

/// Before the name of a pool where a target is named.
inline constexpr std::string_view pool_prefix = "pool ";

/// How a target behaves, whoever asks.
struct TargetSpec {
    std::string name;  ///< `vendor/model`, or `pool NAME`
    CacheRule cache{};
    LawSpec ttft_s = LawSpec::constant(Number{0});
    LawSpec speed = LawSpec::constant(Number{0});  ///< output tokens per second; 0: at once
    Number errors{0}, timeouts{0};                 ///< shares of attempts
    bool errors_billed = false, timeouts_billed = true;
    Number timeout_s{600};        ///< how long an attempt that times out takes
    double tokenizer = 1;         ///< its tokens for one of the workflow's, whoever asks
    bool pool = false;            ///< own replicas: latency is theirs, not a law's
    std::vector<Tokens> tiers{};  ///< lengths beyond which a prompt is billed at other rates, ascending
};

/// Who is asked what a target has refused or failed in all attempts.
struct Fallback {
    TargetId of, to;
    friend bool operator==(Fallback const&, Fallback const&) = default;
};
inline constexpr std::size_t longest_fallback = 6;  ///< targets after the first in a chain

/// The target that is asked after another; nothing where there is none.
std::optional<TargetId> fallback_of(std::vector<Fallback> const&, TargetId);

/// Calls that find a pool full go elsewhere, each for itself, and the next may find room again.
struct Overflow {
    double above = 1;  ///< a pool is full with so many requests in flight per replica that serves
    std::vector<std::optional<TargetId>> to{};  ///< by RoleId: whom calls of the role turn to; no pool
};

/// One way to serve all roles.
struct OptionBehaviour {
    std::vector<std::optional<Route>> routes;  ///< by RoleId
    std::vector<RoleAdjustment> adjustments;   ///< by RoleId
    std::vector<Fallback> fallbacks;           ///< at most one of each target, without cycles
    std::optional<Overflow> overflow{};        ///< of its pool
};

}  // namespace runrate
