#include <algorithm>
#include <cmath>

#include "core/overloaded.h"
#include "serving/session.h"

namespace runrate {
namespace {

// Requests of one step that are not its own call take streams of their own, so that none shifts another's numbers.
constexpr std::uint32_t own_hop = 0, second_hop = 1, embed_hop = 8, rerank_hop = 9, compact_hop = 10, lookup_hop = 11, route_hop = 7;

std::int64_t scaled_tokens(std::int64_t tokens, double factor) {
    if (factor == 1) return tokens;
    return static_cast<std::int64_t>(std::nearbyint(static_cast<double>(tokens) * factor));
}

/// Cuts reasoning and visible output to the vendor's cap, reasoning first, then the visible part to its own.
struct Cut {
    std::int64_t visible, reasoning;
    bool cut;
};

Cut cut_to_caps(CallOp const& c, BeliefValues world, std::int64_t visible, std::int64_t reasoning) {
    Cut result{visible, reasoning, false};
    if (c.cap) {
        auto const cap = static_cast<std::int64_t>(c.cap->in(world));
        result.reasoning = std::min(reasoning, cap);
        result.visible = std::min(visible, cap - result.reasoning);
    }
    if (c.cap_visible) result.visible = std::min(result.visible, static_cast<std::int64_t>(c.cap_visible->in(world)));
    result.cut = result.visible < visible || result.reasoning < reasoning;
    return result;
}

double wait_s(BoundRetry const& r, int retry, double u) {
    double wait = r.backoff_s;
    for (int i = 1; i < retry && wait < r.longest_s; ++i) wait *= r.factor;
    return std::min(wait, r.longest_s) * (1 - r.jitter + 2 * r.jitter * u);
}

BoundRetry const one_try{1, 0, 1, 0, 0, {}};

}  // namespace

bool SessionMachine::execute(std::uint32_t id, Op const& op, CallOp const& c) {
    auto& s = strands_[id];
    auto& context = context_of(s);
    Stream chance = stream(Purpose::step, op);
    chance.uniform();  // the step's own probability
    double const u_user = chance.uniform();
    double const u_output = chance.uniform();
    double const u_reasoning = chance.uniform();
    if (c.user != no_law) join(tree_, context, Piece::Kind::user, tokens(c.user, u_user));
    auto const wanted = tokens(c.output, u_output);
    auto const thought = c.reasoning == no_law ? 0 : tokens(c.reasoning, u_reasoning);
    auto const [visible, reasoning, cut] = cut_to_caps(c, bound_->world, wanted, thought);
    make_room(context, op, s);
    bool answered = false;
    if (bound_->roles[c.role.index()].semantic) {
        Stream gate = stream(Purpose::gateway, op, route_hop);
        double const u_hit = gate.uniform();
        answered = semantic_hit(context, op, c, s, u_hit, gate.uniform());
    }
    if (!answered) {
        Request const request{c.role, &context, 0, visible, reasoning, false, c.retry < 0 ? &one_try : &bound_->retries[static_cast<std::size_t>(c.retry)]};
        note(request);
        if (cut) (*roles_)[c.role.index()].over_cap += 1;
        auto const answer = ask(request, op, s.time, own_hop);
        s.time += from_seconds(answer.seconds);
        answered = answer.given;
        tally_.last_prompt = tree_.total(context.tip);
    }
    if (answered) {
        if (program_->contexts[context.spec].keep_reasoning) join(tree_, context, Piece::Kind::reasoning, reasoning);
        join(tree_, context, Piece::Kind::output, visible);
    } else {
        tally_.harmed = true;
    }
    ++occurrences_[op.step];
    ++s.pc;
    return true;
}

/// Compacts or cuts the context where the prompt would be too long.
void SessionMachine::make_room(Context& context, Op const& op, Strand& s) {
    auto const& spec = program_->contexts[context.spec];
    if (spec.compact) {
        auto const above = static_cast<std::int64_t>(spec.compact->above.in(bound_->world));
        auto const to = std::max<std::int64_t>(1, static_cast<std::int64_t>(spec.compact->to.in(bound_->world)));
        if (tree_.total(context.tip) > above) {
            auto const summarised = compact(tree_, context, above, to);
            if (summarised > 0) {
                Request const request{spec.compact->by, nullptr, summarised, to, 0, false, &one_try};
                note(request);
                s.time += from_seconds(ask(request, op, s.time, compact_hop).seconds);
            }
        }
    }
    if (!spec.limit) return;
    auto const limit = static_cast<std::int64_t>(spec.limit->in(bound_->world));
    if (tree_.total(context.tip) <= limit) return;
    drop_oldest(tree_, context, limit);
    auto const* call = std::get_if<CallOp>(&op.what);
    if (call) (*roles_)[call->role.index()].over_limit += 1;
}

bool SessionMachine::semantic_hit(Context const& context, Op const& op, CallOp const&, Strand& s, double u_hit, double u_false) {
    if (auto const& lookup = program_->gateway.semantic_cache->lookup; lookup && context.user > 0) {
        Request const request{*lookup, nullptr, context.user, 0, 0, false, &one_try};
        note(request);
        s.time += from_seconds(ask(request, op, s.time, lookup_hop).seconds);
    }
    if (!(u_hit < bound_->hit)) return false;
    tally_.cache_hits += 1;
    if (u_false < bound_->false_hit) tally_.harmed = true;
    return true;
}

bool SessionMachine::execute(std::uint32_t id, Op const& op, RetrieveOp const& r) {
    auto& s = strands_[id];
    auto& context = context_of(s);
    Stream chance = stream(Purpose::step, op);
    chance.uniform();
    if (r.embed && context.user > 0) {
        Request const request{*r.embed, nullptr, context.user, 0, 0, false, &one_try};
        note(request);
        s.time += from_seconds(ask(request, op, s.time, embed_hop).seconds);
    }
    s.time += from_seconds(std::max(0.0, bound_->laws[static_cast<std::size_t>(r.time)].at(chance.uniform())));
    if (r.rerank) {
        Request const request{*r.rerank, nullptr, 0, 0, 0, true, &one_try};
        s.time += from_seconds(ask(request, op, s.time, rerank_hop).seconds);
    }
    auto const chunks = static_cast<std::int64_t>(std::nearbyint(r.chunks.in(bound_->world)));
    std::int64_t joined = 0;
    for (std::int64_t i = 0; i < chunks; ++i) joined += tokens(r.chunk, chance.uniform());
    join(tree_, context, Piece::Kind::chunks, joined);
    ++occurrences_[op.step];
    ++s.pc;
    return true;
}

/// Which of the route's targets is asked first.
std::size_t SessionMachine::choose(BoundRole const& bound, Route const& route, RoleId role, double u) {
    auto const* shares = std::get_if<Shares>(&route);
    if (!shares) return 0;
    auto& kept = sticky_[role.index()];
    if (shares->sticky && kept) return *kept;
    auto const at = std::upper_bound(bound.shares.begin(), bound.shares.end(), u) - bound.shares.begin();
    auto const chosen = std::min(static_cast<std::size_t>(at), bound.shares.size() - 1);
    if (shares->sticky) kept = chosen;
    return chosen;
}

SessionMachine::Answer SessionMachine::ask(Request const& request, Op const& op, Instant start, std::uint32_t hop) {
    auto const& bound = bound_->roles[request.role.index()];
    auto const& route = *program_->routes[request.role.index()];
    tally_.calls += 1;
    if (std::holds_alternative<TargetId>(route)) return attempts(request, bound.keys[0], op, start, hop);
    double const u = stream(Purpose::gateway, op, hop | 16).uniform();
    if (!std::holds_alternative<Cascade>(route)) return attempts(request, bound.keys[choose(bound, route, request.role, u)], op, start, hop);
    auto const first = attempts(request, bound.keys[0], op, start, hop);
    if (first.given && u < bound.keep) return first;
    tally_.calls += 1;
    auto second = attempts(request, bound.keys[1], op, start + from_seconds(first.seconds), hop | second_hop);
    second.seconds += first.seconds;
    second.given = second.given || first.given;
    return second;
}

/// The step's attempts within each of the gateway's, until one is answered.
SessionMachine::Answer SessionMachine::attempts(Request const& request, std::size_t key, Op const& op, Instant start, std::uint32_t hop) {
    auto const target = program_->keys[key].target.index();
    auto const& inner = *request.retry;
    auto const& outer = bound_->gateway_retry;
    bool const certain = bound_->targets[target].certain;
    Stream chance = stream(Purpose::gateway, op, hop);
    Answer total;
    for (int o = 1; o <= outer.attempts; ++o) {
        for (int i = 1; i <= inner.attempts; ++i) {
            auto const tried = one_attempt(request, key, chance, start + from_seconds(total.seconds), certain);
            total.seconds += tried.seconds;
            total.given = tried.given;
            if (tried.given) return total;
            if (i == inner.attempts) break;
            if (!inner.allowance.empty() && chance.uniform() >= inner.allowance[target]) break;
            total.seconds += wait_s(inner, i, chance.uniform());
        }
        if (o == outer.attempts || chance.uniform() >= outer.allowance[target]) break;
        total.seconds += wait_s(outer, o, chance.uniform());
    }
    return total;
}

SessionMachine::Answer SessionMachine::one_attempt(Request const& request, std::size_t key, Stream& chance, Instant start, bool certain) {
    auto const& target = bound_->targets[program_->keys[key].target.index()];
    auto const generated = static_cast<double>(scaled_tokens(request.visible + request.reasoning, bound_->roles[request.role.index()].tokenizer));
    tally_.attempts += 1;
    if (certain) {
        meter(request, key, start);
        return {true, target.certain_ttft_s + (target.certain_speed > 0 ? generated / target.certain_speed : 0)};
    }
    double const fate = chance.uniform();
    double const ttft = std::max(0.0, target.ttft.at(chance.uniform()));
    double const speed = target.speed.at(chance.uniform());
    bool const error = fate < target.errors;
    bool const timeout = !error && fate < target.errors + target.timeouts;
    bool const billed = (!error || target.errors_billed) && (!timeout || target.timeouts_billed);
    if (billed) meter(request, key, start);
    else tally_.meters[key][static_cast<std::size_t>(Meter::failed)] += 1;
    if (error) return {false, ttft};
    if (timeout) return {false, target.timeout_s};
    return {true, ttft + (speed > 0 ? generated / speed : 0)};
}

void SessionMachine::meter(Request const& request, std::size_t key, Instant start) {
    auto& meters = tally_.meters[key];
    double const factor = bound_->roles[request.role.index()].tokenizer;
    meters[static_cast<std::size_t>(Meter::requests)] += 1;
    meters[static_cast<std::size_t>(Meter::searches)] += request.search ? 1 : 0;
    meters[static_cast<std::size_t>(Meter::output)] += static_cast<double>(scaled_tokens(request.visible, factor));
    meters[static_cast<std::size_t>(Meter::reasoning)] += static_cast<double>(scaled_tokens(request.reasoning, factor));
    if (request.context) meter_prompt(request, key, start);
    else meters[static_cast<std::size_t>(Meter::input)] += static_cast<double>(scaled_tokens(request.input, factor));
}

/// Divides a prompt into what is read from the vendor's cache, written to it, or neither.
void SessionMachine::meter_prompt(Request const& request, std::size_t key, Instant start) {
    auto const& context = *request.context;
    auto const prefix = program_->prefix_of(context.spec, key);
    auto const& rule = bound_->caches[prefix];
    auto& meters = tally_.meters[key];
    double const factor = bound_->roles[request.role.index()].tokenizer;
    auto const prompt = scaled_tokens(tree_.total(context.tip), factor);
    if (!rule.on || prompt < rule.minimum) {
        meters[static_cast<std::size_t>(Meter::input)] += static_cast<double>(prompt);
        return;
    }
    auto const found = caches_[prefix].use(tree_, context.tip, start, rule.lifetime);
    auto const reachable = found.at_risk ? tree_.total(context.root) : found.tokens;
    auto read = scaled_tokens(reachable, factor) / rule.step * rule.step;
    if (read < rule.minimum) read = 0;
    if (found.at_risk) tally_.at_risk[prefix] += static_cast<double>(read);
    meters[static_cast<std::size_t>(Meter::cache_read)] += static_cast<double>(read);
    meters[static_cast<std::size_t>(rule.rest)] += static_cast<double>(prompt - read);
}

/// Notes the lengths of a call, whatever becomes of it.
void SessionMachine::note(Request const& request) {
    auto& role = (*roles_)[request.role.index()];
    double const factor = bound_->roles[request.role.index()].tokenizer;
    role.calls += 1;
    auto const prompt = request.context ? tree_.total(request.context->tip) : request.input;
    role.prompt.add(static_cast<double>(scaled_tokens(prompt, factor)));
    role.output.add(static_cast<double>(scaled_tokens(request.visible + request.reasoning, factor)));
    auto const add = [&](Cause cause, std::int64_t tokens) { role.causes[static_cast<std::size_t>(cause)] += static_cast<double>(tokens) * factor; };
    if (!request.context) return add(Cause::user, request.input);
    auto const& c = *request.context;
    add(Cause::system, bound_->system[c.spec]);
    add(Cause::tools, bound_->tools[c.spec]);
    add(Cause::history, c.history_tokens);
    for (std::size_t i = 0; i < cause_count; ++i) role.causes[i] += static_cast<double>(c.joined[i]) * factor;
}

}  // namespace runrate
