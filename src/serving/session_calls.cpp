#include <algorithm>
#include <cmath>

#include "serving/hop.h"
#include "serving/session.h"

namespace runrate {
namespace {

std::int64_t whole(Number const& n, BeliefValues world) {
    return static_cast<std::int64_t>(std::nearbyint(n.in(world)));
}

/// Reasoning and visible output in the vendor's tokens, cut to the vendor's cap, reasoning first, then the visible part
/// to its own.
struct Cut {
    std::int64_t visible, reasoning;
    bool cut;
};

Cut cut_to_caps(CallOp const& c, BeliefValues world, std::int64_t visible, std::int64_t reasoning) {
    Cut result{visible, reasoning, false};
    if (c.cap) {
        auto const cap = whole(*c.cap, world);
        result.reasoning = std::min(reasoning, cap);
        result.visible = std::min(visible, cap - result.reasoning);
    }
    if (c.cap_visible) result.visible = std::min(result.visible, whole(*c.cap_visible, world));
    result.cut = result.visible < visible || result.reasoning < reasoning;
    return result;
}

/// Vendors bill a rerank by hundreds of documents.
std::int64_t searches_for(std::int64_t documents) { return std::max<std::int64_t>(1, (documents + 99) / 100); }

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
    double const tokenizer = bound_->roles[c.role.index()].tokenizer;
    auto const wanted = tokens(c.output, u_output);
    auto const thought = c.reasoning == no_law ? 0 : tokens(c.reasoning, u_reasoning);
    auto const written =
        cut_to_caps(c, bound_->world, scaled_tokens(wanted, tokenizer), scaled_tokens(thought, tokenizer));
    auto const visible = written.cut ? std::min(wanted, whole_below(written.visible, tokenizer)) : wanted;
    auto const reasoning = written.cut ? std::min(thought, whole_below(written.reasoning, tokenizer)) : thought;
    if (bound_->roles[c.role.index()].semantic && semantic_hit(context, op, s)) {
        join(tree_, context, Piece::Kind::output, visible);
    } else {
        make_room(context, op, c.role, s);
        auto const& retry = c.retry < 0 ? bound_->retries.back() : bound_->retries[static_cast<std::size_t>(c.retry)];
        if (written.cut) (*roles_)[c.role.index()].over_cap += 1;
        auto const answer = ask({.role = c.role,
                                 .context = &context,
                                 .visible = written.visible,
                                 .reasoning = written.reasoning,
                                 .retry = &retry},
                                op, s.time, hop::own);
        s.time = after(s.time, answer.time);
        tally_.harmed = tally_.harmed || !answer.given;
        if (answer.given && program_->contexts[context.spec].keep_reasoning)
            join(tree_, context, Piece::Kind::reasoning, reasoning);
        join(tree_, context, Piece::Kind::output, answer.given ? visible : 0);
    }
    ++occurrences_[op.step];
    ++s.pc;
    return Flow::time_passed;
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
