#include <algorithm>
#include <cmath>

#include "core/contract.h"
#include "engine/replica_engine.h"

namespace runrate {

// One iteration is put together in this order: blocks for those that decode, preempting the latest admitted where they
// lack; prompts that were begun; then waiting requests as far as budget, slots and the KV cache go.
void ReplicaEngine::plan() {
    planned_ = true;
    kv_full_ = false;
    run_.clear(now_);
    if (running() == 0 && waiting() == 0) {
        run_.end = never;
        return;
    }
    bool const alone = replica_.engine.prefill == Prefill::alone;
    bool preempted = !alone && decoding_ > 0 && make_room();
    fill_batch(!preempted);
    if (alone && run_.what.prefill_tokens == 0) preempted = make_room();
    bool const decodes = decoding_ > 0 && !(alone && run_.what.prefill_tokens > 0);
    if (decodes) {
        run_.what.decodes = decoding_;
        run_.what.window_context += window_context_;
        run_.context += context_;
        run_.growth = growth_;
    }
    RUNRATE_EXPECT(decodes || run_.what.prefill_tokens > 0);
    // What was preempted may be admitted in the next iteration.
    run_.iterations = run_.what.prefill_tokens > 0 || preempted ? 1 : equal_iterations();
    run_.fixed = clock_.fixed(run_.what);
    run_.end = now_ + run_.length(run_.iterations);
    run_.open = run_.what.prefill_tokens == 0 && waiting() == 0 && running() < most_sequences_;
    note_peak();
}

/// Takes the blocks that decoding needs in the next iteration; whether somebody had to be preempted for them.
bool ReplicaEngine::make_room() {
    if (reserves_output()) return false;
    bool preempted = false;
    while (kv_.needed(iteration_) > free_blocks()) {
        preempt_latest();
        preempted = true;
    }
    kv_.take(kv_.needed(iteration_), prefixes_);
    return preempted;
}

void ReplicaEngine::preempt_latest() {
    RUNRATE_EXPECT(running() > 1);
    while (!is_running(admitted_.back())) admitted_.pop_back();
    auto const slot = admitted_.back().slot;
    admitted_.pop_back();
    auto& s = sequences_[slot];
    if (s.state == Sequence::State::decoding) {
        leave_decoding(s);
    } else {
        RUNRATE_EXPECT(prefilling_.back() == slot);
        prefilling_.pop_back();
    }
    kv_.take(-s.own_blocks, prefixes_);
    if (s.extent_tokens > 0) prefixes_.release(shared_[slot].path);
    promised_ -= s.promised_blocks;
    s.promised_blocks = s.own_blocks = s.computed = 0;
    s.target = s.prompt + s.generated;
    s.state = Sequence::State::waiting;
    ++s.preemptions;
    preempted_.push_back(slot);
}

void ReplicaEngine::fill_batch(bool may_admit) {
    auto const beside =
        replica_.engine.prefill == Prefill::alone ? 0 : decoding_ * (replica_.speculation.draft_tokens + 1);
    auto budget = budget_ - beside;
    for (auto const slot : prefilling_) budget -= take_chunk(sequences_[slot], budget);
    kv_full_ = !may_admit;
    if (!may_admit) return;
    while (running() < most_sequences_) {
        auto const slot = next_waiting();
        if (!slot || !has_budget(sequences_[*slot], budget)) return;
        auto const look = look_up(*slot);
        kv_full_ = !fits(sequences_[*slot], look);
        if (kv_full_) return;
        admit(*slot, look);
        budget -= take_chunk(sequences_[*slot], budget);
    }
}

std::optional<ReplicaEngine::Slot> ReplicaEngine::next_waiting() const {
    if (!preempted_.empty()) return preempted_.back();
    if (!waiting_.empty()) return waiting_.front();
    return std::nullopt;
}

/// Whole prompts may exceed the budget where they are the only ones.
bool ReplicaEngine::has_budget(Sequence const& s, std::int64_t budget) const {
    if (replica_.engine.prefill != Prefill::whole) return budget > 0;
    return s.target <= budget || run_.what.prefill_tokens == 0;
}

std::int64_t ReplicaEngine::take_chunk(Sequence& s, std::int64_t budget) {
    bool const whole = replica_.engine.prefill == Prefill::whole;
    auto const tokens =
        whole ? s.target - s.computed : std::min(s.target - s.computed, std::max<std::int64_t>(0, budget));
    if (tokens == 0) return 0;
    run_.what.prefill_tokens += tokens;
    run_.what.half_pairs += tokens * (2 * s.computed + tokens);
    if (windows_.any()) {
        run_.what.window_half_pairs += windows_.half_pairs(s.computed, s.computed + tokens);
        run_.what.window_context += windows_.context(s.computed);
    }
    run_.context += s.computed * Run::token;
    s.computed += tokens;
    if (s.computed == s.target) ++run_.what.first_tokens;
    return tokens;
}

std::int64_t ReplicaEngine::own_blocks_of(Sequence const& s) const {
    auto const tokens = reserves_output() ? s.prompt + s.output : s.target;
    return kv_.blocks_for(tokens) + window_blocks(s.prompt + s.output) - kv_.whole_blocks(s.extent_tokens);
}

std::int64_t ReplicaEngine::promised_blocks_of(Sequence const& s) const {
    auto const share = replica_.engine.promised_output;
    if (share <= 0) return 0;
    auto const tokens = s.prompt + static_cast<std::int64_t>(std::ceil(share * static_cast<double>(s.output)));
    auto const blocks = kv_.blocks_for(std::max(tokens, s.target)) + window_blocks(s.prompt + s.output);
    return std::max<std::int64_t>(0, blocks - kv_.whole_blocks(s.extent_tokens));
}

bool ReplicaEngine::fits(Sequence const& s, PrefixCache::Look const& look) const {
    if (own_blocks_of(s) + look.pinned_blocks > free_blocks()) return false;
    if (replica_.engine.promised_output <= 0) return true;
    // Shared blocks are counted once, whoever keeps them: they stay while anybody of their users runs.
    return promised_ + promised_blocks_of(s) + prefixes_.pinned() + look.pinned_blocks <= kv_.total();
}

void ReplicaEngine::admit(Slot slot, PrefixCache::Look const& look) {
    if (preempted_.empty())
        waiting_.pop_front();
    else
        preempted_.pop_back();
    auto& s = sequences_[slot];
    s.own_blocks = own_blocks_of(s);
    s.promised_blocks = promised_blocks_of(s);
    promised_ += s.promised_blocks;
    if (s.extent_tokens > 0) prefixes_.acquire(shared_[slot].extents, shared_[slot].path);
    kv_.take(s.own_blocks, prefixes_);
    // The last token of a prompt is always computed: it yields the first token of the output.
    s.computed = std::min(look.hit_blocks, kv_.whole_blocks(s.target - 1)) * kv_.block_tokens();
    if (s.preemptions == 0) {
        s.admitted = now_;
        s.cached = s.computed;
    }
    s.state = Sequence::State::prefilling;
    s.admission = ++admissions_;
    prefilling_.push_back(slot);
    remember_admission(slot);
}

void ReplicaEngine::remember_admission(Slot slot) {
    admitted_.push_back({slot, sequences_[slot].admission});
    if (admitted_.size() < 64 || admitted_.size() < 4 * static_cast<std::size_t>(running())) return;
    auto const stale = [&](Admitted const& a) { return !is_running(a); };
    admitted_.erase(std::remove_if(admitted_.begin(), admitted_.end(), stale), admitted_.end());
}

/// Iterations until a request finishes or the KV cache is full.
std::int64_t ReplicaEngine::equal_iterations() {
    while (!is_current(finishes_.top())) finishes_.pop();
    auto const n = finishes_.top().iteration - iteration_;
    if (reserves_output() || n == 1) return n;
    // plan() took the blocks of the first iteration.
    return 1 + kv_.iterations_within(free_blocks(), iteration_ + 1, n - 1, decoding_);
}

}  // namespace runrate
