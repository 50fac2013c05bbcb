#include "engine/step_clock.h"

#include "core/contract.h"

namespace runrate {
namespace {

constexpr double ticks_per_second = 1.024e12;

StepTerms in_ticks(StepTerms t) {
    for (double* term : {&t.compute_token, &t.compute_sample, &t.weights, &t.experts, &t.pair, &t.window_pair,
                         &t.context, &t.window, &t.collectives, &t.link_token, &t.step, &t.sequence}) {
        RUNRATE_EXPECT(*term >= 0 && *term < 1e9);
        *term *= ticks_per_second;
    }
    return t;
}

}  // namespace

ExpertCoverage::ExpertCoverage(Replica const& r, std::int64_t most_tokens) {
    if (!r.model.experts) return;
    most_tokens = std::min(most_tokens, largest_);
    share_.reserve(static_cast<std::size_t>(most_tokens) + 1);
    for (std::int64_t t = 0; t <= most_tokens; ++t) share_.push_back(expert_coverage(r, static_cast<double>(t)));
}

StepClock::StepClock(Replica const& r, StepParameters const& q, std::shared_ptr<ExpertCoverage const> coverage)
    : terms_{in_ticks(step_terms(r, q))},
      coverage_{std::move(coverage)},
      proposals_{r.speculation.draft_tokens},
      draft_share_{r.speculation.draft_tokens * r.speculation.draft_cost},
      context_ticks_{nearest(terms_.context * (1 + draft_share_))} {}

double StepClock::draft_time(Iteration const& i) const {
    if (i.decodes == 0) return 0;
    return draft_share_ * plain({.decodes = i.decodes, .window_context = i.window_context});
}

// Every proposal is a token of the batch that is verified; the tokens that were proposed in vain fade the gain at
// large batches, where computing decides.
double StepClock::speculative(Iteration const& i) const {
    auto const decode_tokens = i.decodes * (proposals_ + 1);
    auto const tokens = i.prefill_tokens + decode_tokens;
    auto const m = matrices(tokens, decode_tokens + i.first_tokens);
    return std::max(m.compute, m.memory) + beside(i, tokens, i.decodes + i.first_tokens) + draft_time(i);
}

void StepClock::add(StepSums& s, Iteration const& i, double n, double context) const {
    auto const decode_tokens = i.decodes * (proposals_ + 1);
    auto const tokens = i.prefill_tokens + decode_tokens;
    auto const m = matrices(tokens, decode_tokens + i.first_tokens);
    s.iterations += n;
    s.tokens += n * static_cast<double>(tokens);
    s.samples += n * static_cast<double>(i.decodes + i.first_tokens);
    s.half_pairs += n * static_cast<double>(i.half_pairs);
    s.window_half_pairs += n * static_cast<double>(i.window_half_pairs);
    s.window_context += n * static_cast<double>(i.window_context);
    s.context += context;
    // Prompts and decodes take turns, which a branch would not foresee.
    bool const computing = m.compute > m.memory;
    s.compute += n * (computing ? m.compute : 0);
    s.weights += n * (computing ? 0 : m.memory);
    if (proposals_ > 0) s.draft += n * draft_time(i) + context * terms_.context * draft_share_;
}

EngineTimes StepClock::times(StepSums const& s) const {
    EngineTimes t;
    t.compute = s.compute / ticks_per_second;
    t.weights = s.weights / ticks_per_second;
    t.attention = 0.5 * (s.half_pairs * terms_.pair + s.window_half_pairs * terms_.window_pair) / ticks_per_second;
    t.kv = (s.context * terms_.context + s.window_context * terms_.window) / ticks_per_second;
    t.communication = (s.iterations * terms_.collectives + s.tokens * terms_.link_token) / ticks_per_second;
    t.overhead = (s.iterations * terms_.step + s.samples * terms_.sequence) / ticks_per_second;
    t.draft = s.draft / ticks_per_second;
    return t;
}

}  // namespace runrate
