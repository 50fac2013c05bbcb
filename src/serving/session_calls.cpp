#include <algorithm>
#include <cmath>

#include "core/contract.h"
#include "serving/hop.h"
#include "serving/session.h"

namespace runrate {
namespace {

constexpr double most_reasoning = 0.999999;  ///< of what is generated
constexpr std::uint32_t most_parts = 255;    ///< of an answer, after the first

/// What a call draws for itself, after the chance that its step is taken at all.
struct CallChances {
    double user, output, reasoning;

    explicit CallChances(Stream& chance) {
        chance.uniform();
        user = chance.uniform();
        output = chance.uniform();
        reasoning = chance.uniform();
    }
};

enum CallStage : std::uint8_t { call_begins, looked_up, summarised, part_written };

/// The occurrence of a step's n-th further request: a step runs less than 2^24 times in a turn.
std::uint32_t part_of(std::uint32_t occurrence, std::uint32_t part) { return occurrence | part << 24; }

}  // namespace

SessionMachine::Flow SessionMachine::execute(std::uint32_t id, Op const& op, CallOp const& c) {
    auto& s = strands_[id];
    switch (s.stage) {
        case call_begins: return begin_call(s, op, c);
        case looked_up: return look_up(s, op, c);
        case summarised: return put_summary(s, op, c);
        default: return take_part(s, op, c);
    }
}

SessionMachine::Flow SessionMachine::begin_call(Strand& s, Op const& op, CallOp const& c) {
    auto& context = context_of(s);
    s.chance.restart(address(Purpose::step, op));
    CallChances const chances{s.chance};
    join_user(context, op, c, chances.user);
    s.writing.telling = again_ ? Telling::again : Telling::first;
    s.writing.part = 0;
    s.writing.first_occurrence = occurrences_[op.step];
    // What a shadow writes joins nothing: the session goes on with the answer of the workflow's own prompt.
    double const factor = again_ ? 1 : bound_->output[context.spec];
    s.writing.draft = draft(c, lengths(c, factor, chances.output, chances.reasoning));
    if (!bound_->roles[c.role.index()].semantic) return make_room(s, op, c);
    auto const lookup = program_->gateway.semantic_cache->lookup;
    if (lookup) return await_text(s, *lookup, user_text(context), op, hop::lookup, looked_up);
    s.asking.answer.given = true;
    return look_up(s, op, c);
}

/// A look-up that fails is a miss, and harms nobody.
SessionMachine::Flow SessionMachine::look_up(Strand& s, Op const& op, CallOp const& c) {
    if (!s.asking.answer.given || !semantic_hit(op)) return make_room(s, op, c);
    auto const tokenizer = bound_->tokenizers[bound_->roles[c.role.index()].keys[0]];
    join_output(tree_, context_of(s), s.writing.draft.next(tokenizer).joining.visible, Answering::anew);
    return end_call(s, op, c);
}

/// What the model would write if nothing cut it.
AnswerLengths SessionMachine::lengths(CallOp const& c, double factor, double u_output, double u_reasoning) const {
    auto const visible = tokens(c.output, u_output, factor);
    if (c.reasoning == no_law) return {visible, 0};
    if (!c.reasoning_is_share) return {visible, tokens(c.reasoning, u_reasoning, factor)};
    return {visible, reasoning_beside(visible, std::clamp(draw(c.reasoning, u_reasoning), 0.0, most_reasoning))};
}

/// The same of a call that has begun already.
AnswerLengths SessionMachine::lengths_again(Op const& op, CallOp const& c, double factor) const {
    Stream chance = stream(Purpose::step, op);
    CallChances const chances{chance};
    return lengths(c, factor, chances.output, chances.reasoning);
}

Draft SessionMachine::draft(CallOp const& c, AnswerLengths wanted) const {
    auto const tokens_of = [&](std::optional<Number> const& n) { return n ? whole(*n) : Draft::no_cap; };
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
SessionMachine::Flow SessionMachine::write(Strand& s, Op const& op, CallOp const& c) {
    auto const& retry = c.retry < 0 ? bound_->retries.back() : bound_->retries[static_cast<std::size_t>(c.retry)];
    auto& request = new_request(s, c.role);
    request.context = &context_of(s);
    request.draft = &s.writing.draft;
    request.retry = &retry;
    return await(s, op, hop::own, part_written);
}

SessionMachine::Flow SessionMachine::take_part(Strand& s, Op const& op, CallOp const& c) {
    auto& context = context_of(s);
    auto& w = s.writing;
    auto const& answer = s.asking.answer;
    tally_.harmed = tally_.harmed || !answer.given;
    double const tokenizer = bound_->tokenizers[answer.key];
    auto const joining = answer.given ? w.draft.next(tokenizer).joining : AnswerLengths{};
    w.draft.take(tokenizer);
    if (joining.reasoning > 0 && program_->contexts[context.spec].keep_reasoning)
        join(tree_, context, Piece::Kind::reasoning, joining.reasoning);
    join_output(tree_, context, joining.visible, w.part == 0 ? Answering::anew : Answering::further);
    if (!c.continues || !answer.given || !w.draft.goes_on() || w.part == most_parts) return end_call(s, op, c);
    occurrences_[op.step] = part_of(w.first_occurrence, ++w.part);
    if (!(stream(Purpose::step, op).uniform() < c.continues->in(bound_->world))) return end_call(s, op, c);
    return w.telling == Telling::shadow ? write(s, op, c) : make_room(s, op, c);
}

SessionMachine::Flow SessionMachine::end_call(Strand& s, Op const& op, CallOp const& c) {
    auto& w = s.writing;
    occurrences_[op.step] = w.first_occurrence;
    if (w.telling != Telling::shadow) return end_step(s, op);
    // What the shadow wrote is what its own further parts read, and then forgotten.
    auto& context = context_of(s);
    context.tip = w.tip;
    context.turn.resize(w.pieces);
    context.joined = w.joined;
    s.time = w.time;
    w.telling = Telling::again;
    w.part = 0;
    w.draft = draft(c, lengths_again(op, c, 1));
    return write(s, op, c);
}

/// The same call by the variant's prompt, before the answer that the session goes on with.
void SessionMachine::begin_shadow(Strand& s, Op const& op, CallOp const& c) {
    auto const& context = context_of(s);
    auto& w = s.writing;
    w.telling = Telling::shadow;
    w.time = s.time;
    w.tip = context.tip;
    w.pieces = context.turn.size();
    w.joined = context.joined;
    w.draft = draft(c, lengths_again(op, c, bound_->output[context.spec]));
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

/// The most tokens of a context that the model counts as no more than `n`; of shares the first that is named.
std::int64_t SessionMachine::longest(Context const& context, RoleId role, Number const& n) const {
    double const tokenizer = bound_->tokenizers[bound_->roles[role.index()].keys[0]];
    // A session that is played again is cut where it was cut, whatever the length of the variant's prompt.
    auto const longer = again_ && program_->own(context.spec) ? tree_.total(context.root) - tree_.total(*roots_[0]) : 0;
    return whole_below(whole(n), tokenizer) + longer;
}

/// Compacts or cuts the context where the prompt would be too long.
SessionMachine::Flow SessionMachine::make_room(Strand& s, Op const& op, CallOp const& c) {
    auto& context = context_of(s);
    auto const& rule = program_->contexts[context.spec].compact;
    if (!rule) return cut_and_write(s, op, c);
    auto const above = longest(context, c.role, rule->above);
    if (tree_.total(context.tip) <= above) return cut_and_write(s, op, c);
    auto& w = s.writing;
    w.summary_to = std::max<std::int64_t>(1, whole(rule->to));
    w.summary = to_summarise(tree_, context, above, w.summary_to);
    if (w.summary.tokens == 0) return cut_and_write(s, op, c);
    auto& request = new_request(s, rule->by);
    request.input = w.summary.tokens;
    request.cause = Cause::history;
    request.visible = w.summary_to;
    return await(s, op, hop::compact, summarised);
}

SessionMachine::Flow SessionMachine::put_summary(Strand& s, Op const& op, CallOp const& c) {
    if (s.asking.answer.given)
        compact(tree_, context_of(s), s.writing.summary, s.writing.summary_to);
    else
        tally_.harmed = true;
    return cut_and_write(s, op, c);
}

SessionMachine::Flow SessionMachine::cut_and_write(Strand& s, Op const& op, CallOp const& c) {
    auto& context = context_of(s);
    auto const& limit = program_->contexts[context.spec].limit;
    if (limit && tree_.total(context.tip) > longest(context, c.role, *limit)) {
        drop_oldest(tree_, context, longest(context, c.role, *limit));
        if (!again_) (*roles_)[c.role.index()].over_limit += 1;
    }
    if (again_ && s.writing.part == 0) begin_shadow(s, op, c);
    return write(s, op, c);
}

bool SessionMachine::semantic_hit(Op const& op) {
    Stream chance = stream(Purpose::gateway, op, hop::semantic);
    if (!(chance.uniform() < bound_->hit)) return false;
    tally_.cache_hits += 1;
    tally_.harmed = tally_.harmed || chance.uniform() < bound_->false_hit;
    return true;
}

}  // namespace runrate
