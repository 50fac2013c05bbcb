#include <algorithm>
#include <cmath>

#include "core/contract.h"
#include "serving/hop.h"
#include "serving/session.h"

namespace runrate {
namespace {

std::int64_t whole(Number const& n, BeliefValues world) {
    return static_cast<std::int64_t>(std::nearbyint(n.in(world)));
}

/// Vendors bill a rerank by hundreds of documents.
std::int64_t searches_for(std::int64_t documents) { return std::max<std::int64_t>(1, (documents + 99) / 100); }

constexpr double most_reasoning = 0.999999;  ///< of what is generated
constexpr std::uint32_t most_parts = 255;    ///< of an answer, after the first

/// The occurrence of a step's n-th further request: a step runs less than 2^24 times in a turn.
std::uint32_t part_of(std::uint32_t occurrence, std::uint32_t part) { return occurrence | part << 24; }

}  // namespace

SessionMachine::Flow SessionMachine::execute(std::uint32_t id, Op const& op, CallOp const& c) {
    auto& s = strands_[id];
    auto& context = context_of(s);
    Stream chance = stream(Purpose::step, op);
    chance.uniform();  // the step's own probability
    double const u_user = chance.uniform(), u_output = chance.uniform(), u_reasoning = chance.uniform();
    join_user(context, op, c, u_user);
    // What a shadow writes joins nothing: the session goes on with the answer of the workflow's own prompt.
    double const factor = again_ ? 1 : bound_->output[context.spec];
    auto answer = draft(c, lengths(c, factor, u_output, u_reasoning));
    if (bound_->roles[c.role.index()].semantic && semantic_hit(context, op, s)) {
        auto const tokenizer = bound_->tokenizers[bound_->roles[c.role.index()].keys[0]];
        join_output(tree_, context, answer.next(tokenizer).joining.visible, Answering::anew);
    } else {
        make_room(context, op, c.role, s.time);
        if (again_)
            write_in_shadow(context, op, c, lengths(c, bound_->output[context.spec], u_output, u_reasoning), s.time);
        write(context, op, c, answer, s.time, again_ ? Telling::again : Telling::first);
    }
    ++occurrences_[op.step];
    ++s.pc;
    return Flow::time_passed;
}

/// What the model would write if nothing cut it.
AnswerLengths SessionMachine::lengths(CallOp const& c, double factor, double u_output, double u_reasoning) const {
    auto const visible = tokens(c.output, u_output, factor);
    if (c.reasoning == no_law) return {visible, 0};
    if (!c.reasoning_is_share) return {visible, tokens(c.reasoning, u_reasoning, factor)};
    return {visible, reasoning_beside(visible, std::clamp(draw(c.reasoning, u_reasoning), 0.0, most_reasoning))};
}

Draft SessionMachine::draft(CallOp const& c, AnswerLengths wanted) const {
    auto const tokens_of = [&](std::optional<Number> const& n) { return n ? whole(*n, bound_->world) : Draft::no_cap; };
    return Draft{wanted, tokens_of(c.cap), tokens_of(c.cap_visible)};
}

/// What a target generates for a request, by its own tokenizer.
Draft::Part SessionMachine::generated(Request const& request, std::size_t key) const {
    double const tokenizer = bound_->tokenizers[key];
    if (request.draft) return request.draft->next(tokenizer);
    return {{scaled_tokens(request.visible, tokenizer), scaled_tokens(request.reasoning, tokenizer)},
            {request.visible, request.reasoning},
            false};
}

/// Asks for an answer, and to go on where the cap has cut it: a request of its own each time, whose prompt ends with
/// what has been written.
void SessionMachine::write(Context& context, Op const& op, CallOp const& c, Draft& draft, Instant& time,
                           Telling telling) {
    auto const& retry = c.retry < 0 ? bound_->retries.back() : bound_->retries[static_cast<std::size_t>(c.retry)];
    auto& occurrence = occurrences_[op.step];
    auto const first = occurrence;
    for (std::uint32_t part = 0;; ++part) {
        if (part > 0 && telling != Telling::shadow) make_room(context, op, c.role, time);
        Request const request{.role = c.role, .context = &context, .draft = &draft, .retry = &retry};
        auto const answer =
            telling == Telling::shadow ? ask(request, op, time, hop::own) : told(request, op, time, hop::own);
        time = after(time, answer.time);
        tally_.harmed = tally_.harmed || !answer.given;
        double const tokenizer = bound_->tokenizers[answer.key];
        auto const joining = answer.given ? draft.next(tokenizer).joining : AnswerLengths{};
        draft.take(tokenizer);
        if (joining.reasoning > 0 && program_->contexts[context.spec].keep_reasoning)
            join(tree_, context, Piece::Kind::reasoning, joining.reasoning);
        join_output(tree_, context, joining.visible, part == 0 ? Answering::anew : Answering::further);
        if (!c.continues || !answer.given || !draft.goes_on() || part == most_parts) break;
        occurrence = part_of(first, part + 1);
        if (!(stream(Purpose::step, op).uniform() < c.continues->in(bound_->world))) break;
    }
    occurrence = first;
}

/// The same call by the variant's prompt: what it writes is what its own further parts read, and then forgotten.
void SessionMachine::write_in_shadow(Context& context, Op const& op, CallOp const& c, AnswerLengths wanted,
                                     Instant time) {
    auto const tip = context.tip;
    auto const pieces = context.turn.size();
    auto const joined = context.joined;
    auto answer = draft(c, wanted);
    write(context, op, c, answer, time, Telling::shadow);
    context.tip = tip;
    context.turn.resize(pieces);
    context.joined = joined;
}

/// Asks, or reads in the journal what was answered.
SessionMachine::Answer SessionMachine::told(Request const& request, Op const& op, Instant start, std::uint32_t hop) {
    if (!keeps_journal_) return ask(request, op, start, hop);
    if (!again_) {
        journal_.push_back(ask(request, op, start, hop));
        return journal_.back();
    }
    RUNRATE_EXPECT(retold_ < journal_.size());
    return journal_[retold_++];
}

/// The user text of a turn is drawn once, wherever in the turn it is asked for first.
void SessionMachine::join_user(Context& context, Op const& op, CallOp const& c, double u) {
    if (c.user == no_law || context.user_joined) return;
    context.user_joined = true;
    bool const of_the_turn = program_->own(context.spec) && &program_->ops[*program_->user_call] == &op;
    join(tree_, context, Piece::Kind::user, of_the_turn ? user_text(context) : tokens(c.user, u));
}

/// The user text of the turn, though it may join at a later call; an agent's task.
std::int64_t SessionMachine::user_text(Context const& context) const {
    if (context.user > 0 || !program_->own(context.spec) || !program_->user_call) return context.user;
    auto const& op = program_->ops[*program_->user_call];
    Stream chance{address(Purpose::step, op.address, 0, 0)};
    chance.uniform();
    return tokens(std::get<CallOp>(op.what).user, chance.uniform());
}

/// Compacts or cuts the context where the prompt would be too long, as the model counts it that is asked first; of
/// shares the first that is named.
void SessionMachine::make_room(Context& context, Op const& op, RoleId role, Instant& time) {
    auto const& spec = program_->contexts[context.spec];
    double const tokenizer = bound_->tokenizers[bound_->roles[role.index()].keys[0]];
    // A session that is played again is cut where it was cut, whatever the length of the variant's prompt.
    auto const longer = again_ && program_->own(context.spec) ? tree_.total(context.root) - tree_.total(*roots_[0]) : 0;
    auto const longest = [&](Number const& n) { return whole_below(whole(n, bound_->world), tokenizer) + longer; };
    if (spec.compact && tree_.total(context.tip) > longest(spec.compact->above)) {
        auto const to = std::max<std::int64_t>(1, whole(spec.compact->to, bound_->world));
        auto const summary = to_summarise(tree_, context, longest(spec.compact->above), to);
        if (summary.tokens > 0) {
            auto const answer = told({.role = spec.compact->by,
                                      .input = summary.tokens,
                                      .cause = Cause::history,
                                      .visible = to,
                                      .retry = &bound_->retries.back()},
                                     op, time, hop::compact);
            time = after(time, answer.time);
            if (answer.given)
                compact(tree_, context, summary, to);
            else
                tally_.harmed = true;
        }
    }
    if (!spec.limit || tree_.total(context.tip) <= longest(*spec.limit)) return;
    drop_oldest(tree_, context, longest(*spec.limit));
    if (!again_) (*roles_)[role.index()].over_limit += 1;
}

/// A look-up that fails is a miss, and harms nobody.
bool SessionMachine::semantic_hit(Context const& context, Op const& op, Strand& s) {
    if (auto const lookup = program_->gateway.semantic_cache->lookup) {
        if (!embed(*lookup, user_text(context), op, s, hop::lookup)) return false;
    }
    Stream chance = stream(Purpose::gateway, op, hop::semantic);
    if (!(chance.uniform() < bound_->hit)) return false;
    tally_.cache_hits += 1;
    tally_.harmed = tally_.harmed || chance.uniform() < bound_->false_hit;
    return true;
}

bool SessionMachine::embed(RoleId role, std::int64_t text, Op const& op, Strand& s, std::uint32_t hop) {
    auto const answer = told({.role = role, .input = text, .retry = &bound_->retries.back()}, op, s.time, hop);
    s.time = after(s.time, answer.time);
    return answer.given;
}

/// Asks what is billed by use: a tool, a store, a reranker. Whether it answers.
bool SessionMachine::use(RoleId role, std::int64_t searches, Op const& op, Strand& s, std::uint32_t hop) {
    auto const answer = told(
        {.role = role, .has_tokens = false, .searches = searches, .retry = &bound_->retries.back()}, op, s.time, hop);
    s.time = after(s.time, answer.time);
    return answer.given;
}

/// Without its embedding, its query or its ranking a retrieval brings no chunks.
SessionMachine::Flow SessionMachine::execute(std::uint32_t id, Op const& op, RetrieveOp const& r) {
    auto& s = strands_[id];
    auto& context = context_of(s);
    Stream chance = stream(Purpose::step, op);
    chance.uniform();  // the step's own probability
    bool found = !r.embed || embed(*r.embed, user_text(context), op, s, hop::embed);
    auto const query = pause(r.time, chance.uniform());
    if (found) s.time = after(s.time, query);
    found = found && (!r.query || use(*r.query, 0, op, s, hop::query));
    auto const wanted = whole(r.chunks, bound_->world);
    auto const fetched = std::max(wanted, whole(r.fetch, bound_->world));
    found = found && (!r.rerank || use(*r.rerank, searches_for(fetched), op, s, hop::rerank));
    tally_.harmed = tally_.harmed || !found;
    auto const chunks = found ? wanted : 0;
    std::int64_t joined = 0;
    for (std::int64_t i = 0; i < chunks; ++i) joined += tokens(r.chunk, chance.uniform());
    join(tree_, context, Piece::Kind::chunks, joined);
    ++occurrences_[op.step];
    ++s.pc;
    return Flow::time_passed;
}

}  // namespace runrate
