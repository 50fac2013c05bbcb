#pragma once

#include <cmath>
#include <deque>
#include <optional>
#include <vector>

#include "serving/bound.h"
#include "serving/context.h"
#include "serving/draft.h"
#include "serving/minute_log.h"
#include "serving/prompt_cache.h"
#include "serving/simulate.h"
#include "stat/stream.h"

namespace runrate {

/// An instant or a duration prolonged, or the last that there is: 104 days after a session's start.
/// \pre neither is negative
template <class Time>
Time after(Time from, Duration d) {
    return d > Time::max() - from ? Time::max() : from + d;
}

/// What one session counted.
struct SessionTally {
    std::vector<Meters> meters;   ///< by usage key
    std::vector<double> at_risk;  ///< tokens, by prefix
    double turns = 0, calls = 0, attempts = 0, cache_hits = 0;
    bool harmed = false;  ///< a false hit, or a call that failed in all attempts
    Duration duration{};
    std::int64_t last_prompt = 0;
};

/// Runs sessions of one feature, one after the other, as strands over the flat program. Its memory is used again from
/// session to session.
class SessionMachine {
public:
    SessionMachine(BoundProgram const&, Sample const&, std::vector<Gauge> const& = {});

    /// Simulates session `number`; lengths of its calls are added to `roles`.
    /// \throws std::runtime_error when it does not come to an end
    SessionTally const& run(std::uint64_t number, std::vector<RoleTokens>& roles);

    // The same, one event after the other, where answers come from outside: begin(), then advance() to next() and
    // answers to what was asked, until it is done. Times are since the session's start.

    /// A call to a target that answers from outside (TargetSpec::pool).
    struct PoolCall {
        std::uint32_t strand;  ///< whose call it is, for answer()
        std::size_t key;       ///< into FeatureProgram::keys
        std::int64_t prompt_tokens, output_tokens;
        /// Whether what follows the prompt in the context will be this output, whole and nobody else's.
        bool joins;
        Context const* context;  ///< what the prompt consists of; none: tokens of their own
    };
    /// A stretch of a prompt that other prompts may begin with, in the target's tokens.
    struct Stretch {
        std::uint32_t line;  ///< of the session's tree; of a shared beginning the context's place in the program
        bool shared;         ///< by sessions
        std::int64_t tokens;
    };
    /// What a call's prompt consists of, from its beginning.
    void stretches_of(PoolCall const&, std::vector<Stretch>&) const;

    /// Starts session `number`. \pre no variants that are shadowed
    void begin(std::uint64_t number, std::vector<RoleTokens>& roles);
    /// When it goes on by itself; Instant::max() while it waits for answers.
    [[nodiscard]] Instant next() const { return due_.empty() ? Instant::max() : due_.front().time; }
    /// Moves to next(): what happens there, and whatever follows without an answer from outside.
    void advance();
    /// What was asked since the last clear_calls(), at the instants of advance().
    [[nodiscard]] std::vector<PoolCall> const& calls() const { return calls_; }
    void clear_calls() { calls_.clear(); }
    /// A call is under way: it will be billed. One that is answered without is a failed attempt.
    void taken(std::uint32_t strand);
    /// A call finds its pool full: it turns to whoever takes it then, at once. \pre somebody does
    void overflow(std::uint32_t strand);
    /// The answer to a call, at an instant that is not before the last.
    void answer(std::uint32_t strand, Instant at, bool given);
    [[nodiscard]] bool done() const { return !playing_; }
    [[nodiscard]] SessionTally const& tally() const { return tally_; }

    /// What the session's caches held, by prefix, after run().
    [[nodiscard]] std::vector<SessionCache> const& caches() const { return caches_; }

    /// How the sessions run so far use the gauges, by minute.
    [[nodiscard]] std::vector<MinuteUse> minutes() const { return minutes_.means(); }

private:
    /// When a strand goes on; the earlier first, the older among equals.
    struct Due {
        Instant time;
        std::uint32_t order, strand;
        [[nodiscard]] bool after(Due const& other) const {
            return time != other.time ? time > other.time : order > other.order;
        }
    };
    /// At the same instant; later; the strand waits or has ended; it waits for an answer, and then goes on with the
    /// operation's next stage.
    enum class Flow { on, time_passed, left, asks };
    struct Answer {
        bool given = false;
        Duration time{};
        std::size_t key = 0;  ///< whose answer it is: the last that was asked
    };
    /// What a request is made of, in the workflow's tokens: whoever is asked counts them by its own tokenizer.
    struct Request {
        RoleId role{};
        Context const* context = nullptr;  ///< whose prompt it is; none: `input` tokens of their own
        std::int64_t input = 0;
        Cause cause = Cause::user;  ///< of `input`
        std::int64_t visible = 0, reasoning = 0;
        Draft const* draft = nullptr;  ///< that it writes the next part of, instead of these lengths
        bool has_tokens = true;        ///< else it is billed by use, and has no lengths
        std::int64_t searches = 0;     ///< of a rerank
        BoundRetry const* retry = nullptr;
    };
    /// A request on its way: to the targets of its route, to those that each falls back to, in all their attempts.
    struct Asking {
        Request request;
        Op const* op = nullptr;
        Instant begun{};                     ///< the request
        std::uint32_t hop = 0, own_hop = 0;  ///< of the target; of the request
        double u = 0;                        ///< of the route's chance
        bool second = false;                 ///< of a cascade
        Answer first{};                      ///< of a cascade's first target
        Instant chain_begun{};               ///< with the first target of a chain of fallbacks
        Answer answer{};                     ///< of that chain so far, and in the end of the request
        std::size_t key = 0;                 ///< of the target that is asked
        Instant target_begun{};
        Answer target{};  ///< of its attempts so far
        int inner = 1, outer = 1;
        Stream chance{Address{}};  ///< of the target's attempts, once one has asked for it
        bool drawn = false;
        bool overflowed = false;        ///< the target is asked in place of a pool that was full
        bool taken = false;             ///< an attempt outside is under way
        std::optional<Answer> reply{};  ///< to an attempt that was answered from outside
    };
    enum class Progress { done, later, under_way };

    /// How a call is carried out: for the user; once more as it was, from the journal; or for nobody.
    enum class Telling { first, again, shadow };
    /// An answer that is written in parts.
    struct Writing {
        Draft draft{AnswerLengths{}};
        Telling telling = Telling::first;
        std::uint32_t part = 0, first_occurrence = 0;
        Summary summary{};  ///< what a compaction on its way replaces
        std::int64_t summary_to = 0;
        // What a shadow's answer leaves as it was.
        Instant time{};
        ContextTree::NodeId tip = 0;
        std::size_t pieces = 0;
        std::array<std::int64_t, cause_count> joined{};
    };
    struct Strand {
        std::uint32_t pc = 0;
        Instant time{};
        std::uint32_t order = 0;  ///< strands of a turn in the order of their start
        std::int32_t parent = -1;
        std::uint32_t waiting = 0;            ///< branches still running
        std::vector<std::uint32_t> contexts;  ///< into contexts_; the last is current
        std::vector<std::int32_t> counters;   ///< runs left, or done, by loop
        std::vector<std::uint32_t> children;  ///< branches in written order
        std::uint8_t stage = 0;               ///< of its operation: which of its requests is behind it
        bool asks = false;                    ///< a request is on its way
        Stream chance{Address{}};             ///< of its operation, drawn from stage by stage
        Asking asking;
        Writing writing;
        bool found = true;  ///< of a retrieval, so far
    };
    /// Where a request is counted.
    struct Metered {
        std::size_t key;    ///< the target's first: its cache
        std::size_t place;  ///< that of the prompt's tier
        std::int64_t prompt;
    };

    void start_session(std::uint64_t number);
    void play(std::uint32_t context);
    void begin_play(std::uint32_t context);
    void begin_turn();
    void finish_turn();
    void work();
    void play_in_shadow(std::uint32_t context);
    [[nodiscard]] std::uint32_t variant_of_session() const;
    [[nodiscard]] double variant_chance(std::uint32_t variant) const;
    void advance_strand(std::uint32_t strand);

    Flow execute(std::uint32_t strand, Op const&, CallOp const&);
    Flow execute(std::uint32_t strand, Op const&, ToolOp const&);
    Flow execute(std::uint32_t strand, Op const&, RetrieveOp const&);
    Flow execute(std::uint32_t strand, Op const&, ChanceOp const&);
    Flow execute(std::uint32_t strand, Op const&, LoopOp const&);
    Flow execute(std::uint32_t strand, Op const&, LoopEndOp const&);
    Flow execute(std::uint32_t strand, Op const&, ForkOp const&);
    Flow execute(std::uint32_t strand, Op const&, StrandEndOp const&);
    Flow execute(std::uint32_t strand, Op const&, AgentOp const&);
    Flow execute(std::uint32_t strand, Op const&, AgentEndOp const&);
    Flow execute(std::uint32_t strand, Op const&, TurnEndOp const&);

    // Stages of a call, each up to its next request.
    Flow begin_call(Strand&, Op const&, CallOp const&);
    Flow look_up(Strand&, Op const&, CallOp const&);
    Flow make_room(Strand&, Op const&, CallOp const&);
    Flow put_summary(Strand&, Op const&, CallOp const&);
    Flow cut_and_write(Strand&, Op const&, CallOp const&);
    Flow write(Strand&, Op const&, CallOp const&);
    Flow take_part(Strand&, Op const&, CallOp const&);
    Flow end_call(Strand&, Op const&, CallOp const&);
    void begin_shadow(Strand&, Op const&, CallOp const&);
    // Of a retrieval and of a tool.
    Flow query(Strand&, Op const&, RetrieveOp const&);
    Flow rerank(Strand&, Op const&, RetrieveOp const&);
    Flow join_chunks(Strand&, Op const&, RetrieveOp const&);
    Flow join_result(Strand&, Op const&, ToolOp const&);
    Flow end_step(Strand&, Op const&);

    // Parts of them.
    void join_user(Context&, Op const&, CallOp const&, double u);
    [[nodiscard]] std::int64_t user_text(Context const&) const;
    [[nodiscard]] AnswerLengths lengths(CallOp const&, double factor, double u_output, double u_reasoning) const;
    [[nodiscard]] Draft draft(CallOp const&, AnswerLengths wanted) const;
    [[nodiscard]] AnswerLengths lengths_again(Op const&, CallOp const&, double factor) const;
    [[nodiscard]] std::int64_t longest(Context const&, RoleId, Number const&) const;
    [[nodiscard]] bool semantic_hit(Op const&);

    // A request on its way to a model.
    static Request& new_request(Strand&, RoleId);
    Flow await(Strand&, Op const&, std::uint32_t hop, std::uint8_t next_stage);
    Flow await_text(Strand&, RoleId, std::int64_t text, Op const&, std::uint32_t hop, std::uint8_t next_stage);
    Flow await_use(Strand&, RoleId, std::int64_t searches, Op const&, std::uint32_t hop, std::uint8_t next_stage);
    void begin_asking(Strand&, Op const&, std::uint32_t hop);
    void begin_chain(Asking&, std::size_t key, Instant start, std::uint32_t hop);
    void begin_target(Asking&, std::size_t key, Instant start, std::uint32_t hop);
    void turn_from_full(Asking&, Instant start) const;
    [[nodiscard]] bool finds_full(Asking const&) const;
    Progress proceed(std::uint32_t strand);
    bool settle(Asking&, Answer const& tried);
    bool turn_to_next(Asking&);
    void finish_asking(Strand&);
    Answer one_attempt(Asking&, Instant start);
    [[nodiscard]] double chance_of(Asking&) const;
    void call_pool(std::uint32_t strand);
    [[nodiscard]] bool output_goes_on(Strand const&, AnswerLengths written) const;
    [[nodiscard]] static Instant attempt_begun(Asking const& a) { return after(a.target_begun, a.target.time); }
    [[nodiscard]] std::size_t chosen_share(Shares const&, RoleId, double u) const;
    void count(Request const&, std::size_t key, Instant start, bool billed);
    void meter(Request const&, Metered const&, Instant start);
    void meter_prompt(Context const&, Metered const&, Instant start);
    void meter_storage();
    [[nodiscard]] Draft::Part generated(Request const&, std::size_t key) const;
    [[nodiscard]] std::int64_t prompt_of(Request const&, std::size_t key) const;
    void note(Request const&, std::size_t key);

    [[nodiscard]] Address address(Purpose, std::uint32_t step, std::uint32_t hop, std::uint32_t occurrence) const;
    [[nodiscard]] Address address(Purpose purpose, Op const& op, std::uint32_t hop = 0) const {
        return address(purpose, op.address, hop, occurrences_[op.step]);
    }
    [[nodiscard]] Stream stream(Purpose, Op const&, std::uint32_t hop = 0) const;
    [[nodiscard]] std::int64_t tokens(LawIndex, double u, double factor = 1) const;
    [[nodiscard]] double draw(LawIndex law, double u) const {
        return bound_->laws[static_cast<std::size_t>(law)].at(u);
    }
    [[nodiscard]] std::int64_t whole(Number const& n) const {
        return static_cast<std::int64_t>(std::nearbyint(n.in(bound_->world)));
    }
    [[nodiscard]] Duration pause(LawIndex, double u) const;
    [[nodiscard]] std::int32_t runs(LawIndex, double u) const;  ///< nearest whole number, not negative
    [[nodiscard]] ContextTree::NodeId root_of(std::uint32_t context);
    std::uint32_t new_context();
    std::uint32_t new_strand(std::uint32_t pc, Instant, std::int32_t parent);
    void schedule(std::uint32_t strand);
    Context& context_of(Strand const& s) { return contexts_[s.contexts.back()]; }

    BoundProgram const* bound_;
    FeatureProgram const* program_;
    Sample sample_;
    SessionTally tally_;
    MinuteLog minutes_;
    std::vector<RoleTokens>* roles_ = nullptr;
    ContextTree tree_;
    std::deque<Context> contexts_;  ///< a deque: references stay valid while strands start
    std::vector<std::uint32_t> free_contexts_;
    std::deque<Strand> strands_;
    std::vector<std::uint32_t> free_strands_;
    std::uint32_t started_ = 0;                              ///< strands of this turn
    std::vector<Due> due_;                                   ///< a heap of the strands that neither wait nor run
    std::vector<SessionCache> caches_;                       ///< by prefix
    std::vector<std::optional<ContextTree::NodeId>> roots_;  ///< by context spec, once per session
    std::vector<std::uint32_t> occurrences_;                 ///< by step, in this turn
    std::uint64_t number_ = 0;
    std::size_t steps_ = 0;  ///< executed in this session
    std::uint32_t turn_ = 0;
    std::int32_t turns_ = 0;
    std::uint32_t spec_ = 0;  ///< context of the variant that is played
    Stream own_{Address{}};
    std::uint32_t main_ = 0;  ///< strand of the turn
    bool playing_ = false, turn_over_ = false;
    Instant now_{};
    Instant clock_ = Instant::max();  ///< what happens outside is known up to here
    std::vector<PoolCall> calls_;
    std::vector<Answer> journal_;  ///< of a session that is shadowed: all its answers in order
    std::size_t retold_ = 0;       ///< of the journal
    bool keeps_journal_ = false, again_ = false;
};

}  // namespace runrate
