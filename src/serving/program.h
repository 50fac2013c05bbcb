#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "serving/option.h"
#include "serving/simulate.h"
#include "workload/session.h"

namespace runrate {

// A workflow tree lowered to a flat list of operations. Laws and numbers are indices, resolved once per world.

/// A law of the program and the factor that an option's adjustment puts on it.
struct ProgramLaw {
    LawSpec law;
    Number scale{1};
};
using LawIndex = std::int32_t;  ///< into FeatureProgram::laws; -1: none
inline constexpr LawIndex no_law = -1;

/// Asks the role's route; `context` says whose system prompt it reads.
struct CallOp {
    RoleId role;
    LawIndex user = no_law, output = no_law, reasoning = no_law;
    bool reasoning_is_share = false;  ///< of what is generated, instead of tokens
    std::optional<Number> cap, cap_visible, continues;
    std::int32_t retry = -1;  ///< into FeatureProgram::retries; -1: one attempt
};
struct ToolOp {
    LawIndex time = no_law, result = no_law;
    std::optional<RoleId> ask;
};
struct RetrieveOp {
    Number chunks, fetch;
    LawIndex chunk = no_law, time = no_law;
    std::optional<RoleId> embed, query, rerank;
};
/// Goes on with probability `p`, else jumps to `otherwise`.
struct ChanceOp {
    Number p;
    std::uint32_t otherwise = 0;
};
/// Draws how often the body runs; jumps to `end` when it does not run at all.
struct LoopOp {
    LawIndex times = no_law;  ///< none: `p` is tested before each run instead
    Number p;
    std::int32_t at_least = 0, at_most = 0;
    std::uint32_t counter = 0, end = 0;
};
inline constexpr std::int32_t most_runs = 1'000'000;  ///< of a loop without bound
/// Back to the body or on.
struct LoopEndOp {
    std::uint32_t begin = 0;  ///< of its LoopOp
};
/// Starts a strand at each branch and waits for all.
struct ForkOp {
    std::vector<std::uint32_t> branches;
    std::uint32_t end = 0;
};
struct StrandEndOp {};
/// A context of its own from here to its AgentEndOp.
struct AgentOp {
    std::uint32_t context = 0;  ///< into FeatureProgram::contexts
    LawIndex task = no_law;
};
struct AgentEndOp {
    LawIndex result = no_law;
};
struct TurnEndOp {};

/// An operation and the step of the tree that it belongs to.
struct Op {
    std::uint32_t step = 0;     ///< in written order
    std::uint32_t address = 0;  ///< of the step's chance, see StepAddresses
    std::variant<CallOp, ToolOp, RetrieveOp, ChanceOp, LoopOp, LoopEndOp, ForkOp, StrandEndOp, AgentOp, AgentEndOp,
                 TurnEndOp>
        what;
};

class FeatureProgram {
public:
    std::vector<Op> ops;
    std::vector<ProgramLaw> laws;
    std::vector<RetrySpec> retries;
    std::vector<ContextSpec> contexts;  ///< the workflow's, those of its variants, one per agent name (and spec)
    std::vector<std::string> context_names;
    std::vector<UsageKey> keys;
    std::vector<std::optional<Route>> routes;  ///< by RoleId
    std::vector<RoleAdjustment> adjustments;   ///< by RoleId
    std::vector<TargetSpec> targets;           ///< by TargetId
    std::vector<Fallback> fallbacks;
    std::optional<Overflow> overflow;
    GatewaySpec gateway;
    std::vector<std::uint32_t> role_addresses;  ///< by RoleId: of chance that belongs to a role
    LawIndex turns = no_law, think = no_law;
    Variation variation = Variation::split;
    std::vector<Variant> variants;  ///< the n-th has the context n + 1
    bool reads_caches = true;
    bool answers_pass = false;  ///< of a turn's calls, results and chunks the history keeps one answer at most
    std::size_t roles = 0, steps = 0, counters = 0;
    std::optional<std::size_t> user_call;  ///< the op whose call the user text of the turn joins at

    /// The index of (role, target) in `keys`: of its first tier; those of longer prompts follow.
    [[nodiscard]] std::size_t key_of(RoleId, TargetId) const;
    /// Whom a call turns to that finds a target full; nothing where nobody takes it.
    [[nodiscard]] std::optional<TargetId> overflow_of(RoleId, TargetId) const;
    /// Whether a context is the workflow's own, in whichever variant; else it is an agent's.
    [[nodiscard]] bool own(std::uint32_t context) const { return context <= variants.size(); }
    /// Prefixes are shared by sessions per (context, usage key).
    [[nodiscard]] std::size_t prefix_of(std::size_t context, std::size_t key) const {
        return context * keys.size() + key;
    }
};

}  // namespace runrate
