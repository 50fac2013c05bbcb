#include <algorithm>
#include <cmath>

#include "serving/hop.h"
#include "serving/session.h"

namespace runrate {
namespace {

std::int64_t whole(Number const& n, BeliefValues world) {
    return static_cast<std::int64_t>(std::nearbyint(n.in(world)));
}

/// The most tokens of the workflow that a vendor's tokenizer does not count as more than `tokens`.
std::int64_t whole_below(std::int64_t tokens, double tokenizer) {
    return tokenizer == 1 ? tokens : static_cast<std::int64_t>(std::floor(static_cast<double>(tokens) / tokenizer));
}

}  // namespace

SessionMachine::Flow SessionMachine::execute(std::uint32_t id, Op const& op, CallOp const& c) {
    auto& s = strands_[id];
    auto& context = context_of(s);
    Stream chance = stream(Purpose::step, op);
    chance.uniform();  // the step's own probability
    double const u_user = chance.uniform(), u_output = chance.uniform(), u_reasoning = chance.uniform();
    join_user(context, op, c, u_user);
    auto const& retry = c.retry < 0 ? bound_->retries.back() : bound_->retries[static_cast<std::size_t>(c.retry)];
    Request const request{.role = c.role,
                          .context = &context,
                          .visible = tokens(c.output, u_output),
                          .reasoning = c.reasoning == no_law ? 0 : tokens(c.reasoning, u_reasoning),
                          .caps = &c,
                          .retry = &retry};
    if (bound_->roles[c.role.index()].semantic && semantic_hit(context, op, s)) {
        join(tree_, context, Piece::Kind::output, joining(request, bound_->roles[c.role.index()].keys[0]).visible);
    } else {
        make_room(context, op, c.role, s);
        auto const answer = ask(request, op, s.time, hop::own);
        auto const joined = joining(request, answer.key);
        s.time = after(s.time, answer.time);
        tally_.harmed = tally_.harmed || !answer.given;
        if (answer.given && program_->contexts[context.spec].keep_reasoning)
            join(tree_, context, Piece::Kind::reasoning, joined.reasoning);
        join(tree_, context, Piece::Kind::output, answer.given ? joined.visible : 0);
    }
    ++occurrences_[op.step];
    ++s.pc;
    return Flow::time_passed;
}

/// Caps count the tokens of whoever is asked: reasoning and visible output are cut to the one, reasoning first, then
/// the visible part to its own.
SessionMachine::Generated SessionMachine::generated(Request const& request, std::size_t key) const {
    double const tokenizer = bound_->tokenizers[key];
    auto const visible = scaled_tokens(request.visible, tokenizer);
    auto const reasoning = scaled_tokens(request.reasoning, tokenizer);
    Generated result{visible, reasoning, false};
    if (!request.caps) return result;
    if (request.caps->cap) {
        auto const cap = whole(*request.caps->cap, bound_->world);
        result.reasoning = std::min(reasoning, cap);
        result.visible = std::min(visible, cap - result.reasoning);
    }
    if (request.caps->cap_visible)
        result.visible = std::min(result.visible, whole(*request.caps->cap_visible, bound_->world));
    result.cut = result.visible < visible || result.reasoning < reasoning;
    return result;
}

/// What of an answer joins the context, in the workflow's tokens.
SessionMachine::Generated SessionMachine::joining(Request const& request, std::size_t key) const {
    auto const answer = generated(request, key);
    if (!answer.cut) return {request.visible, request.reasoning, false};
    double const tokenizer = bound_->tokenizers[key];
    return {std::min(request.visible, whole_below(answer.visible, tokenizer)),
            std::min(request.reasoning, whole_below(answer.reasoning, tokenizer)), true};
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

/// Compacts or cuts the context where the prompt would be too long, as the model counts it that is asked first; of
/// shares the first that is named.
void SessionMachine::make_room(Context& context, Op const& op, RoleId role, Strand& s) {
    auto const& spec = program_->contexts[context.spec];
    double const tokenizer = bound_->tokenizers[bound_->roles[role.index()].keys[0]];
    auto const longest = [&](Number const& n) { return whole_below(whole(n, bound_->world), tokenizer); };
    if (spec.compact && tree_.total(context.tip) > longest(spec.compact->above)) {
        auto const to = std::max<std::int64_t>(1, whole(spec.compact->to, bound_->world));
        auto const summary = to_summarise(tree_, context, longest(spec.compact->above), to);
        if (summary.tokens > 0) {
            auto const answer = ask({.role = spec.compact->by,
                                     .input = summary.tokens,
                                     .cause = Cause::history,
                                     .visible = to,
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

/// Without its embedding or its ranking a retrieval brings no chunks.
SessionMachine::Flow SessionMachine::execute(std::uint32_t id, Op const& op, RetrieveOp const& r) {
    auto& s = strands_[id];
    auto& context = context_of(s);
    Stream chance = stream(Purpose::step, op);
    chance.uniform();  // the step's own probability
    bool found = !r.embed || embed(*r.embed, user_text(context), op, s, hop::embed);
    auto const query = pause(r.time, chance.uniform());
    if (found) s.time = after(s.time, query);
    if (found && r.rerank) {
        auto const answer =
            ask({.role = *r.rerank, .search = true, .retry = &bound_->retries.back()}, op, s.time, hop::rerank);
        s.time = after(s.time, answer.time);
        found = answer.given;
    }
    tally_.harmed = tally_.harmed || !found;
    auto const chunks = found ? whole(r.chunks, bound_->world) : 0;
    std::int64_t joined = 0;
    for (std::int64_t i = 0; i < chunks; ++i) joined += tokens(r.chunk, chance.uniform());
    join(tree_, context, Piece::Kind::chunks, joined);
    ++occurrences_[op.step];
    ++s.pc;
    return Flow::time_passed;
}

}  // namespace runrate
