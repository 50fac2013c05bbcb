#include "engine/check_replica.h"

#include <stdexcept>

namespace runrate {
namespace {

void ask(bool holds, char const* otherwise) {
    if (!holds) throw std::invalid_argument(otherwise);
}

void check(Speculation const& s) {
    ask(s.draft_tokens >= 0 && s.draft_tokens <= 64,
        "speculative decoding proposes fewer than no tokens, or more than 64 at once");
    ask(s.acceptance >= 0 && s.acceptance <= 1, "the acceptance of speculative decoding is no share (between 0 and 1)");
    ask(s.draft_cost >= 0 && s.draft_cost < 100,
        "the draft of speculative decoding costs less than nothing, or more than 100 steps");
}

void check(Parallelism const& p) {
    ask(p.tensor >= 1 && p.pipeline >= 1 && p.data >= 1 && p.expert >= 1,
        "a replica is spread over less than one GPU (each degree of parallelism is at least 1)");
}

}  // namespace

Replica const& checked(Replica const& r) {
    auto const& e = r.engine;
    ask(e.max_sequences >= 1, "the batch of an iteration has no room for a sequence (allow at least one)");
    ask(e.token_budget >= 1, "the token budget of an iteration is less than one token");
    ask(e.block_tokens >= 1, "a block of the KV cache holds less than one token");
    ask(e.promised_output >= 0 && e.promised_output <= 1,
        "the output that must fit before a request is admitted is no share (between 0 and 1)");
    ask(!r.kv_tokens || *r.kv_tokens >= 0, "the KV cache holds fewer than no tokens");
    check(r.parallel);
    check(r.speculation);
    ask(e.prefill != Prefill::chunks || e.token_budget / (r.speculation.draft_tokens + 1) >= e.max_sequences,
        "the token budget of an iteration is less than its batch (raise the budget, or allow fewer sequences)");
    return r;
}

}  // namespace runrate
