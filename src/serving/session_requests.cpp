#include <algorithm>
#include <cmath>

#include "serving/hop.h"
#include "serving/session.h"

namespace runrate {
namespace {

double& at(Meters& meters, Meter m) { return meters[static_cast<std::size_t>(m)]; }

/// How many of a target's tier bounds a prompt exceeds.
std::size_t tier_of(std::vector<Tokens> const& bounds, std::int64_t prompt) {
    std::size_t tier = 0;
    while (tier < bounds.size() && prompt > bounds[tier].count()) ++tier;
    return tier;
}

}  // namespace

SessionMachine::Answer SessionMachine::one_attempt(Asking& a, Instant start) {
    auto const& request = a.request;
    auto const key = a.key;
    auto const& target = bound_->targets[program_->keys[key].target.index()];
    auto const answer = generated(request, key);
    auto const tokens = static_cast<double>(answer.written.visible + answer.written.reasoning);
    tally_.attempts += 1;
    if (target.refuses) {
        count(request, key, start, false);
        return {false, from_seconds(target.retry_after_s), key};
    }
    if (target.certain) {
        count(request, key, start, true);
        return {true,
                from_seconds(target.certain_ttft_s + (target.certain_speed > 0 ? tokens / target.certain_speed : 0)),
                key};
    }
    double const fate = chance_of(a);
    double const ttft_s = std::max(0.0, target.ttft.at(chance_of(a)));
    double const speed = target.speed.at(chance_of(a));
    bool const error = fate < target.errors;
    bool const timeout = !error && fate < target.errors + target.timeouts;
    bool const billed = (!error || target.errors_billed) && (!timeout || target.timeouts_billed);
    count(request, key, start, billed);
    if (error) return {false, from_seconds(ttft_s), key};
    if (timeout) return {false, from_seconds(target.timeout_s), key};
    return {true, from_seconds(ttft_s + (speed > 0 ? tokens / speed : 0)), key};
}

/// Adds an attempt to the meters, and to the minutes where a gauge counts it.
void SessionMachine::count(Request const& request, std::size_t key, Instant start, bool billed) {
    auto const prompt = prompt_of(request, key);
    auto const place = key + tier_of(program_->targets[program_->keys[key].target.index()].tiers, prompt);
    auto& meters = tally_.meters[billed ? place : key];
    bool const watched = minutes_.watches(key);
    auto const before = watched ? meters : Meters{};
    if (billed)
        meter(request, {key, place, prompt}, start);
    else
        at(meters, Meter::failed) += 1;
    if (!watched) return;
    Meters used = meters;
    for (std::size_t m = 0; m < meter_count; ++m) used[m] -= before[m];
    minutes_.add(key, start, used);
}

void SessionMachine::meter(Request const& request, Metered const& to, Instant start) {
    auto& meters = tally_.meters[to.place];
    auto const answer = generated(request, to.key);
    at(meters, Meter::requests) += 1;
    at(meters, Meter::searches) += static_cast<double>(request.searches);
    at(meters, Meter::output) += static_cast<double>(answer.written.visible);
    at(meters, Meter::reasoning) += static_cast<double>(answer.written.reasoning);
    if (request.context)
        meter_prompt(*request.context, to, start);
    else
        at(meters, Meter::input) += static_cast<double>(to.prompt);
}

/// Tokens of the prompt by the tokenizer of whoever is asked.
std::int64_t SessionMachine::prompt_of(Request const& request, std::size_t key) const {
    return scaled_tokens(request.context ? tree_.total(request.context->tip) : request.input, bound_->tokenizers[key]);
}

/// Divides a prompt into what is read from the vendor's cache, written to it, or neither.
void SessionMachine::meter_prompt(Context const& context, Metered const& to, Instant start) {
    double const factor = bound_->tokenizers[to.key];
    auto const cache = program_->prefix_of(context.spec, to.key);
    auto const& rule = bound_->caches[cache];
    auto& meters = tally_.meters[to.place];
    if (!rule.on || to.prompt < rule.minimum) {
        at(meters, Meter::input) += static_cast<double>(to.prompt);
        return;
    }
    auto const found = caches_[cache].use(tree_, context.tip, start, rule.lifetime);
    if (rule.stored) {
        bool const shared = scaled_tokens(tree_.total(context.root), factor) >= rule.minimum;
        caches_[cache].keep(tree_, context.tip, start, rule.lifetime, !shared);
    }
    auto const reachable = found.at_risk ? tree_.total(context.root) : found.tokens;
    auto read = scaled_tokens(reachable, factor) / rule.step * rule.step;
    if (read < rule.minimum) read = 0;
    if (found.at_risk) tally_.at_risk[program_->prefix_of(context.spec, to.place)] += static_cast<double>(read);
    at(meters, Meter::cache_read) += static_cast<double>(read);
    at(meters, rule.rest) += static_cast<double>(to.prompt - read);
}

/// What caches that the vendor bills by the hour have kept of this session alone.
void SessionMachine::meter_storage() {
    for (std::size_t p = 0; p < caches_.size(); ++p) {
        if (!bound_->caches[p].stored) continue;
        auto const key = p % program_->keys.size();
        at(tally_.meters[key], Meter::cache_storage) += caches_[p].kept_token_hours() * bound_->tokenizers[key];
    }
}

/// Counts a call and notes its lengths, whatever becomes of it.
void SessionMachine::note(Request const& request, std::size_t key) {
    auto& role = (*roles_)[request.role.index()];
    double const factor = bound_->tokenizers[key];
    auto const answer = generated(request, key);
    tally_.calls += 1;
    role.calls += 1;
    if (!request.has_tokens) return;
    if (answer.cut) role.over_cap += 1;
    auto const prompt = prompt_of(request, key);
    role.prompt.add(static_cast<double>(prompt));
    role.output.add(static_cast<double>(answer.written.visible + answer.written.reasoning));
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
