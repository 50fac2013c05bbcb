// A request on its way: the step's attempts within each of the gateway's, at a target, at those that it falls back to,
// and along its route. It goes on from attempt to attempt, and can wait for one in between.

#include <algorithm>
#include <utility>

#include "core/contract.h"
#include "serving/session.h"

#include "serving/hop.h"

namespace runrate {
namespace {

Duration wait(BoundRetry const& r, int retry, double u) {
    double seconds = r.backoff_s;
    for (int i = 1; i < retry && seconds < r.longest_s; ++i) seconds *= r.factor;
    return from_seconds(std::max(0.0, std::min(seconds, r.longest_s) * (1 - r.jitter + 2 * r.jitter * u)));
}

}  // namespace

std::size_t SessionMachine::chosen_share(Shares const& shares, RoleId role, double u) const {
    if (shares.sticky) {  // one draw of the session, whoever asks first
        auto at_session = address(Purpose::gateway, program_->role_addresses[role.index()], hop::sticky, 0);
        at_session.turn = 0;
        u = Stream{at_session}.uniform();
    }
    auto const& cumulative = bound_->roles[role.index()].shares;
    auto const at = std::upper_bound(cumulative.begin(), cumulative.end(), u) - cumulative.begin();
    return std::min(static_cast<std::size_t>(at), cumulative.size() - 1);
}

/// A request of the strand, to be filled in where it stands: a copy would read widely what was just written narrowly,
/// which stalls.
SessionMachine::Request& SessionMachine::new_request(Strand& s, RoleId role) {
    auto& r = s.asking.request;
    r.role = role;
    r.context = nullptr;
    r.input = r.visible = r.reasoning = r.searches = 0;
    r.cause = Cause::user;
    r.draft = nullptr;
    r.has_tokens = true;
    r.retry = nullptr;
    return r;
}

/// Begins the strand's request; the operation goes on at its next stage when there is an answer. What the journal knows
/// is told.
SessionMachine::Flow SessionMachine::await(Strand& s, Op const& op, std::uint32_t hop, std::uint8_t next_stage) {
    s.stage = next_stage;
    if (again_ && s.writing.telling != Telling::shadow) {
        RUNRATE_EXPECT(retold_ < journal_.size());
        s.asking.answer = journal_[retold_++];
        s.time = after(s.time, s.asking.answer.time);
        return Flow::asks;
    }
    if (!s.asking.request.retry) s.asking.request.retry = &bound_->retries.back();
    begin_asking(s, op, hop);
    return Flow::asks;
}

SessionMachine::Flow SessionMachine::await_text(Strand& s, RoleId role, std::int64_t text, Op const& op,
                                                std::uint32_t hop, std::uint8_t next_stage) {
    new_request(s, role).input = text;
    return await(s, op, hop, next_stage);
}

/// Asks what is billed by use: a tool, a store, a reranker.
SessionMachine::Flow SessionMachine::await_use(Strand& s, RoleId role, std::int64_t searches, Op const& op,
                                               std::uint32_t hop, std::uint8_t next_stage) {
    auto& request = new_request(s, role);
    request.has_tokens = false;
    request.searches = searches;
    return await(s, op, hop, next_stage);
}

void SessionMachine::begin_asking(Strand& s, Op const& op, std::uint32_t hop) {
    auto& a = s.asking;
    auto const& request = a.request;
    a.op = &op;
    a.begun = s.time;
    a.own_hop = hop;
    a.second = false;
    s.asks = true;
    auto const& keys = bound_->roles[request.role.index()].keys;
    auto const& route = *program_->routes[request.role.index()];
    std::size_t place = 0;
    if (!std::holds_alternative<TargetId>(route)) {
        a.u = stream(Purpose::gateway, op, hop + hop::route).uniform();
        if (auto const* shares = std::get_if<Shares>(&route)) place = chosen_share(*shares, request.role, a.u);
    }
    begin_chain(a, keys[place], s.time, hop);
}

/// A target and, where it gives no answer, those that it falls back to: one call, whoever answers.
void SessionMachine::begin_chain(Asking& a, std::size_t key, Instant start, std::uint32_t hop) {
    note(a.request, key);
    a.chain_begun = start;
    a.answer = {};
    begin_target(a, key, start, hop);
}

void SessionMachine::begin_target(Asking& a, std::size_t key, Instant start, std::uint32_t hop) {
    a.key = key;
    a.target_begun = start;
    a.hop = hop;
    a.target = {.key = key};
    a.inner = a.outer = 1;
    a.drawn = a.overflowed = false;
    if (bound_->overflow_share > 0 && finds_full(a)) turn_from_full(a, start);
}

/// Who finds a pool full at a larger share finds it so at a smaller one, or not: they are nested.
bool SessionMachine::finds_full(Asking const& a) const {
    bool const turns = bound_->overflows[a.key] != a.key;
    return turns && stream(Purpose::overflow, *a.op, a.hop).uniform() < bound_->overflow_share;
}

/// The one that takes what overflows is asked from now on, with attempts and chance of its own.
void SessionMachine::turn_from_full(Asking& a, Instant start) const {
    a.key = bound_->overflows[a.key];
    a.target_begun = start;
    a.target = {.key = a.key};
    a.inner = a.outer = 1;
    a.drawn = false;
    a.overflowed = true;
}

/// The next number of the target's attempts. Targets that never fail and always take as long need none.
double SessionMachine::chance_of(Asking& a) const {
    if (!a.drawn) a.chance.restart(address(a.overflowed ? Purpose::overflowed : Purpose::gateway, *a.op, a.hop));
    a.drawn = true;
    return a.chance.uniform();
}

/// Goes on until there is an answer or nobody is left to ask; or until an attempt begins at an instant that is not
/// known yet, or is under way outside.
SessionMachine::Progress SessionMachine::proceed(std::uint32_t strand) {
    auto& s = strands_[strand];
    auto& a = s.asking;
    for (;;) {
        auto const start = attempt_begun(a);
        Answer tried;
        if (!bound_->targets[program_->keys[a.key].target.index()].pool) {
            tried = one_attempt(a, start);
        } else if (a.reply) {
            tried = *a.reply;
            a.reply.reset();
        } else if (start > clock_) {
            s.time = start;
            return Progress::later;
        } else {
            call_pool(strand);
            return Progress::under_way;
        }
        if (settle(a, tried) && !turn_to_next(a)) {
            finish_asking(s);
            return Progress::done;
        }
    }
}

/// What an attempt leads to: whether this target is done with.
bool SessionMachine::settle(Asking& a, Answer const& tried) {
    auto const target = program_->keys[a.key].target.index();
    auto const& inner = *a.request.retry;
    auto const& outer = bound_->gateway_retry;
    a.target = {tried.given, after(a.target.time, tried.time), a.key};
    if (tried.given) return true;
    if (a.inner < inner.attempts && chance_of(a) < inner.allowance[target]) {
        a.target.time = after(a.target.time, wait(inner, a.inner, chance_of(a)));
        ++a.inner;
        return false;
    }
    if (a.outer < outer.attempts && chance_of(a) < inner.gateway_allowance[target]) {
        a.target.time = after(a.target.time, wait(outer, a.outer, chance_of(a)));
        ++a.outer;
        a.inner = 1;
        return false;
    }
    return true;
}

/// Who is asked when a target is done with: a fallback, or the second of a cascade. Whether anybody is.
bool SessionMachine::turn_to_next(Asking& a) {
    a.answer = {a.target.given, after(a.answer.time, a.target.time), a.key};
    if (auto const next = bound_->fallbacks[a.key]; !a.answer.given && next != a.key) {
        begin_target(a, next, after(a.chain_begun, a.answer.time), a.hop + hop::fallback);
        return true;
    }
    auto const role = a.request.role.index();
    if (!std::holds_alternative<Cascade>(*program_->routes[role])) return false;
    if (a.second) {
        a.answer = {a.first.given || a.answer.given, after(a.first.time, a.answer.time),
                    a.answer.given ? a.answer.key : a.first.key};
        return false;
    }
    if (a.answer.given && a.u < bound_->roles[role].keep) return false;
    a.first = a.answer;
    a.second = true;
    begin_chain(a, bound_->roles[role].keys[1], after(a.chain_begun, a.first.time), a.own_hop + hop::second);
    return true;
}

void SessionMachine::finish_asking(Strand& s) {
    s.asks = false;
    s.time = after(s.asking.begun, s.asking.answer.time);
    if (keeps_journal_ && !again_) journal_.push_back(s.asking.answer);
}

/// An attempt at a target outside.
void SessionMachine::call_pool(std::uint32_t strand) {
    auto const& s = strands_[strand];
    auto const& a = s.asking;
    auto const written = generated(a.request, a.key).written;
    tally_.attempts += 1;
    calls_.push_back({strand, a.key, prompt_of(a.request, a.key), written.visible + written.reasoning,
                      output_goes_on(s, written), a.request.context});
}

/// Hidden reasoning is left out of the context, and of a cascade's answers one is. A prompt that is all shared by
/// sessions, or by branches, is gone on with by several.
bool SessionMachine::output_goes_on(Strand const& s, AnswerLengths written) const {
    auto const& request = s.asking.request;
    if (!request.context) return false;
    auto const& c = *request.context;
    bool const kept = written.reasoning == 0 || program_->contexts[c.spec].keep_reasoning;
    bool const one_answer = !std::holds_alternative<Cascade>(*program_->routes[request.role.index()]);
    bool const own = s.contexts.size() > 1 || s.parent < 0 || c.turn.size() > c.inherited;
    return kept && one_answer && own && c.tip != c.root;
}

void SessionMachine::taken(std::uint32_t strand) {
    auto& a = strands_[strand].asking;
    a.taken = true;
    count(a.request, a.key, attempt_begun(a), true);
}

void SessionMachine::overflow(std::uint32_t strand) {
    auto& s = strands_[strand];
    auto& a = s.asking;
    RUNRATE_EXPECT(s.asks && !a.taken && bound_->overflows[a.key] != a.key);
    auto const start = attempt_begun(a);
    tally_.attempts -= 1;  // it was none
    a.answer.time = after(a.answer.time, a.target.time);
    turn_from_full(a, start);
    s.time = start;
    schedule(strand);
}

void SessionMachine::stretches_of(PoolCall const& call, std::vector<Stretch>& stretches) const {
    stretches.clear();
    if (!call.context) return;
    double const tokenizer = bound_->tokenizers[call.key];
    auto const& c = *call.context;
    auto const after = tree_.line_after(c.tip, c.passes(Piece::Kind::output));
    // What is written goes on with the last stretch: where that is on another line, it begins with nothing.
    if (call.joins && after != tree_.line(c.tip)) stretches.push_back({after, false, 0});
    for (auto at = c.tip; at != ContextTree::no_parent;) {
        auto const line = tree_.line(at);
        auto const before = tree_.before(line);
        bool const shared = before == ContextTree::no_parent;
        auto const begin = shared ? 0 : scaled_tokens(tree_.total(before), tokenizer);
        if (auto const tokens = scaled_tokens(tree_.total(at), tokenizer) - begin; tokens > 0)
            stretches.push_back({shared ? call.context->spec : line, shared, tokens});
        at = before;
    }
    std::reverse(stretches.begin(), stretches.end());
}

void SessionMachine::answer(std::uint32_t strand, Instant at, bool given) {
    auto& s = strands_[strand];
    auto& a = s.asking;
    auto const start = attempt_begun(a);
    RUNRATE_EXPECT(s.asks && !a.reply && at >= start && (a.taken || !given));
    if (!std::exchange(a.taken, false)) count(a.request, a.key, start, false);
    a.reply = Answer{given, at - start, a.key};
    s.time = at;
    schedule(strand);
}

}  // namespace runrate
