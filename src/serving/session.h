#pragma once

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

    /// What the session's caches held, by prefix, after run().
    [[nodiscard]] std::vector<SessionCache> const& caches() const { return caches_; }

    /// How the sessions run so far use the gauges, by minute.
    [[nodiscard]] std::vector<MinuteUse> minutes() const { return minutes_.means(); }

private:
    struct Strand {
        std::uint32_t pc = 0;
        Instant time{};
        std::uint32_t order = 0;  ///< strands of a turn in the order of their start
        std::int32_t parent = -1;
        std::uint32_t waiting = 0;            ///< branches still running
        std::vector<std::uint32_t> contexts;  ///< into contexts_; the last is current
        std::vector<std::int32_t> counters;   ///< runs left, or done, by loop
        std::vector<std::uint32_t> children;  ///< branches in written order
    };
    /// When a strand goes on; the earlier first, the older among equals.
    struct Due {
        Instant time;
        std::uint32_t order, strand;
        [[nodiscard]] bool after(Due const& other) const {
            return time != other.time ? time > other.time : order > other.order;
        }
    };
    enum class Flow { on, time_passed, left };  ///< at the same instant; later; the strand waits or has ended
    struct Answer {
        bool given = false;
        Duration time{};
        std::size_t key = 0;  ///< whose answer it is: the last that was asked
    };
    /// What a request is made of, in the workflow's tokens: whoever is asked counts them by its own tokenizer.
    struct Request {
        RoleId role;
        Context const* context = nullptr;  ///< whose prompt it is; none: `input` tokens of their own
        std::int64_t input = 0;
        Cause cause = Cause::user;  ///< of `input`
        std::int64_t visible = 0, reasoning = 0;
        Draft const* draft = nullptr;  ///< that it writes the next part of, instead of these lengths
        bool has_tokens = true;        ///< else it is billed by use, and has no lengths
        std::int64_t searches = 0;     ///< of a rerank
        BoundRetry const* retry = nullptr;
    };

    /// Where a request is counted.
    struct Metered {
        std::size_t key;    ///< the target's first: its cache
        std::size_t place;  ///< that of the prompt's tier
        std::int64_t prompt;
    };

    /// How a call is carried out: for the user; once more as it was, from the journal; or for nobody.
    enum class Telling { first, again, shadow };

    void start_session(std::uint64_t number);
    void play(std::uint32_t context);
    void play_in_shadow(std::uint32_t context);
    [[nodiscard]] std::uint32_t variant_of_session() const;
    [[nodiscard]] double variant_chance(std::uint32_t variant) const;
    void run_turn();
    void advance(std::uint32_t strand);

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

    // Parts of a call and of a retrieval.
    void join_user(Context&, Op const&, CallOp const&, double u);
    [[nodiscard]] std::int64_t user_text(Context const&) const;
    [[nodiscard]] AnswerLengths lengths(CallOp const&, double factor, double u_output, double u_reasoning) const;
    [[nodiscard]] Draft draft(CallOp const&, AnswerLengths) const;
    void write(Context&, Op const&, CallOp const&, Draft&, Instant& time, Telling);
    void write_in_shadow(Context&, Op const&, CallOp const&, AnswerLengths, Instant time);
    bool semantic_hit(Context const&, Op const&, Strand&);
    void make_room(Context&, Op const&, RoleId, Instant& time);
    bool embed(RoleId, std::int64_t text, Op const&, Strand&, std::uint32_t hop);
    bool use(RoleId, std::int64_t searches, Op const&, Strand&, std::uint32_t hop);

    // A request on its way to a model.
    Answer told(Request const&, Op const&, Instant start, std::uint32_t hop);
    Answer ask(Request const&, Op const&, Instant start, std::uint32_t hop);
    Answer ask_target(Request const&, std::size_t key, Op const&, Instant start, std::uint32_t hop);
    Answer attempts(Request const&, std::size_t key, Op const&, Instant start, std::uint32_t hop);
    Answer one_attempt(Request const&, std::size_t key, Stream&, Instant start);
    [[nodiscard]] std::size_t chosen_share(Shares const&, RoleId, double u) const;
    void count(Request const&, std::size_t key, Instant start, bool billed);
    void meter(Request const&, Metered const&, Instant start);
    void meter_prompt(Context const&, Metered const&, Instant start);
    void meter_storage();
    [[nodiscard]] Draft::Part generated(Request const&, std::size_t key) const;
    [[nodiscard]] std::int64_t prompt_of(Request const&, std::size_t key) const;
    void note(Request const&, std::size_t key);

    [[nodiscard]] Address address(Purpose, std::uint32_t step, std::uint32_t hop, std::uint32_t occurrence) const;
    [[nodiscard]] Stream stream(Purpose, Op const&, std::uint32_t hop = 0) const;
    [[nodiscard]] std::int64_t tokens(LawIndex, double u, double factor = 1) const;
    [[nodiscard]] double draw(LawIndex law, double u) const {
        return bound_->laws[static_cast<std::size_t>(law)].at(u);
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
    Instant now_{};
    std::vector<Answer> journal_;  ///< of a session that is shadowed: all its answers in order
    std::size_t retold_ = 0;       ///< of the journal
    bool keeps_journal_ = false, again_ = false;
};

/// An instant or a duration prolonged, or the last that there is: 104 days after a session's start.
/// \pre neither is negative
template <class Time>
Time after(Time from, Duration d) {
    return d > Time::max() - from ? Time::max() : from + d;
}

}  // namespace runrate
