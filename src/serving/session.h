#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "serving/bound.h"
#include "serving/context.h"
#include "serving/prompt_cache.h"
#include "serving/simulate.h"
#include "stat/stream.h"

namespace runrate {

/// What one session counted.
struct SessionTally {
    std::vector<Meters> meters;        ///< by usage key
    std::vector<double> at_risk;       ///< tokens, by prefix
    double turns = 0, calls = 0, attempts = 0, cache_hits = 0;
    bool harmed = false;               ///< a false hit, or a call that failed in all attempts
    Duration duration{};
    std::int64_t last_prompt = 0;
};

/// Runs sessions of one feature, one after the other, as strands over the flat program. Its memory is used again from
/// session to session.
class SessionMachine {
public:
    SessionMachine(BoundProgram const&, Sample const&);

    /// Simulates session `number`; lengths of its calls are added to `roles`.
    SessionTally const& run(std::uint64_t number, std::vector<RoleTokens>& roles);

    /// What the session's caches held, by prefix, after run().
    [[nodiscard]] std::vector<SessionCache> const& caches() const { return caches_; }

private:
    struct Strand {
        std::uint32_t pc = 0;
        Instant time{};
        std::int32_t parent = -1;
        std::uint32_t waiting = 0;             ///< branches still running
        std::size_t fork_pieces = 0;           ///< pieces of the turn at the fork, in the branch's context
        std::vector<std::uint32_t> contexts;   ///< into contexts_; the last is current
        std::vector<std::int32_t> counters;    ///< runs left, or done, by loop
        std::vector<std::uint32_t> children;   ///< branches in written order
    };
    struct Answer {
        bool given = false;
        double seconds = 0;
    };
    /// What a request is made of, in the workflow's tokens.
    struct Request {
        RoleId role;
        Context const* context = nullptr;      ///< whose prompt it is; none: `input` tokens of their own
        std::int64_t input = 0, visible = 0, reasoning = 0;
        bool search = false;                   ///< a rerank: billed by call
        BoundRetry const* retry = nullptr;
    };

    void start_session(std::uint64_t number);
    void run_turn();
    std::optional<std::uint32_t> earliest() const;
    void advance(std::uint32_t strand);

    // One per operation; each returns whether simulated time has passed.
    bool execute(std::uint32_t strand, Op const&, CallOp const&);
    bool execute(std::uint32_t strand, Op const&, ToolOp const&);
    bool execute(std::uint32_t strand, Op const&, RetrieveOp const&);
    bool execute(std::uint32_t strand, Op const&, ChanceOp const&);
    bool execute(std::uint32_t strand, Op const&, LoopOp const&);
    bool execute(std::uint32_t strand, Op const&, LoopEndOp const&);
    bool execute(std::uint32_t strand, Op const&, ForkOp const&);
    bool execute(std::uint32_t strand, Op const&, StrandEndOp const&);
    bool execute(std::uint32_t strand, Op const&, AgentOp const&);
    bool execute(std::uint32_t strand, Op const&, AgentEndOp const&);
    bool execute(std::uint32_t strand, Op const&, TurnEndOp const&);

    void make_room(Context&, Op const&, Strand&);
    bool semantic_hit(Context const&, Op const&, CallOp const&, Strand&, double u_hit, double u_false);
    Answer ask(Request const&, Op const&, Instant start, std::uint32_t hop);
    Answer attempts(Request const&, std::size_t key, Op const&, Instant start, std::uint32_t hop);
    Answer one_attempt(Request const&, std::size_t key, Stream&, Instant start, bool certain);
    void meter(Request const&, std::size_t key, Instant start);
    void meter_prompt(Request const&, std::size_t key, Instant start);
    void note(Request const&);
    std::size_t choose(BoundRole const&, Route const&, RoleId, double u);

    Stream stream(Purpose, Op const&, std::uint32_t hop = 0) const;
    std::int64_t tokens(LawIndex, double u) const;
    std::uint32_t new_context();
    std::uint32_t new_strand(std::uint32_t pc, Instant, std::int32_t parent);
    Context& context_of(Strand const& s) { return contexts_[s.contexts.back()]; }

    BoundProgram const* bound_;
    FeatureProgram const* program_;
    Sample sample_;
    SessionTally tally_;
    std::vector<RoleTokens>* roles_ = nullptr;
    ContextTree tree_;
    std::deque<Context> contexts_;  ///< a deque: references stay valid while strands start
    std::size_t contexts_used_ = 0;
    std::deque<Strand> strands_;
    std::size_t strands_used_ = 0;
    std::vector<std::uint32_t> runnable_;
    std::vector<SessionCache> caches_;                    ///< by prefix
    std::vector<std::optional<ContextTree::NodeId>> roots_;  ///< by context spec, once per session
    std::vector<std::uint32_t> occurrences_;              ///< by step, in this turn
    std::vector<std::optional<std::size_t>> sticky_;      ///< by role
    std::uint64_t number_ = 0;
    std::uint32_t turn_ = 0;
    Instant now_{};
};

}  // namespace runrate
