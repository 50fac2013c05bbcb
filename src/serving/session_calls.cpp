#include <algorithm>
#include <cmath>

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
    auto answer = draft(c, lengths(c, u_output, u_reasoning));
    if (bound_->roles[c.role.index()].semantic && semantic_hit(context, op, s)) {
        answer.write_part();
        join_output(tree_, context, answer.joining().visible, Answering::anew);
    } else {
        write(context, op, c, answer, s);
    }
    ++occurrences_[op.step];
    ++s.pc;
    return Flow::time_passed;
}

/// What the model would write if nothing cut it.
AnswerLengths SessionMachine::lengths(CallOp const& c, double u_output, double u_reasoning) const {
    auto const visible = tokens(c.output, u_output);
    if (c.reasoning == no_law) return {visible, 0};
    if (!c.reasoning_is_share) return {visible, tokens(c.reasoning, u_reasoning)};
    return {visible, reasoning_beside(visible, std::clamp(draw(c.reasoning, u_reasoning), 0.0, most_reasoning))};
}

Draft SessionMachine::draft(CallOp const& c, AnswerLengths wanted) const {
    auto const tokens_of = [&](std::optional<Number> const& n) {
        return n ? std::optional{whole(*n, bound_->world)} : std::nullopt;
    };
    return Draft{wanted, bound_->roles[c.role.index()].tokenizer, tokens_of(c.cap), tokens_of(c.cap_visible)};
}

/// Asks for an answer, and to go on where the cap has cut it: a request of its own each time, whose prompt ends with
/// what has been written.
void SessionMachine::write(Context& context, Op const& op, CallOp const& c, Draft draft, Strand& s) {
    auto const& retry = c.retry < 0 ? bound_->retries.back() : bound_->retries[static_cast<std::size_t>(c.retry)];
    auto& occurrence = occurrences_[op.step];
    auto const first = occurrence;
    for (std::uint32_t part = 0;; ++part) {
        make_room(context, op, c.role, s);
        auto const written = draft.write_part();
        if (draft.cut()) (*roles_)[c.role.index()].over_cap += 1;
        auto const answer = ask({.role = c.role,
                                 .context = &context,
                                 .visible = written.visible,
                                 .reasoning = written.reasoning,
                                 .retry = &retry},
                                op, s.time, hop::own);
        s.time = after(s.time, answer.time);
        tally_.harmed = tally_.harmed || !answer.given;
        auto const joining = answer.given ? draft.joining() : AnswerLengths{};
        if (program_->contexts[context.spec].keep_reasoning)
            join(tree_, context, Piece::Kind::reasoning, joining.reasoning);
        join_output(tree_, context, joining.visible, part == 0 ? Answering::anew : Answering::further);
        if (!c.continues || !answer.given || !draft.goes_on() || part == most_parts) break;
        occurrence = part_of(first, part + 1);
        if (!(stream(Purpose::step, op).uniform() < c.continues->in(bound_->world))) break;
    }
    occurrence = first;
}

/// The user text of a turn is drawn once, wherever in the turn it is asked for first.
void SessionMachine::join_user(Context& context, Op const& op, CallOp const& c, double u) {
    if (c.user == no_law || context.user_joined) return;
    context.user_joined = true;
    bool const of_the_turn = context.spec == 0 && &program_->ops[*program_->user_call] == &op;
    join(tree_, context, Piece::Kind::user, of_the_turn ? user_text(context) : tokens(c.user, u));
}

/// The user text of the turn, though it may join at a later call; an agent's task.
std::int64_t SessionMachine::user_text(Context const& context) const {
    if (context.user > 0 || context.spec != 0 || !program_->user_call) return context.user;
    auto const& op = program_->ops[*program_->user_call];
    Stream chance{address(Purpose::step, op.address, 0, 0)};
    chance.uniform();
    return tokens(std::get<CallOp>(op.what).user, chance.uniform());
}

/// Compacts or cuts the context where the prompt would be too long, as the model that is asked counts it.
void SessionMachine::make_room(Context& context, Op const& op, RoleId role, Strand& s) {
    auto const& spec = program_->contexts[context.spec];
    double const tokenizer = bound_->roles[role.index()].tokenizer;
    auto const longest = [&](Number const& n) { return whole_below(whole(n, bound_->world), tokenizer); };
    if (spec.compact && tree_.total(context.tip) > longest(spec.compact->above)) {
        auto const to = std::max<std::int64_t>(1, whole(spec.compact->to, bound_->world));
        auto const summary = to_summarise(tree_, context, longest(spec.compact->above), to);
        if (summary.tokens > 0) {
            auto const answer = ask({.role = spec.compact->by,
                                     .input = summary.tokens,
                                     .cause = Cause::history,
                                     .visible = scaled_tokens(to, bound_->roles[spec.compact->by.index()].tokenizer),
                                     .retry = &bound_->retries.back()},
                                    op, s.time, hop::compact);
            s.time = after(s.time, answer.time);
            if (answer.given)
                compact(tree_, context, summary, to);
            else
                tally_.harmed = true;
        }
    }
    if (!spec.limit || tree_.total(context.tip) <= longest(*spec.limit)) return;
    drop_oldest(tree_, context, longest(*spec.limit));
    (*roles_)[role.index()].over_limit += 1;
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
    auto const answer = ask({.role = role, .input = text, .retry = &bound_->retries.back()}, op, s.time, hop);
    s.time = after(s.time, answer.time);
    return answer.given;
}

/// Asks what is billed by use: a tool, a store, a reranker. Whether it answers.
bool SessionMachine::use(RoleId role, std::int64_t searches, Op const& op, Strand& s, std::uint32_t hop) {
    auto const answer = ask({.role = role, .has_tokens = false, .searches = searches, .retry = &bound_->retries.back()},
                            op, s.time, hop);
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
