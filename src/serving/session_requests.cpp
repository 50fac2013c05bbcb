#include <algorithm>
#include <cmath>

#include "serving/hop.h"
#include "serving/session.h"

namespace runrate {
namespace {

Duration wait(BoundRetry const& r, int retry, double u) {
    double seconds = r.backoff_s;
    for (int i = 1; i < retry && seconds < r.longest_s; ++i) seconds *= r.factor;
    return from_seconds(std::max(0.0, std::min(seconds, r.longest_s) * (1 - r.jitter + 2 * r.jitter * u)));
}

double& at(Meters& meters, Meter m) { return meters[static_cast<std::size_t>(m)]; }

/// How many of a target's tier bounds a prompt exceeds.
std::size_t tier_of(std::vector<Tokens> const& bounds, std::int64_t prompt) {
    std::size_t tier = 0;
    while (tier < bounds.size() && prompt > bounds[tier].count()) ++tier;
    return tier;
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

SessionMachine::Answer SessionMachine::ask(Request const& request, Op const& op, Instant start, std::uint32_t hop) {
    auto const& bound = bound_->roles[request.role.index()];
    auto const& route = *program_->routes[request.role.index()];
    if (std::holds_alternative<TargetId>(route)) return attempts(request, bound.keys[0], op, start, hop);
    double const u = stream(Purpose::gateway, op, hop + hop::route).uniform();
    if (auto const* shares = std::get_if<Shares>(&route)) {
        return attempts(request, bound.keys[chosen_share(*shares, request.role, u)], op, start, hop);
    }
    auto const first = attempts(request, bound.keys[0], op, start, hop);
    if (first.given && u < bound.keep) return first;
    auto const second = attempts(request, bound.keys[1], op, after(start, first.time), hop + hop::second);
    return {first.given || second.given, after(first.time, second.time)};
}

/// The step's attempts within each of the gateway's, until one is answered.
SessionMachine::Answer SessionMachine::attempts(Request const& request, std::size_t key, Op const& op, Instant start,
                                                std::uint32_t hop) {
    auto const target = program_->keys[key].target.index();
    auto const& inner = *request.retry;
    auto const& outer = bound_->gateway_retry;
    Stream chance = stream(Purpose::gateway, op, hop);
    note(request);
    Answer total;
    for (int o = 1; o <= outer.attempts; ++o) {
        for (int i = 1; i <= inner.attempts; ++i) {
            auto const tried = one_attempt(request, key, chance, after(start, total.time));
            total = {tried.given, after(total.time, tried.time)};
            if (tried.given) return total;
            if (i == inner.attempts || chance.uniform() >= inner.allowance[target]) break;
            total.time = after(total.time, wait(inner, i, chance.uniform()));
        }
        if (o == outer.attempts || chance.uniform() >= inner.gateway_allowance[target]) break;
        total.time = after(total.time, wait(outer, o, chance.uniform()));
    }
    return total;
}

SessionMachine::Answer SessionMachine::one_attempt(Request const& request, std::size_t key, Stream& chance,
                                                   Instant start) {
    auto const& target = bound_->targets[program_->keys[key].target.index()];
    auto const generated = static_cast<double>(request.visible + request.reasoning);
    tally_.attempts += 1;
    if (target.certain) {
        meter(request, key, start);
        return {true, from_seconds(target.certain_ttft_s +
                                   (target.certain_speed > 0 ? generated / target.certain_speed : 0))};
    }
    double const fate = chance.uniform();
    double const ttft_s = std::max(0.0, target.ttft.at(chance.uniform()));
    double const speed = target.speed.at(chance.uniform());
    bool const error = fate < target.errors;
    bool const timeout = !error && fate < target.errors + target.timeouts;
    bool const billed = (!error || target.errors_billed) && (!timeout || target.timeouts_billed);
    if (billed)
        meter(request, key, start);
    else
        at(tally_.meters[key], Meter::failed) += 1;
    if (error) return {false, from_seconds(ttft_s)};
    if (timeout) return {false, from_seconds(target.timeout_s)};
    return {true, from_seconds(ttft_s + (speed > 0 ? generated / speed : 0))};
}

void SessionMachine::meter(Request const& request, std::size_t key, Instant start) {
    auto const prompt = prompt_of(request);
    auto const place = key + tier_of(program_->targets[program_->keys[key].target.index()].tiers, prompt);
    auto& meters = tally_.meters[place];
    at(meters, Meter::requests) += 1;
    at(meters, Meter::searches) += static_cast<double>(request.searches);
    at(meters, Meter::output) += static_cast<double>(request.visible);
    at(meters, Meter::reasoning) += static_cast<double>(request.reasoning);
    if (request.context)
        meter_prompt(*request.context, {key, place, prompt}, bound_->roles[request.role.index()].tokenizer, start);
    else
        at(meters, Meter::input) += static_cast<double>(prompt);
}

/// Tokens of the prompt by the tokenizer of whoever is asked.
std::int64_t SessionMachine::prompt_of(Request const& request) const {
    return scaled_tokens(request.context ? tree_.total(request.context->tip) : request.input,
                         bound_->roles[request.role.index()].tokenizer);
}

/// Divides a prompt into what is read from the vendor's cache, written to it, or neither.
void SessionMachine::meter_prompt(Context const& context, Metered const& to, double factor, Instant start) {
    auto const cache = program_->prefix_of(context.spec, to.key);
    auto const& rule = bound_->caches[cache];
    auto& meters = tally_.meters[to.place];
    if (!rule.on || to.prompt < rule.minimum) {
        at(meters, Meter::input) += static_cast<double>(to.prompt);
        return;
    }
    auto const found = caches_[cache].use(tree_, context.tip, start, rule.lifetime);
    auto const reachable = found.at_risk ? tree_.total(context.root) : found.tokens;
    auto read = scaled_tokens(reachable, factor) / rule.step * rule.step;
    if (read < rule.minimum) read = 0;
    if (found.at_risk) tally_.at_risk[program_->prefix_of(context.spec, to.place)] += static_cast<double>(read);
    at(meters, Meter::cache_read) += static_cast<double>(read);
    at(meters, rule.rest) += static_cast<double>(to.prompt - read);
}

/// Counts a call and notes its lengths, whatever becomes of it.
void SessionMachine::note(Request const& request) {
    auto& role = (*roles_)[request.role.index()];
    double const factor = bound_->roles[request.role.index()].tokenizer;
    tally_.calls += 1;
    role.calls += 1;
    if (!request.has_tokens) return;
    auto const prompt = prompt_of(request);
    role.prompt.add(static_cast<double>(prompt));
    role.output.add(static_cast<double>(request.visible + request.reasoning));
    auto const add = [&](Cause cause, std::int64_t tokens) {
        role.causes[static_cast<std::size_t>(cause)] += static_cast<double>(tokens) * factor;
    };
    if (!request.context) return add(request.cause, request.input);
    tally_.last_prompt = prompt;
    auto const& c = *request.context;
    add(Cause::system, bound_->system[c.spec]);
    add(Cause::tools, bound_->tools[c.spec]);
    add(Cause::history, c.history_tokens);
    for (std::size_t i = 0; i < cause_count; ++i) role.causes[i] += static_cast<double>(c.joined[i]) * factor;
}

}  // namespace runrate
