#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/id.h"
#include "stat/law.h"
#include "stat/number.h"

namespace runrate {

// A workflow is a tree of what a turn does. Lengths are in tokens, times in seconds.

struct Step;
using Steps = std::vector<Step>;

/// Attempts against errors at a step (inner loop) or at the gateway (outer loop); the two stack.
struct RetrySpec {
    int attempts = 1;
    Number backoff_s{0}, factor{2}, longest_s{30};  ///< wait before retry n: min(backoff * factor^(n-1), longest)
    Number jitter{0};                               ///< the wait is drawn evenly from (1 - jitter, 1 + jitter) of it
    std::optional<Number> budget;                   ///< retries at most this share of first attempts
};

/// One request to the model that an option serves `role` with; its visible output joins the context.
struct CallStep {
    RoleId role;
    std::optional<LawSpec> user;  ///< user text that joins the context at this call, once per turn
    LawSpec output;               ///< visible output
    std::optional<LawSpec> reasoning;
    std::optional<Number> cap;          ///< vendors' max_tokens: reasoning and output together, reasoning first
    std::optional<Number> cap_visible;  ///< of the visible output alone
    std::optional<RetrySpec> retry;
    std::optional<LawSpec> reasoning_share{};  ///< of what is generated, below one; instead of `reasoning`
    std::optional<Number> continues{};         ///< probability that an answer which `cap` has cut is asked to go on
};

/// Something outside the models; its result joins the context.
struct ToolStep {
    std::string name;
    LawSpec time;  ///< besides that of whoever is asked
    std::optional<LawSpec> result;
    std::optional<RoleId> ask{};  ///< who is asked and billed by use; a tool that fails brings no result
};

/// Embeds the user text of the turn, queries a store, reranks, and joins `chunks` chunks.
struct RetrieveStep {
    std::string store;
    Number chunks{0};
    LawSpec chunk;
    std::optional<RoleId> embed, rerank;
    LawSpec time = LawSpec::constant(Number{0});  ///< of the query, besides that of whoever is asked
    std::optional<RoleId> query{};                ///< who is asked for the query and billed by use
    std::optional<Number> fetch{};                ///< documents that are found and reranked; `chunks` where missing
};

/// Branches start from the context at the fork and join in written order when the last has ended.
struct ParallelStep {
    std::vector<Steps> branches;
};

/// Runs its body a drawn number of times, or while a coin says so (tested before each run).
struct RepeatStep {
    std::variant<LawSpec, Number> until;  ///< `times` (counts bodies) or `while` (probability)
    std::optional<int> at_most;
    Steps body;
};

enum class History { none, dialogue, full };

/// The last `turns` turns, each as `of` would keep it.
struct Window {
    int turns = 1;
    History of = History::full;
};

/// Before a call whose prompt would exceed `above`, the kept history becomes `to` tokens written by role `by`.
struct Compaction {
    Number above, to;
    RoleId by;
};

/// What a prompt begins with, what stays of past turns, and whether vendors with explicit caches are asked to cache.
struct ContextSpec {
    Number system{0}, tools{0};
    std::variant<History, Window> history = History::dialogue;
    std::optional<Number> limit{};
    std::optional<Compaction> compact{};
    std::optional<double> cache_lifetime_s{};  ///< `cache: {lifetime}`: asks explicit vendors to cache
    bool keep_reasoning = false;               ///< to the end of the turn, instead of to the end of its call
};

/// A sub-agent: its own context (system, tools, task, then what happens), of which only `result` joins the caller's.
struct AgentStep {
    std::string name;
    ContextSpec context;  ///< history is within the agent: everything that happens in it stays
    std::optional<LawSpec> task;
    LawSpec times = LawSpec::constant(Number{1});
    std::optional<int> at_most;
    Steps body;  ///< run `times` times
    std::optional<LawSpec> result;
};

/// A step and the probability that it happens at all.
struct Step {
    Number probability{1};
    std::variant<CallStep, ToolStep, RetrieveStep, ParallelStep, RepeatStep, AgentStep> what;
};

/// Another prompt for a workflow's own context.
struct Variant {
    std::string name;
    Number share{1};                      ///< of sessions
    std::optional<Number> system, tools;  ///< as the workflow's where missing
    Number output{1};                     ///< factor on visible output and reasoning of calls of this context
};

/// What variants are for: `split` divides the sessions, what is left runs the workflow as written; `shadow` makes every
/// call of a session again with the variant's prompt, and throws the answer away.
enum class Variation { split, shadow };

struct Variants {
    Variation variation = Variation::split;
    std::vector<Variant> all;
};

struct Workflow {
    std::string name;
    ContextSpec context;
    Steps steps;
    Variants variants{};
};

}  // namespace runrate
